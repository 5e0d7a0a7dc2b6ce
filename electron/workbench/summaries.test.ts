/** Summaries of quantities of many runs, from a real store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { experimentSchema } from '../../shared/experiment.ts';
import { summaryOf } from '../../shared/over-settings/quantity-summary.ts';
import { summariseQuantity } from '../../shared/over-settings/summarise.ts';
import { openStore } from './store/store.ts';
import type { Store } from './store/store.ts';
import { figureSource } from './source.ts';
import { openSummaries } from './summaries.ts';
import { batchFrom, batchOf, curvatureOf, epochOf } from './testing/batches.ts';
import { openTest } from './testing/open.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'valleywalk-summaries-'));
  store = openStore(folder);
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

function addRun(iterations: number): string {
  const experiment = experimentSchema.parse({ name: 'r' });
  const { record } = store.create({ experiment, iterationsTotal: 100, parameters: 1, backend: 'cpu' });
  grow(record.run, 0, iterations);
  return record.run;
}
function grow(run: string, from: number, count: number): void {
  store.transaction(() => store.records.append(store.runs.key(run), batchOf(from, count)));
}

const names = [
  'iteration.distance.last',
  'iteration.batch_loss.minimum',
  'iteration.batch_loss.mean.3-7',
  'iteration.height_before.maximum',
  'iteration.batch_loss.at_best',
  'epoch.train_loss.last',
  'epoch.barriers.mean',
  'epoch.validation_accuracy.at_best',
  'curvature.eigenvalue.last',
  'curvature.spectral_norm.maximum',
];

test('they are those of all records, whatever is read for them', async () => {
  const runs = [addRun(25), addRun(40), addRun(0)];
  store.transaction(() =>
    store.records.append(store.runs.key(runs[0]!), batchFrom([], [], [], [...curvatureOf(3), ...curvatureOf(9)])),
  );
  const { values, failed } = await openSummaries(store).many(runs, names);
  expect(failed).toEqual([]);
  for (const [row, run] of runs.entries()) {
    const key = store.runs.key(run);
    const data = {
      run: store.runs.get(run).record,
      iterations: store.records.iterations(key, 0),
      epochs: store.records.epochs(key),
      curvature: store.records.curvature(key, 0),
      slices: store.records.slices(key, 0, 0),
    };
    for (const name of names)
      expect(values[name]![row], `${name} of run ${row}`).toEqual(summariseQuantity(data, summaryOf(name)) ?? NaN);
  }
  expect(values['iteration.distance.last']![1]).toBe(Math.sqrt(40) / 3);
  expect(values['iteration.distance.last']![2]).toBeNaN();
});

test('each is computed once for a run and its revision', async () => {
  const run = addRun(20);
  const summaries = openSummaries(store);
  const read = vi.spyOn(store.records, 'iterations');
  const last = async (): Promise<number> =>
    (await summaries.many([run], ['iteration.distance.last'])).values['iteration.distance.last']![0]!;
  expect(await last()).toBe(Math.sqrt(20) / 3);
  expect(await last()).toBe(Math.sqrt(20) / 3);
  expect(summaries.one(run, 'iteration.distance.last')).toBe(Math.sqrt(20) / 3);
  expect(read).toHaveBeenCalledTimes(1);
  // only what is asked for is read
  expect(read.mock.calls[0]![2]).toEqual(['iteration', 'distance']);
  grow(run, 20, 10);
  expect(await last()).toBe(Math.sqrt(30) / 3);
  expect(read).toHaveBeenCalledTimes(2);
  // merging chunks makes no other numbers
  grow(run, 30, 1);
  await last();
  store.transaction(() => store.records.rewind(store.runs.key(run), 10, 1));
  expect(await last()).toBe(Math.sqrt(10) / 3);
});

test('another process that writes is seen', async () => {
  const run = addRun(10);
  const summaries = openSummaries(store);
  expect(summaries.one(run, 'iteration.distance.last')).toBe(Math.sqrt(10) / 3);
  const other = openStore(folder);
  other.transaction(() => other.records.append(other.runs.key(run), batchOf(10, 5)));
  other.close();
  expect(summaries.one(run, 'iteration.distance.last')).toBe(Math.sqrt(15) / 3);
});

test('runs that are gone are told, the others have their numbers', async () => {
  const run = addRun(5);
  const { values, failed } = await openSummaries(store).many(['nobody', run], ['iteration.distance.last']);
  expect(failed).toMatchObject([{ run: 'nobody', message: expect.stringContaining('nobody') as string }]);
  expect([...values['iteration.distance.last']!]).toEqual([NaN, Math.sqrt(5) / 3]);
  expect(() => openSummaries(store).one('nobody', 'iteration.distance.last')).toThrow('nobody');
});

test('at the end of the epoch with the best validation accuracy', () => {
  const run = addRun(0);
  const accuracies = [0.9, 0.2, 0.6, 0.5];
  const epochs = accuracies.map((validation_accuracy, epoch) => ({ ...epochOf(epoch), validation_accuracy }));
  store.transaction(() => store.records.append(store.runs.key(run), batchFrom([], [], epochs)));
  // epoch 0 is the initialisation
  expect(openSummaries(store).one(run, 'epoch.train_loss.at_best')).toBe(2 / 3);
  expect(figureSource(store).summary(run, 'epoch.validation_accuracy.maximum')).toBe(0.9);
});

test('the request checks its names and answers for many runs', async () => {
  const runs = Array.from({ length: 50 }, (_, at) => addRun(at));
  store.close();
  const workbench = openTest(folder);
  try {
    const answer = (await workbench.handle('runs.summaries', { runs, summaries: ['iteration.distance.last'] })) as {
      values: Record<string, Float64Array>;
    };
    expect(answer.values['iteration.distance.last']).toHaveLength(50);
    expect(answer.values['iteration.distance.last']![49]).toBe(7 / 3);
    await expect(workbench.handle('runs.summaries', { runs, summaries: ['loss'] })).rejects.toThrow(
      'is no summary of a quantity',
    );
  } finally {
    await workbench.close();
    store = openStore(folder);
  }
});

test('of a run the newest are kept, not every window that was ever typed', async () => {
  const run = addRun(60);
  const summaries = openSummaries(store);
  const read = vi.spyOn(store.records, 'iterations');
  const typed = Array.from({ length: 30 }, (_, end) => `iteration.batch_loss.mean.3-${end + 7}`);
  const first = await summaries.many([run], typed.slice(0, 15));
  const { values } = await summaries.many([run], typed.slice(15));
  expect(read).toHaveBeenCalledTimes(2);
  expect(summaries.one(run, typed.at(-1)!)).toBe(values[typed.at(-1)!]![0]);
  expect(read).toHaveBeenCalledTimes(2);
  expect(summaries.one(run, typed[0]!)).toBe(first.values[typed[0]!]![0]);
  expect(read).toHaveBeenCalledTimes(3);
});
