/** Runs and their records, parameter files, added data sets, measured paces. */
export const sql = `
CREATE TABLE runs (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  run TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  status TEXT NOT NULL
    CHECK (status IN ('queued', 'running', 'finished', 'stopped', 'diverged', 'failed', 'interrupted')),
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
  error TEXT,
  summary TEXT NOT NULL,             -- JSON
  backend TEXT NOT NULL,             -- the backend that was asked for
  owner TEXT,                        -- name of the owning workbench's lock file; NULL once the run is over
  owner_pid INTEGER,                 -- for messages only
  stop_requested INTEGER NOT NULL DEFAULT 0,
  updated_at TEXT NOT NULL,
  revision INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE iterations (
  run_key INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  iteration INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  learning_rate REAL,
  batch_loss REAL,
  gradient_norm REAL,
  gradient_cosine REAL,
  update_norm REAL,
  distance REAL,
  path_length REAL,
  loss_before REAL,
  loss_after REAL,
  floor_loss REAL,
  floor_alpha REAL,
  height_before REAL,
  height_after REAL,
  barrier_height REAL,
  convex INTEGER,
  bounce INTEGER,
  PRIMARY KEY (run_key, iteration)
) STRICT, WITHOUT ROWID;

CREATE TABLE slices (
  run_key INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  iteration INTEGER NOT NULL,
  alpha REAL NOT NULL,
  loss REAL,
  accuracy REAL,
  standard_error REAL,
  PRIMARY KEY (run_key, iteration, alpha)
) STRICT, WITHOUT ROWID;

CREATE TABLE epochs (
  run_key INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  epoch INTEGER NOT NULL,
  iterations INTEGER NOT NULL,
  train_loss REAL,
  train_accuracy REAL,
  validation_loss REAL,
  validation_accuracy REAL,
  distance REAL,
  barriers INTEGER NOT NULL,
  probed_iterations INTEGER NOT NULL,
  interior_floors INTEGER NOT NULL,
  convex_slices INTEGER NOT NULL,
  lambda_max REAL,
  PRIMARY KEY (run_key, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE parameter_files (
  run_key INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  iteration INTEGER NOT NULL,
  file TEXT NOT NULL,                -- name in parameters/RUN/
  sha256 TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  PRIMARY KEY (run_key, iteration)
) STRICT, WITHOUT ROWID;

CREATE TABLE datasets (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  format TEXT NOT NULL,
  images TEXT NOT NULL,
  labels TEXT NOT NULL,
  count INTEGER NOT NULL,
  height INTEGER NOT NULL,
  width INTEGER NOT NULL,
  channels INTEGER NOT NULL,
  classes INTEGER NOT NULL,
  checksum TEXT NOT NULL,
  licence TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE paces (
  backend TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('update', 'evaluate')),
  multiply_adds_per_second REAL NOT NULL,
  measured_at TEXT NOT NULL,
  PRIMARY KEY (backend, kind)
) STRICT, WITHOUT ROWID;
`;
