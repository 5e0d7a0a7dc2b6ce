/** What failed before a run was resumed: JSON, a list of `FailedAttempt`. What failed before this migration was not kept. */
export const sql = `
ALTER TABLE runs ADD COLUMN failed_attempts TEXT NOT NULL DEFAULT '[]';
`;
