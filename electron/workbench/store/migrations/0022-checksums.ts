/**
 * Checksums of rows (of small tables, one each) and of records (one for a thousand iterations or epochs), see store/checksums.ts. Those of rows
 * are made for what is there; records from before have none, and a check says so. A migration that changes tables of records empties
 * `record_checksums`.
 */
export const sql = `
CREATE TABLE row_checksums (
  source TEXT NOT NULL,              -- a table
  key TEXT NOT NULL,                 -- the row's primary key; several columns are joined by U+001F
  checksum INTEGER NOT NULL,         -- CRC-32
  PRIMARY KEY (source, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE record_checksums (
  run_key INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  source TEXT NOT NULL,              -- a table
  block INTEGER NOT NULL,            -- iteration, or epoch, divided by 1000
  rows INTEGER NOT NULL,
  checksum INTEGER NOT NULL,         -- sum of the rows' CRC-32, modulo 2^32
  PRIMARY KEY (run_key, source, block)
) STRICT, WITHOUT ROWID;
`;
