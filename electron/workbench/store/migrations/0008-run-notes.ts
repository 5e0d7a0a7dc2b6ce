/** What people add to runs: tags, notes, archived, one baseline; and runs deleted that can still be restored. */
export const sql = `
ALTER TABLE runs ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';      -- JSON
ALTER TABLE runs ADD COLUMN notes TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN baseline INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN deleted_at TEXT;                      -- ISO 8601, UTC; NULL for a run that is there

CREATE UNIQUE INDEX one_baseline ON runs (baseline) WHERE baseline = 1;
`;
