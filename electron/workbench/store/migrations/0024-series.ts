/**
 * Records as series of numbers instead of rows and packed copies of rows, see store/series.ts: a quantity needs no column any more. Checksums
 * of chunks take the place of those of blocks of rows. The tables of rows are dropped; the pages that they leave are used by what comes next.
 *
 * What is moved, and how its checksums were made, is told here as it was on that day. It is written by the store's own code: whoever changes the
 * form of series in a later migration leaves a copy of today's writing to this one.
 */
import { crc32 } from 'node:zlib';
import type Sqlite from 'better-sqlite3';
import { chunkLength, damagedBefore } from '../chunks.ts';
import { prepareSeries } from '../series.ts';
import type { RecordKinds } from '../series.ts';

/** The new tables. */
export const sql = `
CREATE TABLE chunks (
  run_key INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  record TEXT NOT NULL,              -- kind of record, as in a batch
  start INTEGER NOT NULL,            -- first iteration, or epoch
  last INTEGER NOT NULL,             -- last iteration, or epoch
  rows INTEGER NOT NULL,             -- records in it
  quantities TEXT NOT NULL,          -- JSON: those of which it has a series
  checksum INTEGER NOT NULL,         -- CRC-32; -1 where it was damaged already when it was written anew
  PRIMARY KEY (run_key, record, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE series (
  run_key INTEGER NOT NULL REFERENCES runs (key) ON DELETE CASCADE,
  record TEXT NOT NULL,
  quantity TEXT NOT NULL,
  start INTEGER NOT NULL,            -- of its chunk
  checksum INTEGER NOT NULL,         -- CRC-32
  numbers BLOB NOT NULL,             -- a column as it crosses the wire; NaN for null, 1 and 0 for yes and no
  PRIMARY KEY (run_key, record, quantity, start)
) STRICT;
`;

/** The tables of rows with their columns; the first are the row's place. */
const kinds: RecordKinds = {
  iterations: {
    places: ['iteration'],
    quantities: [
      ...['iteration', 'epoch', 'learning_rate', 'noise_deviation', 'batch_loss', 'gradient_norm', 'gradient_cosine'],
      ...['update_norm', 'distance', 'path_length', 'loss_before', 'loss_after', 'floor_loss', 'floor_alpha'],
      ...['height_before', 'height_after', 'barrier_height', 'convex', 'bounce', 'loss_resolution', 'interior_floor'],
      'barrier',
    ],
  },
  slices: {
    places: ['iteration', 'alpha'],
    quantities: ['iteration', 'alpha', 'loss', 'accuracy', 'standard_error'],
  },
  epochs: {
    places: ['epoch'],
    quantities: [
      ...['epoch', 'iterations', 'train_loss', 'train_accuracy', 'validation_loss', 'validation_accuracy', 'distance'],
      ...['barriers', 'barriers_above_noise', 'probed_iterations', 'interior_floors', 'convex_slices'],
      ...['unresolved_slices', 'lambda_max', 'spectral_norm'],
    ],
  },
  curvature: {
    places: ['iteration', 'rank'],
    quantities: ['iteration', 'epoch', 'rank', 'eigenvalue', 'residual', 'alignment'],
  },
  times: { places: ['iteration'], quantities: ['iteration', 'elapsed_seconds'] },
};

/** Rows that are moved in about a second on a slow machine: more are told. */
const rowsASecond = 200_000;

/** Moves the records of every run, a thousand iterations at a time, and drops the tables of rows. */
export function move(sqlite: Sqlite.Database, tell: (sentence: string) => void): void {
  // first: what its pages held is held twice
  sqlite.exec('DROP TABLE packs');
  const series = prepareSeries(
    {
      file: sqlite.name,
      prepare: <Row>(statement: string) => sqlite.prepare<(number | string | Uint8Array)[], Row>(statement),
    },
    kinds,
  );
  // runs that are deleted for good may be half removed: what they have left goes with the tables, and the removal finishes the rest
  const runs = sqlite
    .prepare<[], { key: number; run: string }>('SELECT key, run FROM runs WHERE removed = 0 ORDER BY key')
    .all();
  const count = sqlite
    .prepare('SELECT (SELECT count(*) FROM slices) + (SELECT count(*) FROM iterations)')
    .pluck()
    .get() as number;
  if (count > rowsASecond)
    tell(
      `the records of ${runs.length} runs (${count.toLocaleString('en')} rows) are brought into another form; this takes about ${Math.ceil(count / rowsASecond)} s`,
    );
  const sum = sqlite.prepare<[number, string, number], { rows: number; checksum: number }>(
    'SELECT rows, checksum FROM record_checksums WHERE run_key = ? AND source = ? AND block = ?',
  );
  const sums = sqlite
    .prepare<[number, string], number>(
      'SELECT block FROM record_checksums WHERE run_key = ? AND source = ? ORDER BY block',
    )
    .pluck();
  const isSummed = sqlite
    .prepare<[number], number>('SELECT EXISTS (SELECT 1 FROM record_checksums WHERE run_key = ?)')
    .pluck();
  // a chunk without records stands for those that are gone; at its first place, so that the run can go on anywhere
  const lose = sqlite.prepare(
    "INSERT INTO chunks (run_key, record, start, last, rows, quantities, checksum) VALUES (?, ?, ?, ?, 0, '[]', ?)",
  );
  const goesOn = 'valleywalk doctor --check-store goes on telling it';
  const mark = sqlite.prepare('UPDATE chunks SET checksum = ? WHERE run_key = ? AND record = ? AND start = ?');
  for (const [record, { places, quantities }] of Object.entries(kinds)) {
    const [place] = places;
    const next = sqlite
      .prepare<[number, number], number | null>(
        `SELECT min(${place}) FROM ${record} WHERE run_key = ? AND ${place} >= ?`,
      )
      .pluck();
    const rows = sqlite
      .prepare<[number, number, number], (number | null)[]>(
        `SELECT ${quantities.join(', ')} FROM ${record} WHERE run_key = ? AND ${place} >= ? AND ${place} < ?
         ORDER BY ${places.join(', ')}`,
      )
      .raw();
    for (const { key, run } of runs) {
      const summed = isSummed.get(key) === 1;
      const moved = new Set<number>();
      for (let at = next.get(key, Number.MIN_SAFE_INTEGER); at !== null && at !== undefined;) {
        const block = Math.floor(at / chunkLength);
        const end = (block + 1) * chunkLength;
        moved.add(block);
        const values = rows.all(key, at, end);
        const columns = Object.fromEntries(
          quantities.map((name, column) => [name, Float64Array.from(values, (row) => row[column] ?? NaN)]),
        );
        series.append(key, record, columns);
        const should = sum.get(key, record, block);
        if (summed && (should?.rows !== values.length || should.checksum !== sumRows(quantities, columns))) {
          mark.run(damagedBefore, key, record, at);
          tell(
            `${record} ${block * chunkLength} to ${end - 1} of run ${run} are not what was written; they were kept as they are, and ${goesOn}`,
          );
        }
        at = next.get(key, end);
      }
      for (const block of sums.all(key, record).filter((each) => !moved.has(each))) {
        const start = block * chunkLength;
        // a number of a block that is damaged itself lies anywhere; the records whose it was are told above
        if (!Number.isSafeInteger(start)) continue;
        lose.run(key, record, start, start, damagedBefore);
        tell(
          `${record} ${start} to ${start + chunkLength - 1} of run ${run} are gone, all that were written; ${goesOn}`,
        );
      }
    }
  }
  sqlite.exec([...Object.keys(kinds), 'record_checksums'].map((table) => `DROP TABLE ${table};`).join('\n'));
}

/** Sum of the CRC-32 of rows, modulo 2³²: of the names and values that are not NULL. */
function sumRows(names: readonly string[], columns: Readonly<Record<string, Float64Array>>): number {
  const named = names.map((name) => crc32(name));
  const bytes = new Uint8Array(12 * names.length);
  const view = new DataView(bytes.buffer);
  let sum = 0;
  for (let row = 0; row < columns[names[0]!]!.length; row++) {
    let length = 0;
    names.forEach((name, column) => {
      const value = columns[name]![row]!;
      if (!Number.isFinite(value)) return;
      view.setUint32(length, named[column]!);
      view.setFloat64(length + 4, value + 0);
      length += 12;
    });
    sum = (sum + crc32(bytes.subarray(0, length))) % 2 ** 32;
  }
  return sum;
}
