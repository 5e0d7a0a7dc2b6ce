/** Saved figures: a recipe under a name of its own. */
export const sql = `
CREATE TABLE figures (
  figure TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  recipe TEXT NOT NULL,              -- JSON
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;
