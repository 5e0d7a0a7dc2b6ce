/** What was chosen for this store, and how fast the backends of this machine were measured to be. */
export const sql = `
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE speeds (
  backend TEXT NOT NULL,
  network TEXT NOT NULL,             -- one of measuredNetworks, shared/backends.ts
  device TEXT NOT NULL,
  update_ms REAL NOT NULL,
  examples_per_second REAL NOT NULL,
  measured_at TEXT NOT NULL,         -- ISO 8601, UTC
  PRIMARY KEY (backend, network)
) STRICT, WITHOUT ROWID;
`;
