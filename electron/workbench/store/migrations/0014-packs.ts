/**
 * Records packed as columns, a thousand iterations a piece: a copy of the rows of `iterations` and `slices`, from which a long run
 * is read some thirty times faster. Nothing is in here that the rows do not hold; a migration that changes those tables empties it.
 */
export const sql = `
CREATE TABLE packs (
  run_key INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('iterations', 'slices')),
  start INTEGER NOT NULL,            -- first iteration; the last is start + 999
  columns BLOB NOT NULL,             -- see store/packs.ts
  PRIMARY KEY (run_key, kind, start)
) STRICT;
`;
