import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blankEpoch } from '../../blank-records.ts';
import { measurements } from '../../compare/measurements.ts';
import { charted } from '../../quantities/index.ts';
import { buildChart, paperStyle, screenStyle } from '../index.ts';
import type { Chart } from '../index.ts';
import { metricErrors } from '../drawing/metric-errors.ts';
import { chartSpecSchema } from '../request.ts';
import { iterationLine } from './iteration-metric.ts';
import { drawnPoints, syntheticWalk, testData, testIteration, testRun } from '../testing.ts';

const style = paperStyle('light');

test('a log axis leaves out values at or below zero and says how many', () => {
  const values = [0.5, 0, -1, 0.25, 0, 0.125, null];
  const iterations = values.map((height_before, t) => testIteration(t, { height_before, height_after: height_before }));
  const data = testData(testRun(), iterations);
  const spec = { chart: 'iteration-metric', metric: 'height_before' } as const;
  const linear = buildChart(spec, [data], style);
  expect(linear.table.rows).toHaveLength(6);
  expect(linear.notes).toEqual([]);
  const log = buildChart(spec, [data], style, { log: true });
  expect(log.table.rows).toEqual([
    [0, 0.5],
    [3, 0.25],
    [5, 0.125],
  ]);
  expect(log.notes).toEqual(['3 values ≤ 0 are left out on the log axis']);
  const heights = buildChart({ chart: 'heights' }, [data], style, { log: true });
  expect(heights.notes).toEqual(['6 values ≤ 0 are left out on the log axis']);
});

test('a metric that reaches below zero has no log axis', () => {
  const spec = { chart: 'iteration-metric', metric: 'gradient_cosine' } as const;
  const chart = buildChart(spec, [syntheticWalk()], style, { log: true });
  expect(chart.notes).toEqual(['no log axis: this metric reaches zero and below']);
  expect(chart.option.yAxis).toMatchObject({ type: 'value', min: -1, max: 1 });
});

test('the cosine marks zero and starts at the second iteration', () => {
  const chart = buildChart({ chart: 'iteration-metric', metric: 'gradient_cosine' }, [syntheticWalk()], style);
  expect((chart.option.series as { id: string }[])[0]!.id).toBe('zero');
  expect(chart.table.rows[0]![0]).toBe(1);
});

test('errors that were measured beside a metric are drawn, told and in the table', () => {
  const told = [
    { hessian_trace: 40, hessian_trace_error: 3 },
    {},
    { hessian_trace: 30, hessian_trace_error: 31 },
    { hessian_trace: 20, hessian_trace_error: null },
  ];
  const data = testData(
    testRun(),
    told.map((one, t) => testIteration(t, one)),
  );
  const spec = { chart: 'iteration-metric', metric: 'hessian_trace' } as const;
  const idsOf = (chart: Chart): string[] => (chart.option.series as { id: string }[]).map(({ id }) => id);
  const chart = buildChart(spec, [data], style);
  expect(chart.table).toEqual({
    columns: ['iteration', 'hessian_trace', 'hessian_trace_error'],
    rows: [
      [0, 40, 3],
      [2, 30, 31],
      [3, 20, null],
    ],
  });
  expect(idsOf(chart)).toContain('error');
  expect(chart.notes).toEqual(['bars: ± error']);
  const { min, max } = chart.option.yAxis as { min: number; max: number };
  expect(min).toBeLessThanOrEqual(-1);
  expect(max).toBeGreaterThanOrEqual(61);
  expect(chart.readout(0)!.rows[0]!.value).toBe('40 ± 3');
  // a log axis has no place for an end at −1
  const line = iterationLine(data, 'hessian_trace', { log: true });
  expect(metricErrors(data, 'hessian_trace', line, true)!.extent).toEqual([20, 61]);
  for (const other of [
    buildChart(spec, [data, data], style),
    buildChart({ ...spec, smoothing: 2 }, [data], style),
    buildChart({ ...spec, metric: 'batch_loss' }, [data], style),
  ])
    expect(idsOf(other)).not.toContain('error');
});

test('the table of every metric is what is drawn, of one run and of several', () => {
  const runs = [1, 2, 3, 4, 5, 6].map((seed) =>
    syntheticWalk({ name: `run ${seed % 3}`, seed, iterations: 30, perEpoch: 10, probed: (t) => t % 7 < 5 }),
  );
  const specs = [
    ...charted.iteration.map(({ key }) => ({ chart: 'iteration-metric', metric: key }) as const),
    ...charted.epoch.map(({ key }) => ({ chart: 'epoch-metric', metric: key }) as const),
  ];
  fc.assert(
    fc.property(fc.constantFrom(...specs), fc.integer({ min: 1, max: 6 }), fc.boolean(), (spec, count, log) => {
      const chosen = runs.slice(0, count);
      const chart = buildChart(spec, chosen, screenStyle('dark'), { log });
      const x = spec.chart === 'epoch-metric' ? 'epoch' : 'iteration';
      const { columns, rows } = chart.table;
      expect(columns).toEqual(count > 1 ? ['run', 'name', x, spec.metric] : [x, spec.metric]);
      for (const [index, { run }] of chosen.entries()) {
        const own = count > 1 ? rows.filter((row) => row[0] === run.run).map((row) => row.slice(2)) : rows;
        const lines = drawnPoints(chart, `run.${index}.`).slice(drawnPoints(chart, `run.${index}.markers`).length);
        expect(own).toEqual(lines);
      }
      expect(chart.empty === null).toBe(rows.length > 0);
    }),
  );
});

test('heights join before and after by iteration', () => {
  const data = testData(testRun(), [
    testIteration(3, { height_before: 0.25, height_after: 0.5 }),
    testIteration(4, { height_before: null, height_after: 0.125 }),
    testIteration(9, { height_before: 0.5, height_after: 0 }),
  ]);
  const { table } = buildChart({ chart: 'heights' }, [data], style);
  expect(table).toEqual({
    columns: ['iteration', 'height_before', 'height_after'],
    rows: [
      [3, 0.25, 0.5],
      [4, null, 0.125],
      [9, 0.5, 0],
    ],
  });
});

test('runs of one name are told apart', () => {
  const runs = [syntheticWalk({ seed: 1 }), syntheticWalk({ seed: 2 }), syntheticWalk({ seed: 2 })];
  const chart = buildChart({ chart: 'iteration-metric', metric: 'distance' }, runs, style);
  const legend = (chart.option.legend as { data: { name: string }[] }).data.map(({ name }) => name);
  expect(legend).toEqual(['quick walk, seed 1', 'quick walk, seed 2 (1)', 'quick walk, seed 2 (2)']);
});

test('a legend only with several series', () => {
  const one = buildChart({ chart: 'iteration-metric', metric: 'distance' }, [syntheticWalk()], style);
  expect(one.option.legend).toMatchObject({ show: false });
});

test('empty charts say what would fill them', () => {
  const unprobed = syntheticWalk({ probed: () => false });
  expect(buildChart({ chart: 'heights' }, [unprobed], style).empty).toContain('probe windows');
  expect(buildChart({ chart: 'epoch-metric', metric: 'lambda_max' }, [syntheticWalk()], style).empty).toBe(
    'The curvature was not probed in this run.',
  );
  const running = testData(testRun('young', { status: 'running' }));
  expect(buildChart({ chart: 'epoch-metric', metric: 'train_loss' }, [running], style).empty).toBe(
    '“young” is running and has not reported it yet; the end of its first epoch fills it.',
  );
});

test('counts of probed iterations are not there where none was probed', () => {
  const epochs = [
    { epoch: 1, probed_iterations: 10, barriers: 0 },
    { epoch: 2, probed_iterations: 0, barriers: 0 },
    { epoch: 3, probed_iterations: 10, barriers: 4 },
  ].map((reported) => blankEpoch({ train_loss: 1, ...reported }));
  const data = testData(testRun(), [], [], epochs);
  const chart = buildChart({ chart: 'epoch-metric', metric: 'barriers' }, [data], style);
  expect(chart.table.rows).toEqual([
    [1, 0],
    [3, 4],
  ]);
  expect(chart.readout(2)).toBeNull();
  expect(measurements(data, 'epoch', 'barriers').y).toEqual(Float64Array.of(0, NaN, 4));
  // what else an epoch tells is there
  expect(buildChart({ chart: 'epoch-metric', metric: 'train_loss' }, [data], style).table.rows).toHaveLength(3);
});

test('a logarithmic axis on paper holds the bands too', () => {
  const runs = [1, 4, 7].map((value, seed) =>
    testData(testRun(`seed ${seed}`, { run: `run-${seed}` }), [
      testIteration(0, { distance: value }),
      testIteration(1, { distance: 10 * value }),
    ]),
  );
  const spec = { chart: 'comparison', record: 'iteration', metric: 'distance', group: [], band: 'deviation' };
  const { option } = buildChart(chartSpecSchema.parse(spec), runs, style, { log: true });
  const { max } = option.yAxis as unknown as { max: (span: { min: number; max: number }) => number };
  // 40 ± 30: ECharts knows of the line alone
  expect(max({ min: 4, max: 40 })).toBeCloseTo(70 * 1.05);
});

test('no text but the data: builders draw paper without anything interactive', () => {
  const paper = buildChart({ chart: 'walk' }, [syntheticWalk()], style).option;
  expect(paper.dataZoom).toBeUndefined();
  expect(paper.tooltip).toBeUndefined();
  const screen = buildChart({ chart: 'walk' }, [syntheticWalk()], screenStyle('light')).option;
  expect(screen.dataZoom).toHaveLength(1);
  expect(screen.animation).toBe(false);
});
