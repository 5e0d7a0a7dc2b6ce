/**
 * Runs that can be paused, resumed and re-ordered. The table of runs is made anew, since SQLite
 * cannot change the check of a column.
 */
export const sql = `
CREATE TABLE runs_0010 (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  run TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  status TEXT NOT NULL
    CHECK (status IN ('queued', 'running', 'paused', 'finished', 'stopped', 'diverged', 'failed', 'interrupted')),
  experiment TEXT NOT NULL,          -- JSON
  seed INTEGER NOT NULL,
  created_at TEXT NOT NULL,          -- ISO 8601, UTC
  started_at TEXT,
  finished_at TEXT,
  environment TEXT,                  -- JSON
  data_checksum TEXT,
  parameters INTEGER,
  iterations_done INTEGER NOT NULL DEFAULT 0,
  iterations_total INTEGER NOT NULL,
  progress REAL NOT NULL DEFAULT 0,
  seconds_left REAL,
  queue_rank REAL,                   -- the least comes next; NULL unless queued
  checkpoint_iteration INTEGER,
  checkpoint TEXT,                   -- JSON; its file lies in checkpoints/RUN/
  error TEXT,
  summary TEXT NOT NULL,             -- JSON
  backend TEXT NOT NULL,             -- the backend that was asked for
  threads INTEGER,                   -- that compute; a resumed run keeps them
  owner TEXT,                        -- name of the owning workbench's lock file; NULL once the run is over
  owner_pid INTEGER,                 -- for messages only
  stop_requested INTEGER NOT NULL DEFAULT 0,  -- 1 to stop, 2 to pause
  updated_at TEXT NOT NULL,
  revision INTEGER NOT NULL DEFAULT 0,
  tags TEXT NOT NULL DEFAULT '[]',   -- JSON
  notes TEXT NOT NULL DEFAULT '',
  archived INTEGER NOT NULL DEFAULT 0,
  baseline INTEGER NOT NULL DEFAULT 0,
  deleted_at TEXT,                   -- ISO 8601, UTC; NULL for a run that is there
  kind TEXT NOT NULL DEFAULT 'trained' CHECK (kind IN ('trained', 'imported')),
  imported TEXT                      -- JSON: what is known of an imported run's training
) STRICT;

INSERT INTO runs_0010
  SELECT key, run, name, status, experiment, seed, created_at, started_at, finished_at, environment, data_checksum, parameters,
    iterations_done, iterations_total, progress, seconds_left, CASE status WHEN 'queued' THEN key END, NULL, NULL, error,
    summary, backend, NULL, owner, owner_pid, stop_requested, updated_at, revision,
    tags, notes, archived, baseline, deleted_at, kind, imported
  FROM runs;

-- numbers of deleted runs are not used again
UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'runs') WHERE name = 'runs_0010';

DROP TABLE runs;

ALTER TABLE runs_0010 RENAME TO runs;

CREATE UNIQUE INDEX one_baseline ON runs (baseline) WHERE baseline = 1;
`;
