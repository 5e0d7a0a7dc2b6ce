/** How long a run had been computed at some of its iterations; runs from before have no such rows. */
export const sql = `
CREATE TABLE times (
  run_key INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  iteration INTEGER NOT NULL,
  elapsed_seconds REAL NOT NULL,
  PRIMARY KEY (run_key, iteration)
) STRICT, WITHOUT ROWID;
`;
