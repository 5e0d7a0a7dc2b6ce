import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { blankSummary } from '../../../shared/blank-records.ts';
import { experimentSchema } from '../../../shared/experiment.ts';
import { epochColumns, iterationColumns, toColumns } from '../../../shared/records.ts';
import type { IterationRecord, RunSummary } from '../../../shared/records.ts';
import type { RecordBatch } from '../../../shared/trainer-messages.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { batchFrom, batchOf, epochOf, iterationOf } from '../testing/batches.ts';
import { migrations } from './migrations/index.ts';
import { openStore } from './store.ts';
import type { Store } from './store.ts';
import { summarise } from './summary.ts';

let folder: TemporaryFolder;
let store: Store;
beforeEach(() => {
  folder = temporaryFolder();
  store = openStore(folder.path);
});
afterEach(() => {
  store.close();
  folder.remove();
});

const create = (): string =>
  store.create({ experiment: experimentSchema.parse({}), iterationsTotal: 60, parameters: 1, backend: 'cpu' }).record
    .run;

/** The summary by SQLite's own sums over rows, as stores before version 24 had them: the independent truth. */
function inSql(sqlite: Sqlite.Database, key: number): RunSummary {
  const overIterations = sqlite.prepare(
    `SELECT avg(gradient_cosine) AS mean_gradient_cosine,
            count(*) FILTER (WHERE loss_before IS NOT NULL OR loss_after IS NOT NULL) AS probed_iterations,
            count(*) FILTER (WHERE interior_floor = 1) AS interior_floors,
            count(*) FILTER (WHERE convex = 1) AS convex_slices,
            count(*) FILTER (WHERE barrier = 1) AS barriers,
            count(*) FILTER (
              WHERE loss_resolution IS NOT NULL AND (barrier IS NULL OR interior_floor IS NULL OR convex IS NULL)
            ) AS unresolved_slices,
            count(*) FILTER (WHERE bounce = 1) AS bounces,
            max(noise_deviation) AS noise_deviation,
            avg(height_before) AS mean_height_before,
            avg(height_after) AS mean_height_after
     FROM iterations WHERE run_key = ?`,
  );
  const lastIteration = sqlite.prepare(
    'SELECT batch_loss, distance, path_length FROM iterations WHERE run_key = ? ORDER BY iteration DESC LIMIT 1',
  );
  const lastEpoch = sqlite.prepare(
    `SELECT train_loss, train_accuracy, validation_loss, validation_accuracy
     FROM epochs WHERE run_key = ? AND epoch > 0 ORDER BY epoch DESC LIMIT 1`,
  );
  return {
    ...blankSummary(),
    ...(lastEpoch.get(key) as object | undefined),
    ...(lastIteration.get(key) as object | undefined),
    ...(overIterations.get(key) as object),
  };
}

/** A database of store version 23, which kept records as rows. */
let rows: Sqlite.Database;
beforeAll(() => {
  rows = new Sqlite(':memory:');
  rows.pragma('foreign_keys = OFF');
  for (const { sql } of migrations.slice(0, 23)) rows.exec(sql);
});
afterAll(() => rows.close());

/** The summary of a run with these records, from rows. */
function truthOf(batch: RecordBatch): RunSummary {
  for (const table of ['iterations', 'epochs'] as const) {
    const declared: readonly string[] = table === 'iterations' ? iterationColumns : epochColumns;
    const old = (rows.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name);
    const keys = declared.filter((key) => old.includes(key));
    const columns = batch[table] as unknown as Record<string, Float64Array>;
    rows.exec(`DELETE FROM ${table}`);
    const insert = rows.prepare(
      `INSERT INTO ${table} (run_key, ${keys.join(', ')}) VALUES (1${', ?'.repeat(keys.length)})`,
    );
    for (let row = 0; row < columns[keys[0]!]!.length; row++)
      insert.run(...keys.map((key) => (Number.isFinite(columns[key]![row]) ? columns[key]![row] : null)));
  }
  return inSql(rows, 1);
}

const number = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, 1e300, -1e300, 1e-300),
);
const flag = fc.constantFrom(null, true, false);
const measured = fc.record({
  gradient_cosine: fc.option(fc.double({ min: -1, max: 1, noNaN: true })),
  noise_deviation: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  batch_loss: fc.option(number),
  loss_before: fc.option(number),
  loss_after: fc.option(number),
  height_before: fc.option(number),
  height_after: fc.option(number),
  loss_resolution: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  interior_floor: flag,
  barrier: flag,
  convex: flag,
  bounce: flag,
});

it('of random records is SQLite’s own to the last bit, however they are cut into batches, stored or not', () => {
  fc.assert(
    fc.property(
      fc.array(measured, { maxLength: 40 }),
      fc.nat(4),
      fc.array(fc.nat(40), { maxLength: 5 }),
      (walk, epochs, cuts) => {
        const iterations = walk.map((row, t): IterationRecord => ({ ...iterationOf(t), ...row }));
        const whole = batchFrom(
          iterations,
          [],
          Array.from({ length: epochs }, (_, epoch) => epochOf(epoch)),
        );
        const truth = truthOf(whole);
        const run = create();
        const running = summarise();
        const ends = [...new Set([...cuts.filter((cut) => cut < walk.length), walk.length])].sort((a, b) => a - b);
        ends.forEach((end, index) => {
          const batch = batchFrom(iterations.slice(ends[index - 1] ?? 0, end));
          // epochs come one by one, the rest with the last batch
          const from = Math.min(index, epochs);
          const to = index === ends.length - 1 ? epochs : Math.min(index + 1, epochs);
          batch.epochs = toColumns(
            epochColumns,
            Array.from({ length: to - from }, (_, step) => epochOf(from + step)),
          );
          running.add(batch);
          store.transaction(() => store.records.append(store.runs.key(run), batch));
        });
        expect(running.now()).toEqual(truth);
        expect(store.summary(run)).toEqual(truth);
      },
    ),
    { numRuns: 60 },
  );
});

it('of every run of an earlier store is what its rows gave', () => {
  const earlier = fileURLToPath(new URL('../testing/stores/schema-20/store', import.meta.url));
  // a database in WAL mode is not opened without files beside it
  const [copy, untouched] = ['copy', 'untouched'].map((name) => join(folder.path, name)) as [string, string];
  for (const each of [copy, untouched]) cpSync(earlier, each, { recursive: true });
  const sqlite = new Sqlite(join(untouched, 'valleywalk.sqlite'), { readonly: true });
  const old = openStore(copy);
  const keys = sqlite.prepare('SELECT run, key FROM runs WHERE deleted_at IS NULL').raw().all() as [string, number][];
  expect(keys.length).toBeGreaterThan(10);
  for (const [run, key] of keys) expect(old.summary(run), run).toEqual(inSql(sqlite, key));
  old.close();
  sqlite.close();
});

it('of a run that was set back and goes on is that of its records', () => {
  const run = create();
  const key = store.runs.key(run);
  store.transaction(() => store.records.append(key, batchOf(0, 35)));
  store.transaction(() => store.records.rewind(key, 18, 1));
  const running = summarise();
  running.add({ iterations: store.records.iterations(key, 0), epochs: store.records.epochs(key) });
  const rest = batchOf(18, 9);
  running.add(rest);
  store.transaction(() => store.records.append(key, rest));
  const truth = truthOf(batchOf(0, 27));
  expect(running.now()).toEqual(truth);
  expect(store.summary(run)).toEqual(truth);
});

it('tells what there is: nothing at first, and the last row’s values', () => {
  const run = create();
  expect(store.summary(run)).toEqual(blankSummary());
  expect(summarise().now()).toEqual(blankSummary());
  store.transaction(() => store.records.append(store.runs.key(run), batchOf(0, 30)));
  const records = Array.from({ length: 30 }, (_, index) => iterationOf(index));
  const probed = records.filter((record) => record.convex !== null);
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const summary = store.summary(run);
  expect(summary).toMatchObject({
    train_loss: epochOf(3).train_loss,
    validation_accuracy: 0.4,
    batch_loss: 1 / 30,
    distance: Math.sqrt(30) / 3,
    probed_iterations: 15,
    interior_floors: probed.filter((record) => record.floor_alpha === 0.4).length,
    convex_slices: 7,
    barriers: 8,
    bounces: probed.filter((record) => record.bounce).length,
  });
  expect(summary.mean_gradient_cosine).toBeCloseTo(mean(records.slice(1).map((record) => record.gradient_cosine!)), 12);
  expect(summary.mean_height_before).toBeCloseTo(mean(probed.map((record) => record.height_before!)), 12);
});

it('counts a probed iteration whose loss was not finite in between', () => {
  const batch = batchOf(0, 1);
  for (const column of ['floor_loss', 'floor_alpha', 'height_before', 'height_after', 'loss_after', 'convex'] as const)
    batch.iterations[column].fill(NaN);
  const sums = summarise();
  sums.add(batch);
  expect(sums.now()).toMatchObject({ probed_iterations: 1, convex_slices: 0, interior_floors: 0 });
});
