/** Analyses of kept parameters and their results. */
export const sql = `
CREATE TABLE analyses (
  analysis TEXT PRIMARY KEY,
  run_key INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  settings TEXT NOT NULL,            -- JSON
  status TEXT NOT NULL
    CHECK (status IN ('queued', 'running', 'finished', 'stopped', 'failed', 'interrupted')),
  progress REAL NOT NULL DEFAULT 0,
  seconds_left REAL,
  created_at TEXT NOT NULL,          -- ISO 8601, UTC
  started_at TEXT,
  finished_at TEXT,
  error TEXT,
  result TEXT,                       -- JSON
  owner TEXT,                        -- name of the owning workbench's lock file; NULL once the analysis is over
  stop_requested INTEGER NOT NULL DEFAULT 0,
  revision INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX analyses_of_run ON analyses (run_key, created_at);
`;
