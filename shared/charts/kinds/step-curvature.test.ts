import { expect, test } from 'vitest';
import { blankCurvature } from '../../blank-records.ts';
import { experimentSchema } from '../../experiment.ts';
import { buildChart, paperStyle } from '../index.ts';
import { drawnPoints, testData, testIteration, testRun } from '../testing.ts';

const style = paperStyle('light');
const spec = { chart: 'step-curvature' } as const;
const steps = (rates: readonly number[]) =>
  rates.map((learning_rate, t) =>
    testIteration(t, {
      learning_rate,
      loss_resolution: 1e-6,
      step_curvature: t === 1 ? null : 10 + t,
      step_curvature_error: t === 1 ? null : 0.5,
    }),
  );
const runOf = (optimizer: object) => testRun('edge', { experiment: experimentSchema.parse({ optimizer }) });

test('the curvature of each step stands beside 2/learning rate and the largest eigenvalue', () => {
  const curvature = [
    blankCurvature({ iteration: 0, rank: -1, eigenvalue: -3 }),
    blankCurvature({ iteration: 0, rank: 1, eigenvalue: 14 }),
    blankCurvature({ iteration: 2, epoch: 1, rank: 1, eigenvalue: 15 }),
  ];
  const run = runOf({ kind: 'gd', learningRate: 0.1 });
  const data = testData(run, steps([0.1, 0.1, 0.05]), [], [], curvature);
  const chart = buildChart(spec, [data], style);
  expect(drawnPoints(chart, 'step-curvature.curvature')).toEqual([
    [0, 10],
    [2, 12],
  ]);
  expect(drawnPoints(chart, 'step-curvature.edge')).toEqual([
    [0, 20],
    [1, 20],
    [2, 40],
  ]);
  expect(drawnPoints(chart, 'step-curvature.largest')).toEqual([
    [0, 14],
    [2, 15],
  ]);
  expect(chart.table).toEqual({
    columns: ['iteration', 'step_curvature', 'step_curvature_error', 'edge', 'lambda_max'],
    rows: [
      [0, 10, 0.5, 20, 14],
      [2, 12, 0.5, 40, 15],
    ],
  });
  expect(chart.notes).toEqual(['of 1 probed step the curvature does not exceed its error']);
  expect(chart.readout(0)!.rows).toContainEqual({ label: 'Step curvature', value: '10 ± 0.5' });
});

test('batch and critical sharpness have lines from one measurement to the next, columns and errors of their own', () => {
  const measured = [
    { batch_sharpness: 18, batch_sharpness_error: 3, critical_sharpness: 9, critical_sharpness_error: 0.1 },
    {},
    { batch_sharpness: 21, batch_sharpness_error: 2 },
  ];
  const rows = steps([0.1, 0.1, 0.1]).map((row, t) => ({ ...row, ...measured[t] }));
  const chart = buildChart(spec, [testData(runOf({ kind: 'sgd' }), rows)], style);
  expect(drawnPoints(chart, 'step-curvature.batch')).toEqual([
    [0, 18],
    [2, 21],
  ]);
  expect(drawnPoints(chart, 'step-curvature.critical')).toEqual([[0, 9]]);
  expect(chart.table.columns.slice(5)).toEqual([
    'batch_sharpness',
    'batch_sharpness_error',
    'critical_sharpness',
    'critical_sharpness_error',
  ]);
  expect(chart.table.rows).toEqual([
    [0, 10, 0.5, 20, null, 18, 3, 9, 0.1],
    [2, 12, 0.5, 20, null, 21, 2, null, null],
  ]);
  expect(chart.readout(2)!.rows).toContainEqual({ label: 'Batch sharpness', value: '21 ± 2' });
});

test('they stand beside the edge without a probed step, and with batch norm it is said what says nothing of it', () => {
  const row = testIteration(0, { learning_rate: 0.1, critical_sharpness: 9, critical_sharpness_error: 0.1 });
  const built = (model: object) => {
    const run = testRun('edge', { experiment: experimentSchema.parse({ model, optimizer: { kind: 'sgd' } }) });
    return buildChart(spec, [testData(run, [row])], style);
  };
  const plain = built({});
  expect(plain.empty).toBeNull();
  expect(drawnPoints(plain, 'step-curvature.edge')).toEqual([[0, 20]]);
  expect(plain.notes).toEqual([]);
  expect(built({ batchNorm: true }).notes.join()).toContain('by running statistics');
});

test('with momentum the edge is its own, and of Adam there is none', () => {
  const edgeOf = (optimizer: object) =>
    drawnPoints(buildChart(spec, [testData(runOf(optimizer), steps([0.1, 0.1]))], style), 'step-curvature.edge');
  expect(edgeOf({ kind: 'sgd', momentum: 0.9 })[0]![1]).toBeCloseTo(38, 9);
  expect(edgeOf({ kind: 'adam' })).toEqual([]);
  const { notes } = buildChart(spec, [testData(runOf({ kind: 'adam' }), steps([0.1]))], style);
  expect(notes.join()).toContain('Adam: the edge of stability is no multiple');
});

test('a run without a probed step says so', () => {
  expect(buildChart(spec, [testData(testRun(), [testIteration(0)])], style).empty).toContain('Step curvature');
});
