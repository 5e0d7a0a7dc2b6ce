/** What runs took to start and to end beside what they computed, for estimates. */
export const sql = `
ALTER TABLE runs ADD COLUMN start_seconds REAL;  -- NULL where it was not measured: not finished, resumed, or from before
`;
