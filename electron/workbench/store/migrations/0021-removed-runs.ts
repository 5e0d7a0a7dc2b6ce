/** Runs that are deleted for good: gone for everybody at once, their rows and files removed piece by piece afterwards. */
export const sql = `
ALTER TABLE runs ADD COLUMN removed INTEGER NOT NULL DEFAULT 0;  -- 1 for one that can be restored no more
CREATE INDEX runs_removed ON runs (key) WHERE removed = 1;
`;
