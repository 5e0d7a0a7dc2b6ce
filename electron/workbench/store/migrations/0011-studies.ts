/** Studies, and the runs that belong to one: with their place in its grid and what they were estimated to take. */
export const sql = `
CREATE TABLE studies (
  study TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  experiment TEXT NOT NULL,          -- JSON: the settings that all runs share, as they were given
  sweep TEXT NOT NULL,               -- JSON: lists of values by path
  seeds TEXT NOT NULL,               -- JSON: a list
  backend TEXT NOT NULL,
  created_at TEXT NOT NULL,
  revision INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

ALTER TABLE runs ADD COLUMN study TEXT REFERENCES studies (study) ON DELETE SET NULL;
ALTER TABLE runs ADD COLUMN place TEXT;              -- JSON: index into each list, the seeds last
ALTER TABLE runs ADD COLUMN estimated_seconds REAL;  -- when it was queued; NULL outside studies

CREATE INDEX runs_of_study ON runs (study) WHERE study IS NOT NULL;
`;
