/**
 * Paces by backend, network and how much work was done at a time: a backend that is fast at large passes may be slow at small ones.
 * Those measured before do not say what they were measured on, and are forgotten; the next run measures anew.
 */
export const sql = `
DROP TABLE paces;

CREATE TABLE paces (
  backend TEXT NOT NULL,
  architecture TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('update', 'evaluate')),
  magnitude INTEGER NOT NULL,              -- of the work, rounded: log of it to the base 4
  work REAL NOT NULL,                      -- multiply-adds at a time
  multiply_adds_per_second REAL NOT NULL,
  measured_at TEXT NOT NULL,
  PRIMARY KEY (backend, architecture, kind, magnitude)
) STRICT, WITHOUT ROWID;
`;
