/**
 * The Hessian's largest eigenvalues, and the gradient's alignment with their eigenvectors; barriers higher than the evaluation's
 * noise by epoch, NULL in runs from before they were counted.
 */
export const sql = `
CREATE TABLE curvature (
  run_key INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  iteration INTEGER NOT NULL,
  epoch REAL NOT NULL,
  rank INTEGER NOT NULL,
  eigenvalue REAL,
  residual REAL,
  alignment REAL,
  PRIMARY KEY (run_key, iteration, rank)
) STRICT, WITHOUT ROWID;

ALTER TABLE epochs ADD COLUMN barriers_above_noise INTEGER;
`;
