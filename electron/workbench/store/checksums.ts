/**
 * Checksums of the rows of small tables, kept beside them when they are written (table `row_checksums`), so that a check can find a byte that
 * is not what was written: SQLite itself notices only what breaks the form of its pages. Records have theirs in their chunks, see series.ts.
 */
import { crc32 } from 'node:zlib';
import type Sqlite from 'better-sqlite3';

/** Tables whose rows have a checksum each. */
export const checkedTables = [
  'runs',
  'studies',
  'analyses',
  'figures',
  'settings',
  'datasets',
  'speeds',
  'paces',
  'parameter_files',
] as const;

/** The CRC-32 of a row: of the names and values that are not NULL, so that a column that is added later changes nothing. */
function rowChecksum(...cells: unknown[]): number {
  const reported: unknown[] = [];
  for (let at = 0; at < cells.length; at += 2) if (cells[at + 1] !== null) reported.push(cells[at], cells[at + 1]);
  return crc32(JSON.stringify(reported));
}

/** How a table's rows are named and summed up in SQL. @param row prefix of the columns */
export function rowExpressions(sqlite: Sqlite.Database, table: string, row = ''): { key: string; checksum: string } {
  const columns = sqlite.pragma(`table_info(${table})`) as { name: string; pk: number }[];
  const key = columns
    .filter(({ pk }) => pk > 0)
    .sort((one, other) => one.pk - other.pk)
    .map(({ name }) => `${row}${name}`)
    .join(` || char(31) || `);
  return {
    key: `CAST(${key} AS TEXT)`,
    checksum: `row_checksum(${columns.map(({ name }) => `'${name}', ${row}${name}`).join(', ')})`,
  };
}

/** Defines the SQL function `row_checksum` on a connection. */
export function defineRowChecksum(sqlite: Sqlite.Database): void {
  sqlite.function('row_checksum', { varargs: true, deterministic: true }, rowChecksum);
}

/** Makes the checksums of all rows anew: after a migration, inside its transaction. Call {@link defineRowChecksum} before. */
export function sumAllRows(sqlite: Sqlite.Database): void {
  sqlite.exec('DELETE FROM row_checksums');
  for (const table of checkedTables) {
    const { key, checksum } = rowExpressions(sqlite, table);
    sqlite.exec(`INSERT INTO row_checksums SELECT '${table}', ${key}, ${checksum} FROM ${table}`);
  }
}

/** Has this connection keep the checksums of all rows that it writes, whatever statement writes them. */
export function keepRowChecksums(sqlite: Sqlite.Database): void {
  for (const table of checkedTables) {
    const [now, before] = ['NEW.', 'OLD.'].map((row) => rowExpressions(sqlite, table, row)) as [
      ReturnType<typeof rowExpressions>,
      ReturnType<typeof rowExpressions>,
    ];
    // not INSERT OR REPLACE: a trigger takes over what the statement that fires it does on a conflict
    const forget = (key: string): string => `DELETE FROM row_checksums WHERE source = '${table}' AND key = ${key};`;
    const sum = `${forget(now.key)} INSERT INTO row_checksums VALUES ('${table}', ${now.key}, ${now.checksum});`;
    sqlite.exec(`
      CREATE TEMP TRIGGER ${table}_inserted AFTER INSERT ON main.${table} BEGIN ${sum} END;
      CREATE TEMP TRIGGER ${table}_updated AFTER UPDATE ON main.${table} BEGIN ${forget(before.key)} ${sum} END;
      CREATE TEMP TRIGGER ${table}_deleted AFTER DELETE ON main.${table} BEGIN ${forget(before.key)} END;
    `);
  }
}
