/** Axes hold to what their quantities can be, whichever chart draws them. */
import { expect, test } from 'vitest';
import type { CurvatureRecord, EpochRecord } from '../../records.ts';
import { epochColumns } from '../../records.ts';
import type { RunData } from '../chart.ts';
import { buildChart, paperStyle, screenStyle } from '../index.ts';
import type { ChartStyle } from '../index.ts';
import { chartSpecSchema } from '../request.ts';
import { testData, testIteration, testRun } from '../testing.ts';

const paper = paperStyle('light');
const nothing = Object.fromEntries(epochColumns.map((key) => [key, null])) as unknown as EpochRecord;

/** Ends of the vertical axis; null where the drawing library finds them, told the greatest value. */
function ends(spec: object, runs: RunData[], style: ChartStyle, greatest = 0): [unknown, unknown] {
  const { min, max } = buildChart(chartSpecSchema.parse(spec), runs, style).option.yAxis as Record<string, unknown>;
  const read = (end: unknown): unknown =>
    typeof end === 'function' ? (end as (of: { max: number }) => unknown)({ max: greatest }) : (end ?? null);
  return [read(min), read(max)];
}
const comparison = (record: string, metric: string, more: object = {}): object => ({
  chart: 'comparison',
  record,
  metric,
  against: record === 'iteration' ? 'iteration' : 'epoch',
  ...more,
});

test('a share is drawn from nothing to all', () => {
  const steps = [0.4, 0.5, 0.6].map((floor_alpha, t) => testIteration(t, { floor_alpha }));
  const eigenvalue = { rank: 1, eigenvalue: 1, residual: 0, products: null };
  const curvature = [0.1, 0.2].map((alignment, at): CurvatureRecord => ({
    iteration: 10 * at,
    epoch: at,
    alignment,
    ...eigenvalue,
  }));
  const data = testData(testRun(), steps, [], [], curvature);
  for (const style of [paper, screenStyle('light')]) {
    expect(ends({ chart: 'iteration-metric', metric: 'floor_alpha' }, [data], style)).toEqual([0, 1]);
    expect(ends(comparison('iteration', 'floor_alpha'), [data], style)).toEqual([0, 1]);
    expect(ends({ chart: 'curvature', metric: 'alignment' }, [data], style)).toEqual([0, 1]);
    expect(ends(comparison('curvature', 'alignment'), [data], style)).toEqual([0, 1]);
  }
});

/** Runs of one group, each of one epoch. */
const runsOf = (epochs: Partial<EpochRecord>[]): RunData[] =>
  epochs.map((reported, seed) =>
    testData(
      testRun(`seed ${seed}`, { run: `run-${seed}` }),
      [],
      [],
      [{ ...nothing, epoch: 1, probed_iterations: 10, ...reported }],
    ),
  );
const grouped = { group: [], band: 'deviation' };

test('accuracies end at 1, losses at 0, bands beyond them or not', () => {
  const runs = runsOf([
    { validation_accuracy: 0.9, train_loss: 0.01 },
    { validation_accuracy: 1, train_loss: 1 },
  ]);
  expect(ends({ chart: 'epoch-metric', metric: 'validation_accuracy' }, runs, screenStyle('light'), 1)).toEqual([
    null,
    1,
  ]);
  expect(ends(comparison('epoch', 'validation_accuracy'), runs, screenStyle('light'), 1)).toEqual([null, 1]);
  for (const style of [paper, screenStyle('light')]) {
    const [low, high] = ends(comparison('epoch', 'validation_accuracy', grouped), runs, style, 0.95);
    expect([Number(low) > 0.8, high]).toEqual([true, 1]);
    expect(ends(comparison('epoch', 'train_loss', grouped), runs, style)[0]).toBe(0);
  }
});

test('a comparison of counts begins at nothing, as their own chart does', () => {
  const runs = runsOf([{ barriers: 7 }, { barriers: 9 }]);
  expect(ends({ chart: 'epoch-metric', metric: 'barriers' }, runs, paper)[0]).toBe(0);
  expect(ends(comparison('epoch', 'barriers'), runs, paper)[0]).toBe(0);
});

test('limits that all values lie beyond say nothing', () => {
  const [low, high] = ends({ chart: 'epoch-metric', metric: 'train_accuracy' }, runsOf([{ train_accuracy: 3 }]), paper);
  expect(Number(low)).toBeLessThan(3);
  expect(Number(high)).toBeGreaterThan(3);
});

test('differences have no limits', () => {
  const runs = runsOf([{ validation_accuracy: 0.9 }, { validation_accuracy: 0.2 }]);
  const [low] = ends(comparison('epoch', 'validation_accuracy', { baseline: 'run-0' }), runs, paper);
  expect(Number(low)).toBeLessThan(-0.7);
});

test('what nothing adds is not promised by probe windows', () => {
  const data = testData(testRun(), [testIteration(0)]);
  const empty = (metric: string) =>
    buildChart(chartSpecSchema.parse({ chart: 'iteration-metric', metric }), [data], paper).empty;
  expect(empty('noise_deviation')).toContain('only gradient descent with isotropic noise');
  expect(empty('distance')).toBe('Distance from initialisation was not measured in these iterations.');
  expect(empty('floor_loss')).toContain('probe windows');
});
