import { expect, test } from 'vitest';
import { blankCurvature } from '../../blank-records.ts';
import { experimentSchema } from '../../experiment.ts';
import type { IterationRecord } from '../../records.ts';
import { buildChart, paperStyle, screenStyle } from '../index.ts';
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

/** A chart of a run of batches of 10 with both gauges measured at these steps. */
function gauged(
  rows: readonly Partial<IterationRecord>[],
  {
    experiment = {},
    log = false,
    look = style,
  }: { experiment?: Record<string, unknown>; log?: boolean; look?: typeof style } = {},
) {
  const hessian = { every: { iterations: 1 }, batchSharpness: true, criticalSharpness: true };
  const run = testRun('edge', {
    experiment: experimentSchema.parse({ optimizer: { kind: 'sgd' }, probes: { hessian }, ...experiment }),
  });
  const curvature = rows.map((_, iteration) => blankCurvature({ iteration, rank: 1, eigenvalue: 30 }));
  const records = rows.map((row, t) => testIteration(t, { learning_rate: 0.1, ...row }));
  return buildChart(spec, [testData(run, records, [], [], curvature)], look, { log });
}
const batch = { batch_sharpness: 18, batch_sharpness_error: 3 };
const critical = { critical_sharpness: 9, critical_sharpness_error: 0.1 };

test('with momentum in batches it is said where batch sharpness is found to stay', () => {
  const notesOf = (optimizer: object, more: object = {}) =>
    gauged([batch], { experiment: { optimizer, ...more, probes: { hessian: { batchSharpness: true } } } }).notes.join();
  expect(notesOf({ kind: 'sgd', momentum: 0.9 })).toContain(
    'stay at 0.2/learning rate in small batches, and at the edge drawn only in large ones (arXiv 2604.14108)',
  );
  expect(notesOf({ kind: 'sgd', momentum: 0.9, nesterov: true })).toContain('is not where batch sharpness is known');
  // of the whole set it is the curvature along the gradient, and plain SGD's plateau is the edge
  for (const optimizer of [{ kind: 'gd', momentum: 0.9 }, { kind: 'sgd' }, { kind: 'adam' }])
    expect(notesOf(optimizer)).not.toContain('stay');
  expect(notesOf({ kind: 'sgd' }, { data: { augment: true } })).toContain('without augmentation');
  // nor without batch sharpness
  expect(gauged([critical], { experiment: { optimizer: { kind: 'sgd', momentum: 0.9 } } }).notes).toEqual([
    'batch sharpness was measured and is not told at 1 step',
  ]);
});

test('every line that is drawn is described, also where there is no step curvature', () => {
  const { description } = gauged([
    { ...batch, ...critical },
    { ...batch, batch_sharpness: 21 },
  ]);
  for (const words of [
    'batch sharpness 18 to 21 over iterations 0 to 1',
    'critical sharpness 9 at iteration 0',
    'λₘₐₓ, without kinks 30 to 30',
    '2/learning rate 20 to 20',
  ])
    expect(description).toContain(words);
  expect(description).not.toContain('nothing to draw');
  const row = { ...batch, step_curvature: 5, step_curvature_error: 1 };
  expect(gauged([row]).description).toContain('step curvature 5 at iteration 0');
  expect(buildChart(spec, [testData(testRun(), [testIteration(0)])], style).description).toContain('nothing to draw');
});

test('a chart without anything names what was measured and is told nowhere', () => {
  const run = testRun('edge', {
    experiment: experimentSchema.parse({ probes: { hessian: { batchSharpness: true } } }),
  });
  const curvature = [blankCurvature({ iteration: 0, rank: -1, eigenvalue: -1 })];
  const { empty } = buildChart(spec, [testData(run, [testIteration(0)], [], [], curvature)], style);
  expect(empty).toContain('Batch sharpness was measured and is not told at 1 step.');
  expect(empty).not.toContain('Critical');
});

test('with batch norm the edge stands beside lines of the loss that training descends alone', () => {
  const of = (row: Partial<IterationRecord>, batchNorm: string) => {
    const probes = { interpolation: { batchNorm }, hessian: { batchSharpness: true, criticalSharpness: true } };
    const chart = gauged([row], { experiment: { model: { batchNorm: true }, probes } });
    return { edge: drawnPoints(chart, 'step-curvature.edge').length > 0, notes: chart.notes.join(), chart };
  };
  const curved = { step_curvature: 5, step_curvature_error: 1 };
  const running = of({ ...curved, ...critical }, 'running');
  expect(running.edge).toBe(false);
  expect(running.notes).toContain('λₘₐₓ, step curvature, and critical sharpness are by running');
  expect(running.chart.readout(0)!.rows.map(({ label }) => label)).not.toContain('2/learning rate');
  expect(running.notes).not.toContain('multiple');
  const recomputed = of(curved, 'recomputed');
  expect(recomputed.edge).toBe(true);
  expect(recomputed.notes).not.toContain('step curvature');
  expect(of(batch, 'running').edge).toBe(true);
});

test('the axis holds the bands, on a log axis where they are above zero', () => {
  const rows = [
    { batch_sharpness: 30, batch_sharpness_error: 25 },
    { batch_sharpness: 40, batch_sharpness_error: 30 },
  ];
  type End = number | ((data: { min: number; max: number }) => number);
  for (const look of [style, screenStyle('dark')])
    for (const log of [false, true]) {
      const { min, max } = [gauged(rows, { log, look }).option.yAxis].flat()[0] as { min: End; max: End };
      const [from, to] = [min, max].map((end) => (typeof end === 'number' ? end : end({ min: 30, max: 40 })));
      expect(from).toBeLessThanOrEqual(5);
      expect(from).toBeGreaterThan(log ? 0 : -10);
      expect(to).toBeGreaterThanOrEqual(70);
    }
  const below = { step_curvature: -4, step_curvature_error: 1 };
  const { notes } = gauged([{ ...below, batch_sharpness: -2, batch_sharpness_error: 1 }, { ...batch }], { log: true });
  expect(notes).toContain('2 values ≤ 0 are left out on the log axis');
});

test('a band that is narrow beside a far edge is drawn on a log axis, where it can be seen', () => {
  const rows = [{ ...batch, batch_sharpness_error: 9 }, batch];
  const bands = (log: boolean) =>
    gauged(
      rows.map((row) => ({ ...row, learning_rate: 1e-3 })),
      { log },
    ).option.series as { id: string }[];
  expect(bands(true).map(({ id }) => id)).toContain('step-curvature.batch-band');
});

test('in greys and with dashes lines differ in dash', () => {
  const row = { ...batch, ...critical, step_curvature: 5, step_curvature_error: 1 };
  for (const choices of [{ runPalette: 'greys' as const }, { dashes: true }]) {
    const series = gauged([row, row], { look: paperStyle('light', choices) }).option.series as {
      id: string;
      lineStyle?: { type: unknown };
    }[];
    const dashes = ['curvature', 'batch', 'critical', 'edge'].map((id) =>
      JSON.stringify(series.find((one) => one.id === `step-curvature.${id}.0`)!.lineStyle!.type),
    );
    expect(new Set(dashes).size).toBe(4);
  }
});

test('a gauge breaks where it was measured and is not told, and goes on over steps where nothing was', () => {
  const run = testRun('edge', {
    experiment: experimentSchema.parse({ probes: { hessian: { batchSharpness: true } } }),
  });
  const rows = [batch, {}, batch, {}, batch].map((row, t) => testIteration(t, { learning_rate: 0.1, ...row }));
  const measured = (...at: number[]) => at.map((iteration) => blankCurvature({ iteration, rank: 1, eigenvalue: 30 }));
  const chart = buildChart(spec, [testData(run, rows, [], [], measured(0, 2, 3, 4))], style);
  const series = (chart.option.series as { id: string; data: Float64Array }[]).filter(({ id }) =>
    /^step-curvature\.batch\.\d/.test(id),
  );
  expect(series.map(({ data }) => [...data].filter((_, index) => index % 2 === 0))).toEqual([[0, 2], [4]]);
  expect(chart.notes).toEqual(['batch sharpness was measured and is not told at 1 step']);
});
