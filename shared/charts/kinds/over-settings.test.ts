import { expect, test } from 'vitest';
import { experimentSchema } from '../../experiment.ts';
import { buildChart, canLogX, neededRecords, neededSummaries, paperStyle, placesOf, screenStyle } from '../index.ts';
import type { RunData } from '../chart.ts';
import { comparisonColours, comparisonLooks } from '../drawing/comparison-panels.ts';
import { chartSpecSchema } from '../request.ts';
import { testData, testRun } from '../testing.ts';

const accuracy = 'epoch.validation_accuracy.last';

interface Point {
  rate: number;
  optimizer?: 'sgd' | 'adam';
  size?: number;
  seed?: number;
  y: number | null;
}

function pointOf({ rate, optimizer = 'sgd', size = 50, seed = 1, y }: Point): RunData {
  const experiment = experimentSchema.parse({
    name: 'r',
    seed,
    optimizer: { kind: optimizer, learningRate: rate, batchSize: size },
  });
  const run = testRun(`${optimizer} ${rate} ${size} ${seed}`, { experiment, seed });
  return { ...testData(run), summaries: { [accuracy]: y } };
}

const runs = [
  { rate: 0.01, size: 50, seed: 1, y: 0.8 },
  { rate: 0.01, size: 50, seed: 2, y: 0.9 },
  { rate: 0.1, size: 50, seed: 1, y: 0.95 },
  { rate: 0.1, size: 100, seed: 1, y: 0.7 },
  { rate: 1, size: 100, seed: 1, y: null },
].map(pointOf);

const against = chartSpecSchema.parse({
  chart: 'quantity-setting',
  quantity: accuracy,
  setting: 'optimizer.learningRate',
});

test('a quantity against a setting: one point a run, the mean of each value with its spread', () => {
  const chart = buildChart(against, runs, screenStyle('light'));
  expect(chart.table.columns).toEqual([
    'run',
    'name',
    'group',
    'optimizer.learningRate',
    accuracy,
    'mean',
    'standard_deviation',
    'runs',
  ]);
  expect(chart.table.rows.map((row) => row.slice(3))).toEqual([
    [0.01, 0.8, expect.closeTo(0.85), expect.closeTo(Math.SQRT1_2 / 10), 2],
    [0.01, 0.9, expect.closeTo(0.85), expect.closeTo(Math.SQRT1_2 / 10), 2],
    [0.1, 0.95, expect.closeTo(0.825), expect.closeTo(Math.SQRT1_2 * 0.25), 2],
    [0.1, 0.7, expect.closeTo(0.825), expect.closeTo(Math.SQRT1_2 * 0.25), 2],
  ]);
  expect(chart.notes.join()).toContain('1 of 5 runs left out');
  expect(chart.readout(0.09)).toMatchObject({
    title: 'Learning rate 0.1',
    rows: [{ value: '0.825 ± 0.1768 (2 runs)' }],
  });
  const points = (chart.option.series as { id: string; data: { run: string; value: number[] }[] }[]).find(
    ({ id }) => id === 'points.0',
  )!;
  expect(points.data.map(({ run, value }) => [run, ...value])).toEqual(
    runs.slice(0, 4).map(({ run, summaries }, at) => [run.run, [0.01, 0.01, 0.1, 0.1][at], summaries![accuracy]]),
  );
  const tooltip = chart.option.tooltip as { formatter: (parameters: unknown) => string };
  expect(tooltip.formatter({ data: points.data[0] })).toContain('0.85 ± 0.07071');
});

test('by a setting in words the values stand side by side, and groups have means of their own', () => {
  const mixed = [
    pointOf({ rate: 0.1, optimizer: 'sgd', y: 0.5 }),
    pointOf({ rate: 0.1, optimizer: 'adam', y: 0.7 }),
    pointOf({ rate: 0.2, optimizer: 'adam', y: 0.9 }),
  ];
  const spec = chartSpecSchema.parse({
    chart: 'quantity-setting',
    quantity: accuracy,
    setting: 'optimizer.kind',
    group: ['optimizer.learningRate'],
  });
  const chart = buildChart(spec, mixed, screenStyle('dark'));
  expect(chart.table.rows.map((row) => row.slice(2, 6))).toEqual([
    [expect.stringContaining('0.1'), expect.any(String), 0.5, 0.5],
    [expect.stringContaining('0.1'), expect.any(String), 0.7, 0.7],
    [expect.stringContaining('0.2'), expect.any(String), 0.9, 0.9],
  ]);
  const { axisLabel } = chart.option.xAxis as {
    axisLabel: { customValues: number[]; formatter: (x: number) => string };
  };
  expect(axisLabel.customValues).toEqual([0, 1]);
  expect(axisLabel.formatter(0)).not.toBe(axisLabel.formatter(1));
  expect(canLogX(spec)).toBe(false);
  expect(placesOf(spec)).toBeNull();
  expect(canLogX(against)).toBe(true);
});

test('groups by what only over settings is a setting, by all runs and by unknown names are drawn', () => {
  const groupsBy = (group: string[] | null, name = 'length.epochs') => {
    const own = [5, 10, 10].map((epochs, seed) => {
      const experiment = experimentSchema.parse({ seed, length: { epochs } });
      const run = testRun(`${epochs} ${seed}`, { experiment, seed, parameters: epochs * 100 });
      return { ...testData(run), summaries: { [accuracy]: epochs / 20 } };
    });
    const spec = chartSpecSchema.parse({ chart: 'quantity-setting', quantity: accuracy, setting: name, group });
    return buildChart(spec, own, screenStyle('light')).table.rows.map((row) => row[2]);
  };
  expect(groupsBy(['length.epochs'])).toEqual(['Length in epochs 5', 'Length in epochs 10', 'Length in epochs 10']);
  expect(groupsBy(['parameters'], 'parameters')[0]).toBe('Trainable parameters 500');
  expect(new Set(groupsBy(['length.iterations'])).size).toBe(1);
  for (const none of [null, [], ['from a newer version']]) expect(groupsBy(none)).toEqual(['runs', 'runs', 'runs']);
});

test('groups have the colours that they have in a comparison, also where some of it are not here', () => {
  const group = ['optimizer.learningRate'];
  const records = runs.map(({ run }) => run);
  const colours = comparisonColours(records, group);
  const style = screenStyle('light');
  for (const scheme of ['sequential', 'qualitative'] as const) {
    const spec = chartSpecSchema.parse({ ...against, setting: 'seed', group, colours, scheme });
    const looks = comparisonLooks({ group, colours, scheme }, [], style);
    const series = buildChart(spec, runs.slice(2, 4), style).option.series as {
      id: string;
      itemStyle: { color: string };
    }[];
    expect(series.find(({ id }) => id === 'points.0')!.itemStyle.color).toBe(looks.get('["0.1"]')!.color);
  }
});

test('only summaries are read for these charts', () => {
  const parallel = chartSpecSchema.parse({
    chart: 'parallel-coordinates',
    axes: ['optimizer.learningRate', accuracy],
    colour: accuracy,
  });
  for (const spec of [against, parallel]) {
    expect(neededRecords(spec)).toEqual(['summaries']);
    expect(neededSummaries(spec)).toEqual([accuracy]);
  }
  expect(neededSummaries({ chart: 'walk' })).toEqual([]);
});

const map = chartSpecSchema.parse({
  chart: 'heat-map',
  quantity: accuracy,
  x: 'optimizer.learningRate',
  y: 'optimizer.batchSize',
});

test('a heat map: means, spreads and numbers of runs; cells without a run are said', () => {
  const chart = buildChart(map, runs, screenStyle('light'));
  expect(chart.table.rows).toEqual([
    [0.01, 50, expect.closeTo(0.85), expect.closeTo(0.0707, 4), 2],
    [0.1, 50, 0.95, null, 1],
    [1, 50, null, null, 0],
    [0.01, 100, null, null, 0],
    [0.1, 100, 0.7, null, 1],
    [1, 100, null, null, 0],
  ]);
  expect(chart.notes[0]).toBe('3 cells of 6 have no run (–)');
  expect(chart.readout(0)).toEqual({
    title: 'Learning rate 0.01',
    rows: [
      { label: 'Batch size 50', value: '0.85 (2 runs)' },
      { label: 'Batch size 100', value: 'no run' },
    ],
  });
  const tooltip = chart.option.tooltip as { formatter: (parameters: unknown) => string };
  expect(tooltip.formatter({ dataIndex: 0 })).toMatch(/0\.07071.*Runs.*2/s);
  expect(tooltip.formatter({ dataIndex: 2 })).toContain('no run');
});

test('colours by decades only where every mean lies above zero', () => {
  const spec = { ...map, scale: 'log' as const };
  expect(buildChart(spec, runs, paperStyle('light')).notes.join()).not.toContain('logarithmic');
  const zero = [...runs, pointOf({ rate: 1, size: 50, y: 0 })];
  expect(buildChart(spec, zero, paperStyle('light')).notes.join()).toContain('no logarithmic colours');
});

test('parallel axes: a line for each run that has all values, log where values span a decade', () => {
  const spec = chartSpecSchema.parse({
    chart: 'parallel-coordinates',
    axes: ['optimizer.kind', 'optimizer.learningRate', 'optimizer.batchSize', accuracy],
    colour: accuracy,
  });
  const chart = buildChart(spec, runs, screenStyle('dark'));
  const axes = chart.option.parallelAxis as { id: string; type: string }[];
  expect(axes.map(({ id, type }) => [id, type])).toEqual([
    ['optimizer.kind', 'category'],
    ['optimizer.learningRate', 'log'],
    ['optimizer.batchSize', 'value'],
    [accuracy, 'value'],
  ]);
  const [series] = chart.option.series as { data: { run: string; value: unknown[]; lineStyle: { color: string } }[] }[];
  expect(series!.data).toHaveLength(4);
  expect(series!.data[0]!.value.slice(1)).toEqual([0.01, 50, 0.8]);
  expect(new Set(series!.data.map(({ lineStyle }) => lineStyle.color)).size).toBe(4);
  expect(chart.notes.join('; ')).toContain('1 of 5 runs left out');
  expect(chart.table.columns.slice(2)).toEqual(spec.chart === 'parallel-coordinates' ? spec.axes : []);
});

test('recipes that cannot be drawn say why', () => {
  const problem = (spec: object): string => chartSpecSchema.safeParse(spec).error!.issues[0]!.message;
  expect(problem({ ...against, quantity: 'loss' })).toContain('is no summary of a quantity');
  expect(problem({ ...against, setting: 'rate' })).toContain('is no setting');
  expect(problem({ ...map, y: 'optimizer.learningRate' })).toContain('choose another setting');
  expect(problem({ chart: 'parallel-coordinates', axes: [accuracy], colour: accuracy })).toContain('at least two');
  expect(problem({ chart: 'parallel-coordinates', axes: [accuracy, 'seed'], colour: 'optimizer.kind' })).toContain(
    'none of the axes',
  );
});

test('where nothing is measured, charts say what fills them', () => {
  const unmeasured = [pointOf({ rate: 0.1, y: null }), pointOf({ rate: 0.2, y: null })];
  const parallel = chartSpecSchema.parse({
    chart: 'parallel-coordinates',
    axes: ['optimizer.learningRate', accuracy],
    colour: accuracy,
  });
  for (const spec of [against, map, parallel])
    expect(buildChart(spec, unmeasured, screenStyle('light')).empty).toMatch(/not measured in these runs yet/);
});
