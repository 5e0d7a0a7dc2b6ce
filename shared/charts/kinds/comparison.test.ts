import { expect, test } from 'vitest';
import { experimentSchema } from '../../experiment.ts';
import { timeColumns, toColumns } from '../../records.ts';
import { curvesOf } from '../drawing/comparison-curves.ts';
import { comparisonColours, comparisonExtent, comparisonSpan, runLooks } from '../drawing/comparison-panels.ts';
import { buildChart, paperStyle, screenStyle } from '../index.ts';
import { lookSchemes } from '../drawing/looks.ts';
import type { ComparisonSpec } from '../request.ts';
import { drawnPoints, testData, testIteration, testRun } from '../testing.ts';

const style = paperStyle('light');
const base: ComparisonSpec = {
  chart: 'comparison',
  record: 'iteration',
  metric: 'distance',
  against: 'iteration',
  group: null,
  band: 'none',
  smoothing: 0,
  baseline: null,
  colours: [],
  pinned: [],
  scheme: 'places',
};

/** A run of a learning rate and a seed whose distances are given. */
function run(rate: number, seed: number, distances: (number | null)[], changes: object = {}) {
  const experiment = experimentSchema.parse({
    seed,
    data: { train: 200 },
    ...changes,
    optimizer: { learningRate: rate, batchSize: 100 },
  });
  return testData(
    testRun(`rate ${rate}`, { run: `${rate}-${seed}`, seed, experiment }),
    distances.map((distance, t) => testIteration(t, { distance, path_length: 2 * t, batch_loss: distance })),
  );
}

test('every run by itself, against what is asked', () => {
  const runs = [run(0.1, 1, [1, 2, 3]), run(0.5, 1, [2, 4, 6])];
  const chart = buildChart(base, runs, style);
  expect(chart.table).toEqual({
    columns: ['run', 'name', 'iteration', 'distance'],
    rows: [
      ['0.1-1', 'rate 0.1', 0, 1],
      ['0.1-1', 'rate 0.1', 1, 2],
      ['0.1-1', 'rate 0.1', 2, 3],
      ['0.5-1', 'rate 0.5', 0, 2],
      ['0.5-1', 'rate 0.5', 1, 4],
      ['0.5-1', 'rate 0.5', 2, 6],
    ],
  });
  // two iterations an epoch
  const byEpoch = buildChart({ ...base, against: 'epoch' }, runs, style);
  expect(byEpoch.table.rows.slice(0, 3).map((row) => row[2])).toEqual([0, 0.5, 1]);
  const byPath = buildChart({ ...base, against: 'path_length' }, runs, style);
  expect(drawnPoints(byPath, 'curve.1')).toEqual([
    [0, 2],
    [2, 4],
    [4, 6],
  ]);
  expect(comparisonSpan(runs, [{ ...base, against: 'path_length' }])).toEqual([0, 4]);
});

test('the curves of the same runs and the same spec are made once, others anew', () => {
  const runs = [run(0.1, 1, [1, 2, 3]), run(0.5, 1, [2, 4, 6])];
  const spec: ComparisonSpec = { ...base, smoothing: 2 };
  const made = curvesOf(runs, spec);
  expect(curvesOf([...runs], spec)).toBe(made);
  // how lines look is not theirs, and many other comparisons do not push it out
  for (let smoothing = 3; smoothing < 20; smoothing++) curvesOf(runs, { ...spec, smoothing });
  expect(curvesOf(runs, { ...spec, pinned: [runs[0]!.run.run], colours: ['a'] })).toBe(made);
  expect(curvesOf(runs.slice(0, 1), spec).curves).toHaveLength(1);
  expect(curvesOf(runs, { ...spec, smoothing: 0 }).curves[0]!.y).toEqual(Float64Array.of(1, 2, 3));
  // a run with more records is another
  const longer = [runs[0]!, run(0.5, 1, [2, 4, 6, 8])];
  expect(curvesOf(longer, spec).curves[1]!.y).toHaveLength(4);
  expect(curvesOf(runs, spec).curves).toEqual(made.curves);
});

test('groups are means over seeds with bands, computed by hand', () => {
  const runs = [run(0.1, 1, [1, 2, 3]), run(0.1, 2, [3, 2, 7]), run(0.5, 1, [5, 5, 5])];
  const spec: ComparisonSpec = { ...base, group: ['optimizer.learningRate'], band: 'deviation' };
  const { table, notes } = buildChart(spec, runs, style);
  expect(table.columns).toEqual(['group', 'iteration', 'distance', 'low', 'high', 'runs']);
  expect(table.rows).toEqual([
    ['Learning rate 0.1 (2 runs)', 0, 2, 2 - Math.SQRT2, 2 + Math.SQRT2, 2],
    ['Learning rate 0.1 (2 runs)', 1, 2, 2, 2, 2],
    ['Learning rate 0.1 (2 runs)', 2, 5, expect.closeTo(5 - Math.sqrt(8), 12), expect.closeTo(5 + Math.sqrt(8), 12), 2],
    ['Learning rate 0.5 (1 run)', 0, 5, null, null, 1],
    ['Learning rate 0.5 (1 run)', 1, 5, null, null, 1],
    ['Learning rate 0.5 (1 run)', 2, 5, null, null, 1],
  ]);
  expect(notes).toEqual(['lines are means over the runs of a group, bands ± standard deviation']);
});

test('a group over runs that differ in more than the seed says so, and so do runs of different lengths', () => {
  const runs = [run(0.1, 1, [1, 2, 3]), run(0.5, 2, [3, 4])];
  const { notes } = buildChart({ ...base, group: [], band: 'confidence' }, runs, style);
  expect(notes).toEqual([
    'groups mix runs that differ in learning rate',
    'lines are means over the runs of a group, bands 95 % confidence interval',
    'runs of a group differ in length: each mean is over those that were measured there',
  ]);
});

test('panels that share an order of colours agree, whichever runs they have', () => {
  const runs = [run(0.1, 1, [1]), run(0.5, 1, [2])];
  const colours = comparisonColours(
    runs.map((one) => one.run),
    ['optimizer.learningRate'],
  );
  const spec = { ...base, group: ['optimizer.learningRate'], colours };
  const colourOf = (chart: ReturnType<typeof buildChart>, at: number): unknown =>
    (chart.option.series as { lineStyle: { color: string } }[])[at]!.lineStyle.color;
  expect(colourOf(buildChart(spec, [runs[1]!], style), 0)).toBe(colourOf(buildChart(spec, runs, style), 1));
  expect(colourOf(buildChart(spec, runs, style), 0)).not.toBe(colourOf(buildChart(spec, runs, style), 1));
});

test('against distance there is no mean: the runs of a group are drawn, and a note says so', () => {
  const runs = [run(0.1, 1, [1, 2, 3]), run(0.1, 2, [3, 2, 7])];
  const chart = buildChart(
    { ...base, metric: 'batch_loss', against: 'distance', group: ['optimizer.learningRate'] },
    runs,
    style,
  );
  expect(chart.notes.join()).toContain('share no places');
  expect(chart.table.rows).toHaveLength(6);
});

test('differences to the baseline, iteration by iteration; the baseline itself is not drawn', () => {
  const runs = [run(0.1, 1, [1, 2, 3]), run(0.5, 1, [2, 4, null])];
  const chart = buildChart({ ...base, baseline: '0.1-1' }, runs, style, { log: true });
  expect(chart.table.rows).toEqual([
    ['0.5-1', 'rate 0.5', 0, 1],
    ['0.5-1', 'rate 0.5', 1, 2],
  ]);
  expect(chart.title).toContain('difference to “rate 0.1”');
  expect(chart.notes).toEqual(['no log axis: differences reach zero and below']);
  const gone = buildChart({ ...base, baseline: 'deleted' }, runs, style);
  expect(gone.notes).toEqual(['the baseline is not there any more: values, not differences, are drawn']);
  expect(buildChart({ ...base, baseline: '0.1-1' }, [runs[0]!], style).empty).toContain('Only the baseline');
});

test('a log axis says what it leaves out, smoothing says how', () => {
  const runs = [run(0.1, 1, [0, -2, 3])];
  expect(buildChart(base, runs, style, { log: true }).notes).toEqual(['2 values ≤ 0 are left out on the log axis']);
  const { notes, table } = buildChart({ ...base, smoothing: 5 }, runs, style);
  expect(notes).toEqual(['smoothed over all records: exponential kernel, τ = 5 iterations']);
  expect(table.rows.map((row) => row[3])).not.toEqual([0, -2, 3]);
});

test('what was measured stands faint under a smoothed line where that is asked for, in drawing, table and axis', () => {
  const runs = [run(0.1, 1, [1, 9, 2]), run(0.1, 2, [3, 5, null]), run(0.5, 1, [2, 4, 6])];
  const spec: ComparisonSpec = { ...base, smoothing: 2, measured: true };
  const chart = buildChart(spec, runs, style);
  expect(drawnPoints(chart, 'measured.0')).toEqual([
    [0, 1],
    [1, 9],
    [2, 2],
  ]);
  expect(chart.notes.at(-1)).toBe('faint: as measured');
  expect(chart.table.columns).toEqual(['run', 'name', 'iteration', 'distance', 'distance_measured']);
  expect(chart.table.rows.map((row) => row[4])).toEqual([1, 9, 2, 3, 5, 2, 4, 6]);
  expect(comparisonExtent([runs], spec, false)).toEqual([1, 9]);
  // of groups the means that were measured
  const grouped = buildChart({ ...spec, group: ['optimizer.learningRate'], band: 'runs' }, runs, style);
  expect(drawnPoints(grouped, 'measured.0')).toEqual([
    [0, 2],
    [1, 7],
    [2, 2],
  ]);
  const means = grouped.table.rows.filter(([group, run]) => String(group).includes('0.1') && run === '');
  expect(means.map((row) => row[4])).toEqual([2, 7, 2]);
  // figures from before, and what is not smoothed, are what they were
  const { measured: _, ...before } = spec;
  expect(drawnPoints(buildChart(before, runs, style), 'measured.')).toEqual([]);
  expect(buildChart({ ...base, measured: true }, runs, style).table).toEqual(buildChart(base, runs, style).table);
});

test('smoothing does not depend on what is in view', () => {
  const values = Array.from({ length: 50 }, (_, t) => 1 + Math.abs(Math.sin(t)));
  const spec = { ...base, smoothing: 4 };
  const whole = buildChart(spec, [run(0.1, 1, values)], style).table.rows;
  const part = buildChart(spec, [run(0.1, 1, values)], style, { range: { from: 20, to: 30 } }).table.rows;
  expect(part).toEqual(whole.slice(20, 31));
});

test('the read-out tells every curve at a place', () => {
  const runs = [run(0.1, 1, [1, 2, 3]), run(0.1, 2, [3, 2, 7]), run(0.5, 1, [5, 5, 5])];
  const chart = buildChart(
    { ...base, group: ['optimizer.learningRate'], band: 'deviation' },
    runs,
    screenStyle('dark'),
  );
  expect(chart.readout(2)).toEqual({
    title: 'Iteration 2',
    rows: [
      { label: 'Learning rate 0.1 (2 runs)', value: 'mean 5 (2.172 to 7.828)' },
      { label: 'Learning rate 0.5 (1 run)', value: '5' },
    ],
  });
  expect(chart.readout(99)).toBeNull();
});

test('fifty runs of two thousand iterations are all drawn', () => {
  const values = Array.from({ length: 2000 }, (_, t) => Math.sqrt(t + 1));
  const runs = Array.from({ length: 50 }, (_, seed) => run(0.1, seed, values));
  const chart = buildChart({ ...base, smoothing: 20 }, runs, screenStyle('light'));
  expect(drawnPoints(chart, 'curve.').length).toBeGreaterThanOrEqual(50 * 2000);
});

test('against elapsed time, linear between the iterations of which it is told', () => {
  const timed = (seconds: [number, number][]) => ({
    ...run(0.1, 1, [1, 2, 3, 4, 5]),
    times: toColumns(
      timeColumns,
      seconds.map(([iteration, elapsed_seconds]) => ({ iteration, elapsed_seconds })),
    ),
  });
  const spec: ComparisonSpec = { ...base, against: 'elapsed_seconds' };
  const whole = timed([
    [0, 2],
    [3, 8],
  ]);
  const chart = buildChart(spec, [whole], style);
  // the last iteration is newer than the last time that was told
  expect(drawnPoints(chart, 'curve.0')).toEqual([
    [2, 1],
    [4, 2],
    [6, 3],
    [8, 4],
  ]);
  expect(chart.table.columns).toEqual(['run', 'name', 'elapsed_seconds', 'distance']);
  expect(chart.option.xAxis).toMatchObject({ name: 'Elapsed time (s)' });
  expect(chart.readout(4)?.title).toBe('Elapsed time 4 s');
  // an epoch stands at its last iteration, the initialisation at zero
  const epochs = { ...whole.epochs, epoch: [0, 1, 2], iterations: [0, 2, 2], train_loss: [3, 2, 1] };
  const columns = Object.fromEntries(Object.entries(epochs).map(([key, values]) => [key, Float64Array.from(values)]));
  const byEpoch = buildChart(
    { ...spec, record: 'epoch', metric: 'train_loss' },
    [{ ...whole, epochs: columns as unknown as typeof whole.epochs }],
    style,
  );
  expect(drawnPoints(byEpoch, 'curve.0')).toEqual([
    [0, 3],
    [4, 2],
    [8, 1],
  ]);
  expect(buildChart(spec, [run(0.1, 1, [1, 2])], style).empty).toContain('not known of these runs');
});

test('a log horizontal axis says what it leaves out', () => {
  const chart = buildChart(base, [run(0.1, 1, [1, 2, 3]), run(0.5, 1, [0, 4, 5])], style, { log: true, logX: true });
  expect(chart.option.xAxis).toMatchObject({ type: 'log', min: 1, max: 2 });
  expect(drawnPoints(chart, 'curve')).toEqual([
    [1, 2],
    [2, 3],
    [1, 4],
    [2, 5],
  ]);
  expect(chart.table.rows).toHaveLength(4);
  expect(chart.notes).toEqual(['2 values at places ≤ 0 are left out on the log horizontal axis']);
  // an axis that counts has no ticks between its counts
  const ticks = (chart.option.xAxis as { axisTick: { customValues: number[] } }).axisTick.customValues;
  expect(ticks).toEqual([1, 2]);
  // on screen too
  const screen = buildChart(base, [run(0.1, 1, [1, 2, 3])], screenStyle('light'), { logX: true });
  expect(screen.option.xAxis).toMatchObject({ axisLabel: { customValues: [1, 2] } });
  const grouped = buildChart(
    { ...base, group: [], band: 'deviation' },
    [run(0.1, 1, [1, 2]), run(0.1, 2, [3, 6])],
    style,
    {
      logX: true,
    },
  );
  expect(grouped.table.rows).toEqual([['all runs (2 runs)', 1, 4, 4 - Math.sqrt(8), 4 + Math.sqrt(8), 2]]);
});

test('on a log horizontal axis the span begins above zero, and lines and bands are drawn by its columns', () => {
  const runs = [1, 2].map((seed) =>
    run(
      0.1,
      seed,
      Array.from({ length: 5000 }, (_, t) => seed * (t + 1)),
    ),
  );
  expect(comparisonSpan(runs, [base], true)).toEqual([1, 4999]);
  expect(comparisonSpan([run(0.1, 1, [1])], [base], true)).toEqual([1, 10]);
  expect(comparisonExtent([[run(0.1, 1, [9, 2, 3])]], base, false, true)).toEqual([2, 3]);
  const single = buildChart(base, runs, style, { logX: true });
  const firsts = drawnPoints(single, 'curve.0').map(([x]) => x);
  expect(firsts.length).toBeLessThan(5000);
  expect(firsts.slice(0, 10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const grouped = buildChart({ ...base, group: [], band: 'deviation' }, runs, style, { logX: true });
  const series = grouped.option.series as unknown as {
    id: string;
    renderItem: (parameters: object, api: object) => { children: { shape: { points: [number, number][] } }[] };
  }[];
  const width = 300;
  const { children } = series
    .find(({ id }) => id === 'band.0')!
    .renderItem(
      { coordSys: { x: 0, y: 0, width, height: 100 } },
      { coord: ([x, y]: [number, number]) => [(width * Math.log(x)) / Math.log(4999), y] },
    );
  const [{ shape }] = children as [(typeof children)[number]];
  // the upper edge has a corner at each of the first iterations, which lie pixels apart
  const corners = shape.points.slice(0, 8).map(([px]) => Math.exp((px / width) * Math.log(4999)));
  for (const [index, x] of corners.entries()) expect(x).toBeCloseTo(index + 1, 6);
});

test('panels that share their range span all of them, bands counted in', () => {
  const [low, high] = [run(0.1, 1, [1, 2]), run(0.1, 2, [3, 8])];
  expect(comparisonExtent([[low], [high]], base, false)).toEqual([1, 8]);
  const spec: ComparisonSpec = { ...base, group: [], band: 'deviation' };
  const [from, to] = comparisonExtent([[low, high]], spec, false)!;
  expect(from).toBeCloseTo(2 - Math.SQRT2, 12);
  expect(to).toBeCloseTo(5 + Math.sqrt(18), 12);
  // what a log axis cannot show does not stretch it
  expect(comparisonExtent([[run(0.1, 3, [0, 4])]], base, true)).toEqual([4, 4]);
});

test('runs are grouped by study, by its id, under its name', () => {
  const ofStudy = (seed: number, study: string | null, study_name: string | null) => {
    const data = run(0.1, seed, [seed]);
    return { ...data, run: { ...data.run, study, study_name } };
  };
  const runs = [ofStudy(1, 'a', 'sweep'), ofStudy(2, 'a', 'sweep'), ofStudy(3, 'b', 'sweep'), ofStudy(4, null, null)];
  const { table } = buildChart({ ...base, group: ['study'] }, runs, style);
  expect(table.rows.map((row) => [row[0], row[2]])).toEqual([
    ['sweep (2 runs)', 1.5],
    ['sweep (2) (1 run)', 3],
    ['no study (1 run)', 4],
  ]);
});

test('the legend of a chart that begins empty stands where it will stand', () => {
  const spec: ComparisonSpec = { ...base, against: 'elapsed_seconds' };
  const place = (chart: ReturnType<typeof buildChart>): unknown => {
    const { orient, top, right } = chart.option.legend as Record<string, unknown>;
    return { orient, top, right };
  };
  const runs = [run(0.1, 1, [1, 2]), run(0.5, 1, [2, 4])];
  const style = screenStyle('light');
  expect(place(buildChart(spec, runs, style))).toEqual(place(buildChart(base, runs, style)));
});

test('bands lie inside the axis, on screen too', () => {
  const runs = [run(0.1, 1, [1, 2]), run(0.1, 2, [3, 8])];
  const chart = buildChart({ ...base, group: [], band: 'deviation' }, runs, screenStyle('light'));
  const { min, max } = chart.option.yAxis as { min: number; max: number };
  expect(min).toBeLessThanOrEqual(2 - Math.SQRT2);
  expect(max).toBeGreaterThanOrEqual(5 + Math.sqrt(18));
  // a log axis too, as far as it can show them
  const log = buildChart({ ...base, group: [], band: 'deviation' }, runs, style, { log: true }).option.yAxis;
  const ends = log as { min: (of: object) => number; max: (of: object) => number };
  expect(ends.min({ min: 2 })).toBeCloseTo((2 - Math.SQRT2) / 1.05, 12);
  expect(ends.max({ max: 5 })).toBeCloseTo((5 + Math.sqrt(18)) * 1.05, 12);
});

test('the look that tables give a run is that of its line, alone or in a group, in every panel', () => {
  const runs = [run(0.1, 1, [1, 2]), run(0.5, 1, [3, 4]), run(0.1, 2, [5, 6]), run(0.5, 2, [7, 9]), run(1, 1, [8, 1])];
  const records = runs.map((one) => one.run);
  const cases = [null, [], ['optimizer.learningRate']].flatMap((group) =>
    (['iteration', 'path_length'] as const).flatMap((against) =>
      lookSchemes.map((scheme) => ({ group, against, scheme })),
    ),
  );
  for (const { group, against, scheme } of cases)
    for (const panel of [runs, runs.slice(2)]) {
      const spec = { ...base, group, against, scheme, colours: comparisonColours(records, group) };
      const chart = buildChart(spec, panel, style);
      const looks = runLooks(records, spec, style);
      const series = chart.option.series as {
        id: string;
        type: string;
        data: unknown;
        lineStyle: { color: string };
      }[];
      const lines = series.filter(({ id, data }) => id.startsWith('curve.') && data instanceof Float64Array);
      // the mean of two runs begins at the mean of their first values
      for (const one of runs) {
        if (!panel.includes(one)) continue;
        const together =
          group === null || against === 'path_length'
            ? [one]
            : panel.filter((other) => looks.get(other.run.run)!.color === looks.get(one.run.run)!.color);
        const first = together.reduce((sum, { iterations }) => sum + iterations.distance[0]!, 0) / together.length;
        const line = lines.find(({ data }) => (data as Float64Array)[1] === first)!;
        expect(line.lineStyle.color).toBe(looks.get(one.run.run)!.color);
      }
    }
});
