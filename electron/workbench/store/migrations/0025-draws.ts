/** Studies whose settings are drawn from ranges: how many draws, and their seed. */
export const sql = `
ALTER TABLE studies ADD COLUMN draws TEXT;  -- JSON: count and seed; NULL where nothing is drawn
`;
