/**
 * What the store takes: a run of 20,000 iterations with 11-point slices, in batches as a trainer sends them. Milliseconds to insert it, to
 * read all of it, one quantity, a short range and its summary; bytes; milliseconds to open the store, and to list 5,000 runs.
 * The least of a few rounds, as JSON on one line, so that two checkouts can be compared in turns:
 *
 *     node bench/store.ts [ITERATIONS] [BATCH] [ROUNDS] [RUNS]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { experimentSchema } from '../shared/experiment.ts';
import { curvatureColumns, epochColumns, iterationColumns, sliceColumns, timeColumns } from '../shared/records.ts';
import type { Columns } from '../shared/records.ts';
import type { RecordBatch } from '../shared/trainer-messages.ts';
import { openStore } from '../electron/workbench/store/store.ts';
import type { Store } from '../electron/workbench/store/store.ts';

const [total = 20_000, batchSize = 100, rounds = 3, runs = 5000] = process.argv.slice(2).map(Number);
const points = 11;

/** Numbers that look like a walk's: most differ in every bit, flags are 0 or 1, the rate is one. */
function batchAt(from: number, size = batchSize): RecordBatch {
  const random = <R extends object>(keys: readonly (keyof R & string)[], length: number): Columns<R> =>
    Object.fromEntries(keys.map((name) => [name, Float64Array.from({ length }, Math.random)])) as Columns<R>;
  const count = Math.min(size, total - from);
  const iterations = random(iterationColumns, count);
  iterations.iteration = Float64Array.from({ length: count }, (_, row) => from + row);
  iterations.epoch.fill(1 + Math.floor(from / 1000));
  iterations.learning_rate.fill(0.1);
  iterations.noise_deviation.fill(NaN);
  for (const flag of ['convex', 'bounce', 'interior_floor', 'barrier'] as const)
    iterations[flag] = iterations[flag].map(Math.round);
  iterations.floor_alpha = iterations.floor_alpha.map((value) => Math.floor(value * points) / (points - 1));
  const slices = random(sliceColumns, count * points);
  slices.iteration = Float64Array.from({ length: count * points }, (_, row) => from + Math.floor(row / points));
  slices.alpha = Float64Array.from({ length: count * points }, (_, row) => (row % points) / (points - 1));
  slices.accuracy = slices.accuracy.map((value) => Math.round(value * 6000) / 6000);
  slices.standard_error.fill(NaN);
  const times = random(timeColumns, 2);
  times.iteration.set([from, from + count - 1]);
  return { iterations, slices, epochs: random(epochColumns, 0), curvature: random(curvatureColumns, 0), times };
}

const batches = Array.from({ length: Math.ceil(total / batchSize) }, (_, batch) => batchAt(batch * batchSize));
const least: Record<string, number> = {};
const keep = (name: string, value: number): void => {
  least[name] = Math.min(least[name] ?? Infinity, Math.round(value * 100) / 100);
};
const timed = (name: string, work: () => void): void => {
  const start = performance.now();
  work();
  keep(name, performance.now() - start);
};
const create = (store: Store): string =>
  store.create({ experiment: experimentSchema.parse({}), iterationsTotal: total, parameters: 1, backend: 'cpu' }).record
    .run;
const over = { status: 'finished', finished_at: '2026-11-22T15:30:12.000Z', owner: null } as const;

/** Reads one quantity alone where the store can, else it with all others. */
function readOne(store: Store, key: number): Float64Array {
  return (
    store.records.iterations as (
      key: number,
      from: number,
      quantities?: readonly string[],
    ) => { distance: Float64Array }
  )(key, 0, ['distance']).distance;
}

for (let round = 0; round < rounds; round++) {
  const folder = mkdtempSync(join(tmpdir(), 'valleywalk-store-'));
  try {
    let store = openStore(folder);
    const empty = statSync(store.file).size;
    const run = create(store);
    const key = store.runs.key(run);
    timed('insert', () => {
      for (const batch of batches) store.transaction(() => store.records.append(key, batch));
    });
    store.runs.change(run, { ...over, iterations_done: total });
    store.close();
    keep('MiB', (statSync(store.file).size - empty) / 2 ** 20);
    timed('open', () => {
      store = openStore(folder);
    });
    for (let repeat = 0; repeat < 3; repeat++) {
      timed('read all iterations', () => store.records.iterations(key, 0));
      timed('read all slices', () => store.records.slices(key, 0, total));
      timed('read one quantity', () => readOne(store, key));
      timed('read 50 slices', () => store.records.slices(key, total / 2, total / 2 + 50));
      timed('read the last 100 iterations', () => store.records.iterations(key, total - 100));
      timed('summary', () => store.summary(run));
    }
    timed('set back by 500 iterations', () => store.transaction(() => store.records.rewind(key, total - 500, 1)));
    store.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
if (runs > 0) {
  const folder = mkdtempSync(join(tmpdir(), 'valleywalk-store-'));
  try {
    let store = openStore(folder);
    const small = batchAt(0, 10);
    store.transaction(() => {
      for (let index = 0; index < runs; index++) {
        const run = create(store);
        store.records.append(store.runs.key(run), small);
        store.runs.change(run, { ...over, iterations_done: 10 });
      }
    });
    store.close();
    keep(`MiB of ${runs} runs of 10 iterations`, statSync(store.file).size / 2 ** 20);
    for (let repeat = 0; repeat < 3; repeat++) {
      timed(`open ${runs} runs`, () => {
        store = openStore(folder);
      });
      timed(`list ${runs} runs`, () => store.runs.list());
      store.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
console.log(JSON.stringify(least));
