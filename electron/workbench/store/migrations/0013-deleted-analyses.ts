/** Analyses that are deleted and can still be restored. */
export const sql = `
ALTER TABLE analyses ADD COLUMN deleted_at TEXT;     -- ISO 8601, UTC; NULL for an analysis that is there
`;
