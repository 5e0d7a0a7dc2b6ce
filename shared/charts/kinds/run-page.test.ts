import { expect, test } from 'vitest';
import { blankEpoch } from '../../blank-records.ts';
import { buildChart, paperStyle, screenStyle } from '../index.ts';
import { chartSpecSchema } from '../request.ts';
import { drawnPoints, syntheticWalk, testData, testIteration, testRun } from '../testing.ts';

const paper = paperStyle('light');
const screen = screenStyle('dark');
const losses = [4, 1, NaN, 3, 2];
const walk = testData(
  testRun(),
  losses.map((batch_loss, t) => testIteration(t, { batch_loss: Number.isNaN(batch_loss) ? null : batch_loss })),
);

/** The kernel average as its formula stands, every pair by itself. */
function kernelAverage(at: number, tau: number): number {
  let [sum, weight] = [0, 0];
  for (const [t, value] of losses.entries()) {
    if (Number.isNaN(value)) continue;
    const w = Math.exp(-Math.abs(t - at) / tau);
    sum += w * value;
    weight += w;
  }
  return sum / weight;
}

test('a smoothed quantity stands bold over the measured one, with its τ on screen and on paper', () => {
  const spec = chartSpecSchema.parse({ chart: 'iteration-metric', metric: 'batch_loss', smoothing: 2 });
  for (const style of [paper, screen]) {
    const chart = buildChart(spec, [walk], style);
    const series = chart.option.series as {
      id: string;
      name: string;
      lineStyle: { width: number; opacity?: number };
    }[];
    const [over, under] = ['run.0.0', 'measured.0.0'].map((id) => series.find((one) => one.id === id)!);
    expect(over!.lineStyle.width).toBe(style.lines.bold);
    expect(under!.lineStyle).toMatchObject({ width: style.lines.thin, opacity: 0.5 });
    expect(over!.name).toBe('smoothed, τ = 2');
    expect(chart.notes).toEqual([
      'bold: smoothed over all records: exponential kernel, τ = 2 iterations; thin: as measured',
    ]);
    const points = drawnPoints(chart, 'run.0.');
    expect(points.map(([t]) => t)).toEqual([0, 1, 3, 4]);
    for (const [t, value] of points) expect(value).toBeCloseTo(kernelAverage(t, 2), 12);
    expect(drawnPoints(chart, 'measured.0.')).toEqual([
      [0, 4],
      [1, 1],
      [3, 3],
      [4, 2],
    ]);
  }
  expect(JSON.stringify(buildChart(spec, [walk], paper).option.title)).toContain('τ = 2');
});

test('smoothing is over all records, whatever part of them is drawn, and the table has both', () => {
  const spec = chartSpecSchema.parse({ chart: 'iteration-metric', metric: 'batch_loss', smoothing: 1.5 });
  const chart = buildChart(spec, [walk], screen, { range: { from: 3, to: 4 } });
  expect(chart.table.columns).toEqual(['iteration', 'batch_loss', 'batch_loss_smoothed']);
  expect(chart.table.rows.map((row) => row.slice(0, 2))).toEqual([
    [3, 3],
    [4, 2],
  ]);
  for (const [t, , smoothed] of chart.table.rows) expect(smoothed).toBeCloseTo(kernelAverage(t as number, 1.5), 12);
  expect(
    chart
      .readout(3)!
      .rows.slice(0, 2)
      .map(({ label }) => label),
  ).toEqual(['Batch loss', 'Smoothed']);
});

test('several runs are smoothed each by itself, and the legend has every run once', () => {
  const runs = [1, 2].map((seed) => syntheticWalk({ seed, name: `walk ${seed}` }));
  const spec = chartSpecSchema.parse({ chart: 'iteration-metric', metric: 'distance', smoothing: 5 });
  const chart = buildChart(spec, runs, screen);
  expect((chart.option.legend as { data: { name: string }[] }).data.map(({ name }) => name)).toEqual([
    'walk 1',
    'walk 2',
  ]);
  expect(chart.table.columns).toEqual(['run', 'name', 'iteration', 'distance', 'distance_smoothed']);
});

test('a recipe without smoothing, or with none, draws what it drew', () => {
  const bare = { chart: 'iteration-metric', metric: 'batch_loss' } as const;
  const drawn = (spec: object): unknown => {
    const { option, table, notes } = buildChart(chartSpecSchema.parse(spec), [walk], paper);
    return JSON.parse(JSON.stringify({ option, table, notes }));
  };
  expect(chartSpecSchema.parse(bare)).toEqual(bare);
  expect(drawn({ ...bare, smoothing: 0 })).toEqual(drawn(bare));
  expect(drawn({ ...bare, smoothing: null })).toEqual(drawn(bare));
  expect(() => chartSpecSchema.parse({ ...bare, smoothing: -1 })).toThrow();
});

const epochs = [
  { epoch: 0, train_loss: 2.3, validation_loss: 2.31 },
  { epoch: 1, train_loss: 1, validation_loss: 1.2 },
  { epoch: 2, train_loss: 0.5, validation_loss: null },
].map((each) => blankEpoch(each));

test('training and validation loss share a chart: a line, a name and a column each', () => {
  const spec = chartSpecSchema.parse({ chart: 'epoch-metric', metric: 'train_loss', beside: 'validation_loss' });
  const chart = buildChart(spec, [testData(testRun(), [], [], epochs)], screen);
  expect(chart.title).toBe('Loss');
  expect((chart.option.legend as { data: { name: string }[] }).data.map(({ name }) => name)).toEqual([
    'Training loss',
    'Validation loss',
  ]);
  expect(chart.table).toEqual({
    columns: ['epoch', 'train_loss', 'validation_loss'],
    rows: [
      [0, 2.3, 2.31],
      [1, 1, 1.2],
      [2, 0.5, null],
    ],
  });
  expect(chart.readout(1)!.rows).toEqual([
    { label: 'Training loss', value: '1 nats' },
    { label: 'Validation loss', value: '1.2 nats' },
  ]);
  const two = buildChart(
    spec,
    ['a', 'b'].map((run) => testData(testRun(run, { run }), [], [], epochs)),
    screen,
  );
  expect(two.table.columns).toEqual(['run', 'name', 'epoch', 'train_loss', 'validation_loss']);
  expect((two.option.legend as { data: { name: string }[] }).data.map(({ name }) => name)).toContain(
    'b, validation loss',
  );
});

test('what shares an axis has its unit and range', () => {
  const beside = (metric: string, other: string): boolean =>
    chartSpecSchema.safeParse({ chart: 'epoch-metric', metric, beside: other }).success;
  expect(beside('train_accuracy', 'validation_accuracy')).toBe(true);
  expect(beside('train_loss', 'validation_accuracy')).toBe(false);
  expect(beside('train_loss', 'train_loss')).toBe(false);
});
