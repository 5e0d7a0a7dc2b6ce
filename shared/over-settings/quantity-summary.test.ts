import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blankEpoch } from '../blank-records.ts';
import { testData, testIteration, testRun } from '../charts/testing.ts';
import { charted } from '../quantities/index.ts';
import { readSummary, summaryKinds, summaryName, summaryOf, summaryTitle } from './quantity-summary.ts';
import type { SummaryKind } from './quantity-summary.ts';
import { columnsFor, summariseQuantity } from './summarise.ts';

test('a name and what it names are each other’s inverse', () => {
  const end = fc.option(fc.nat(1e9));
  const one = fc
    .constantFrom(...(Object.keys(charted) as (keyof typeof charted)[]))
    .chain((record) =>
      fc.record({
        record: fc.constant(record),
        key: fc.constantFrom(...charted[record].map(({ key }) => key as string)),
        kind: fc.constantFrom(...(Object.keys(summaryKinds) as SummaryKind[])),
        ends: fc.tuple(end, end),
      }),
    )
    .map(({ ends: [a, b], ...summary }) => {
      const [from, to] = a !== null && b !== null ? [Math.min(a, b), Math.max(a, b)] : [a, b];
      return { ...summary, window: summary.kind === 'mean' ? { from, to } : { from: null, to: null } };
    });
  fc.assert(
    fc.property(one, (summary) => {
      expect(readSummary(summaryName(summary))).toEqual(summary);
    }),
  );
});

test.each([
  'validation_accuracy',
  'epoch.validation_accuracy',
  'epoch.nothing.last',
  'slice.loss.last',
  'epoch.train_loss.best',
  'epoch.train_loss.last.1-2',
  'iteration.batch_loss.mean.9-3',
  'iteration.constructor.last',
  '__proto__.x.last',
])('%s names none', (name) => expect(readSummary(name)).toBeNull());

test('titles say the summary and its window', () => {
  expect(summaryTitle('epoch.validation_accuracy.last')).toMatch(/, last$/);
  expect(summaryTitle('iteration.batch_loss.mean.100-199')).toMatch(/, mean of iterations 100–199$/);
  expect(summaryTitle('epoch.train_loss.mean.3-3')).toMatch(/, mean of epoch 3$/);
  expect(summaryTitle('epoch.train_loss.mean.-3')).toMatch(/, mean up to epoch 3$/);
  expect(summaryTitle('epoch.train_loss.mean.3-')).toMatch(/, mean from epoch 3 on$/);
});

const value = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 }));
const iterations = fc.array(value, { maxLength: 30 });
const epochs = fc.array(fc.tuple(value, fc.option(fc.constantFrom(0.1, 0.5, 0.5, 0.9))), { maxLength: 6 });

/** Two iterations an epoch. */
const run = testRun('a', {});
run.experiment.data.train = 20;
if ('batchSize' in run.experiment.optimizer) run.experiment.optimizer.batchSize = 10;

test('summaries are those of a naive computation over all records', () => {
  fc.assert(
    fc.property(iterations, epochs, fc.nat(30), fc.nat(30), (losses, ends, a, b) => {
      const data = testData(
        run,
        losses.map((batch_loss, t) => testIteration(t, { batch_loss })),
        [],
        ends.map(([train_loss, validation_accuracy], epoch) => blankEpoch({ epoch, train_loss, validation_accuracy })),
      );
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const finite = losses.filter((one) => one !== null);
      const inside = losses.slice(from, to + 1).filter((one) => one !== null);
      const mean = (all: number[]): number | null =>
        all.length === 0 ? null : all.reduce((sum, one) => sum + one, 0) / all.length;
      // epoch 0 is the initialisation; of equal accuracies the first counts
      const results = ends.map(([, accuracy], epoch) => ({ epoch, accuracy })).slice(1);
      const known = results.filter(({ accuracy }) => accuracy !== null);
      const best = known.find(({ accuracy }) => accuracy === Math.max(...known.map((one) => one.accuracy!)))?.epoch;
      const ofBest = best === undefined ? [] : losses.slice((best - 1) * 2, best * 2).filter((one) => one !== null);
      const of = (name: string): number | null => summariseQuantity(data, summaryOf(name));
      expect(of('iteration.batch_loss.last')).toEqual(finite.at(-1) ?? null);
      expect(of('iteration.batch_loss.minimum')).toEqual(finite.length > 0 ? Math.min(...finite) : null);
      expect(of('iteration.batch_loss.maximum')).toEqual(finite.length > 0 ? Math.max(...finite) : null);
      expect(of('iteration.batch_loss.at_best')).toEqual(ofBest.at(-1) ?? null);
      expect(of('epoch.train_loss.at_best')).toEqual(best === undefined ? null : ends[best]![0]);
      const scale = Math.max(1, ...finite.map(Math.abs));
      for (const [name, all] of [
        [`iteration.batch_loss.mean.${from}-${to}`, inside],
        ['iteration.batch_loss.mean', finite],
      ] as const) {
        const [own, naive] = [of(name), mean(all)];
        if (naive === null) expect(own).toBeNull();
        else expect(Math.abs(own! - naive) / scale).toBeLessThan(1e-12);
      }
    }),
  );
});

test('a summary is the same of the columns that it names alone', () => {
  const data = testData(
    run,
    [1, 2, 3, 4].map((batch_loss, t) => testIteration(t, { batch_loss })),
    [],
    [0.1, 0.9, 0.5].map((validation_accuracy, epoch) => blankEpoch({ epoch, validation_accuracy, barriers: epoch })),
  );
  const pick = (columns: object, keys: readonly string[]): object =>
    Object.fromEntries(keys.map((key) => [key, (columns as Record<string, unknown>)[key]]));
  for (const record of ['iteration', 'epoch'] as const)
    for (const { key } of charted[record])
      for (const kind of Object.keys(summaryKinds) as SummaryKind[]) {
        const summary = { record, key, kind, window: { from: null, to: null } };
        const needed = columnsFor(summary);
        const some = {
          ...data,
          iterations: pick(data.iterations, needed.iterations),
          epochs: { epoch: new Float64Array(0), ...pick(data.epochs, needed.epochs) },
        } as typeof data;
        expect(summariseQuantity(some, summary)).toEqual(summariseQuantity(data, summary));
      }
});
