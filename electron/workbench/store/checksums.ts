/**
 * Checksums of what the database holds, kept beside it when it is written (tables `row_checksums` and `record_checksums`), so that a check can
 * find a byte that is not what was written: SQLite itself notices only what breaks the form of its pages.
 */
import { crc32 } from 'node:zlib';
import type Sqlite from 'better-sqlite3';

/** Tables whose rows have a checksum each. Records have one for a block of rows instead, see {@link recordBlock}; packs are compared with the rows. */
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

/** Tables of records, with the column that says in which block a row belongs. */
export const recordTables = {
  iterations: 'iteration',
  slices: 'iteration',
  epochs: 'epoch',
  curvature: 'iteration',
  times: 'iteration',
} as const;
/** A table of records. */
export type RecordTable = keyof typeof recordTables;

/** Iterations, or epochs, whose rows have one checksum together. */
export const recordBlock = 1000;

/** The CRC-32 of a row: of the names and values that are not NULL, so that a column that is added later changes nothing. */
function rowChecksum(...cells: unknown[]): number {
  const told: unknown[] = [];
  for (let at = 0; at < cells.length; at += 2) if (cells[at + 1] !== null) told.push(cells[at], cells[at + 1]);
  return crc32(JSON.stringify(told));
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

/** Rows of one block of records. */
export interface BlockSum {
  rows: number;
  /** Sum of the rows' CRC-32, modulo 2³²: the order in which they were written is no matter. */
  checksum: number;
}

/**
 * Sums up records by block.
 * @param keys the columns' names
 * @param columns a column's values, NaN for NULL, as they are stored
 * @param by the column that tells the block
 */
export function sumRecords(
  keys: readonly string[],
  columns: readonly Float64Array[],
  by: string,
): Map<number, BlockSum> {
  const sums = new Map<number, BlockSum>();
  const names = keys.map((key) => crc32(key));
  const blocks = columns[keys.indexOf(by)]!;
  const bytes = new Uint8Array(12 * keys.length);
  const view = new DataView(bytes.buffer);
  for (let row = 0; row < blocks.length; row++) {
    let length = 0;
    for (let column = 0; column < keys.length; column++) {
      const value = columns[column]![row]!;
      if (!Number.isFinite(value)) continue;
      view.setUint32(length, names[column]!);
      // SQLite keeps no −0 where a number is whole
      view.setFloat64(length + 4, value + 0);
      length += 12;
    }
    const block = Math.floor(blocks[row]! / recordBlock);
    const sum = sums.get(block) ?? { rows: 0, checksum: 0 };
    sum.rows += 1;
    sum.checksum = (sum.checksum + crc32(bytes.subarray(0, length))) % 2 ** 32;
    sums.set(block, sum);
  }
  return sums;
}
