/**
 * How fast the store takes records: iterations with 11-point slices, in batches as a trainer sends them.
 *
 *     node bench/ingest.ts [ITERATIONS] [BATCH]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { experimentSchema } from '../shared/experiment.ts';
import { curvatureColumns, epochColumns, iterationColumns, sliceColumns, timeColumns } from '../shared/records.ts';
import type { Columns } from '../shared/records.ts';
import { openStore } from '../electron/workbench/store/store.ts';

const total = Number(process.argv[2] ?? 20_000);
const batchSize = Number(process.argv[3] ?? 100);
const points = 11;

const folder = mkdtempSync(join(tmpdir(), 'valleywalk-ingest-'));
try {
  const store = openStore(folder);
  const experiment = experimentSchema.parse({});
  const { record } = store.create({ experiment, iterationsTotal: total, parameters: 1, backend: 'cpu' });
  const key = store.runs.key(record.run);
  const size = (): number =>
    ['', '-wal'].reduce((sum, end) => sum + (statSync(store.file + end, { throwIfNoEntry: false })?.size ?? 0), 0);
  const random = <R extends object>(keys: readonly (keyof R & string)[], length: number): Columns<R> =>
    Object.fromEntries(keys.map((name) => [name, Float64Array.from({ length }, Math.random)])) as Columns<R>;

  const batches = Array.from({ length: Math.ceil(total / batchSize) }, (_, batch) => {
    const from = batch * batchSize;
    const iterations = random(iterationColumns, batchSize);
    iterations.iteration = Float64Array.from({ length: batchSize }, (_, row) => from + row);
    iterations.epoch.fill(1);
    iterations.convex.fill(1);
    iterations.bounce.fill(0);
    const slices = random(sliceColumns, batchSize * points);
    slices.iteration = Float64Array.from({ length: batchSize * points }, (_, row) => from + Math.floor(row / points));
    slices.alpha = Float64Array.from({ length: batchSize * points }, (_, row) => (row % points) / (points - 1));
    return {
      iterations,
      slices,
      epochs: random(epochColumns, 0),
      curvature: random(curvatureColumns, 0),
      times: random(timeColumns, 0),
    };
  });

  const before = size();
  const start = performance.now();
  for (const batch of batches) store.transaction(() => store.records.append(key, batch));
  const seconds = (performance.now() - start) / 1000;
  const read = performance.now();
  const columns = store.records.slices(key, 0, total);
  const readSeconds = (performance.now() - read) / 1000;
  console.log(`${total} iterations with ${points}-point slices in batches of ${batchSize}: ${seconds.toFixed(2)} s`);
  console.log(`${Math.round(total / seconds).toLocaleString('en')} iterations a second`);
  console.log(`${columns.loss.length.toLocaleString('en')} slice points read in ${(readSeconds * 1000).toFixed(0)} ms`);
  store.close();
  console.log(`${((size() - before) / total).toFixed(0)} bytes an iteration, slices counted in`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
