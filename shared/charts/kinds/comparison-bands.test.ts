/** Bands of groups and differences to a baseline, as they are drawn. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bandKeys, bands } from '../../compare/band.ts';
import { experimentSchema } from '../../experiment.ts';
import { curvesOf } from '../drawing/comparison-curves.ts';
import { comparisonExtent } from '../drawing/comparison-panels.ts';
import { buildChart, paperStyle, screenStyle } from '../index.ts';
import { chartSpecSchema } from '../request.ts';
import type { ComparisonSpec } from '../request.ts';
import { drawnPoints, testData, testIteration, testRun } from '../testing.ts';

const style = paperStyle('light');
/** t with two degrees of freedom, by its closed form. */
const quantile = 0.95 * Math.sqrt(2 / (4 * 0.975 * 0.025));
const rate = ['optimizer.learningRate'];
const base: ComparisonSpec = {
  chart: 'comparison',
  record: 'iteration',
  metric: 'distance',
  against: 'iteration',
  group: rate,
  band: 'none',
  smoothing: 0,
  baseline: null,
  scheme: 'places',
  colours: [],
  pinned: [],
};
const baseline = { group: ['0.1'] };

/** A run of a learning rate and a seed whose distances are given. */
function run(learningRate: number, seed: number, distances: (number | null)[], batchSize = 100) {
  const experiment = experimentSchema.parse({ seed, data: { train: 200 }, optimizer: { learningRate, batchSize } });
  return testData(
    testRun(`rate ${learningRate}`, { run: `${learningRate}-${seed}`, seed, experiment }),
    distances.map((distance, t) => testIteration(t, { distance, path_length: 2 * t })),
  );
}
type Drawn = { id: string; name: string; type: string; z: number; lineStyle: { width: number; color: string } };
const seriesOf = (chart: ReturnType<typeof buildChart>): Drawn[] => chart.option.series as unknown as Drawn[];
const legendOf = (chart: ReturnType<typeof buildChart>): string[] =>
  (chart.option.legend as { data: { name: string }[] }).data.map(({ name }) => name);

test('recipes from before say what they said, and a group is a new form of baseline', () => {
  const before = { chart: 'comparison', record: 'iteration', metric: 'distance' };
  expect(chartSpecSchema.parse(before)).toMatchObject({ band: 'none', baseline: null });
  for (const band of ['none', 'deviation', 'confidence'])
    expect(chartSpecSchema.parse({ ...before, band, baseline: 'a-run' })).toMatchObject({ band, baseline: 'a-run' });
  expect(chartSpecSchema.parse({ ...before, group: rate, baseline })).toMatchObject({ baseline });
  const refused = chartSpecSchema.safeParse({ ...before, baseline });
  expect(refused.error!.issues[0]).toMatchObject({ path: ['baseline'], message: 'names a value for each of group' });
  expect(chartSpecSchema.safeParse({ ...before, band: 'wide' }).success).toBe(false);
});

test('the line of a pinned run is bold, by itself and among those of its group', () => {
  const runs = [run(0.1, 1, [1, 2]), run(0.1, 2, [2, 3]), run(0.1, 3, [9, 8])];
  const pinned = '0.1-2';
  const widths = (spec: Partial<ComparisonSpec>, id: string): (number | undefined)[] =>
    [0, 1, 2].map(
      (at) =>
        seriesOf(buildChart({ ...base, pinned: [pinned], ...spec }, runs, style)).find((one) =>
          one.id.startsWith(id.replace('?', String(at))),
        )?.lineStyle.width,
    );
  const alone = widths({ group: null }, 'curve.?.');
  expect(alone[1]).toBe(style.lines.bold);
  expect(alone[0]).toBeLessThan(style.lines.bold);
  const inside = widths({ band: 'runs' }, 'own.0.?.');
  expect(inside[1]).toBeGreaterThan(inside[0]!);
  expect(inside[2]).toBe(inside[0]);
  expect(new Set(widths({ group: null, pinned: [] }, 'curve.?.')).size).toBe(1);
});

test('each band around its middle, computed by hand', () => {
  const runs = [run(0.1, 1, [1]), run(0.1, 2, [2]), run(0.1, 3, [9])];
  const deviation = Math.sqrt(19);
  const half = {
    deviation,
    error: deviation / Math.sqrt(3),
    confidence: (quantile * deviation) / Math.sqrt(3),
  };
  const ends: Record<string, [number, number | null, number | null]> = {
    none: [4, null, null],
    range: [4, 1, 9],
    quartiles: [2, 1.5, 5.5],
    ...Object.fromEntries(Object.entries(half).map(([key, h]) => [key, [4, 4 - h, 4 + h]])),
  };
  for (const [band, [middle, low, high]] of Object.entries(ends)) {
    const { table, notes } = buildChart({ ...base, band: band as ComparisonSpec['band'] }, runs, style);
    const near = (value: number | null) => (value === null ? null : (expect.closeTo(value, 12) as number));
    expect(table.columns).toEqual(['group', 'iteration', 'distance', 'low', 'high', 'runs']);
    expect(table.rows, band).toEqual([['Learning rate 0.1 (3 runs)', 0, near(middle), near(low), near(high), 3]]);
    const { note, middle: word } = bands.find(({ key }) => key === band)!;
    expect(notes).toEqual([`lines are ${word}s over the runs of a group${note && `, ${note}`}`]);
  }
});

test('the runs’ own lines: thin, in the colour of their mean, under it, one entry in the legend', () => {
  const runs = [run(0.1, 1, [1, 2]), run(0.1, 2, [3, 6]), run(0.5, 1, [9, 9])];
  for (const look of [style, screenStyle('dark')]) {
    const chart = buildChart({ ...base, band: 'runs' }, runs, look);
    const series = seriesOf(chart);
    const [mean, ...others] = series.filter(({ name }) => name === 'Learning rate 0.1 (2 runs)');
    expect([mean!.id, ...others.map(({ id }) => id)]).toEqual(['curve.0.0', 'own.0.0.0', 'own.0.1.0']);
    for (const own of others) {
      expect(own.lineStyle.color).toBe(mean!.lineStyle.color);
      expect(own.lineStyle.width).toBeLessThan(mean!.lineStyle.width / 2);
      expect(own.z).toBeLessThan(mean!.z);
    }
    expect(legendOf(chart)).toEqual(['Learning rate 0.1 (2 runs)', 'Learning rate 0.5 (1 run)']);
    expect(drawnPoints(chart, 'own.0.1')).toEqual([
      [0, 3],
      [1, 6],
    ]);
    expect(chart.readout(1)!.rows).toEqual([
      { label: 'Learning rate 0.1 (2 runs)', value: 'mean 4 (runs 2 to 6)' },
      { label: 'Learning rate 0.5 (1 run)', value: '9' },
    ]);
    expect(chart.table.columns).toEqual(['group', 'run', 'iteration', 'distance', 'low', 'high', 'runs']);
    expect(chart.table.rows.slice(0, 4)).toEqual([
      ['Learning rate 0.1 (2 runs)', '', 0, 2, null, null, 2],
      ['Learning rate 0.1 (2 runs)', '', 1, 4, null, null, 2],
      ['Learning rate 0.1 (2 runs)', '0.1-1', 0, 1, null, null, 1],
      ['Learning rate 0.1 (2 runs)', '0.1-1', 1, 2, null, null, 1],
    ]);
  }
  expect(comparisonExtent([runs], { ...base, band: 'runs' }, false)).toEqual([1, 9]);
});

test('a mean has a gap where none of its runs was measured', () => {
  const chart = buildChart({ ...base, band: 'range' }, [run(0.1, 1, [1, null, 3]), run(0.1, 2, [2, null, 4])], style);
  expect(seriesOf(chart).filter(({ id }) => id.startsWith('curve.0'))).toHaveLength(2);
  expect(chart.notes).toEqual(['lines are means over the runs of a group, bands least to greatest']);
});

test('on a log axis, ends at or below zero are said, and the band goes down to the axis', () => {
  const runs = [run(0.1, 1, [1, 1]), run(0.1, 2, [9, 2])];
  const chart = buildChart({ ...base, band: 'deviation' }, runs, style, { log: true });
  expect(chart.notes[0]).toBe(
    'bands reach zero or below at 1 of 2 points, and go down to the end of the log axis there',
  );
  expect(buildChart({ ...base, band: 'range' }, runs, style, { log: true }).notes).toHaveLength(1);
  const band = (chart.option.series as unknown as { id: string; renderItem: (a: object, b: object) => unknown }[]).find(
    ({ id }) => id === 'band.0',
  )!;
  const plot = { x: 0, y: 0, width: 100, height: 50 };
  const drawn = band.renderItem(
    { coordSys: plot },
    { coord: ([x, y]: [number, number]) => [100 * x, 50 - 10 * Math.log(y)] },
  ) as { children: { shape: { points: [number, number][] } }[] };
  expect(drawn.children[0]!.shape.points.at(-1)).toEqual([0, 50]);
});

test('differences of pairs of one seed, with the band of the differences', () => {
  const runs = [run(0.1, 1, [1, 2]), run(0.1, 2, [5, 6]), run(0.5, 2, [7, 9]), run(0.5, 1, [2, 5])];
  const chart = buildChart({ ...base, band: 'range', baseline }, runs, style);
  expect(chart.title).toBe('Distance from initialisation, difference to “Learning rate 0.1”');
  expect(chart.table.columns).toEqual(['group', 'iteration', 'distance', 'low', 'high', 'runs', 'pairs', 'difference']);
  const words = 'paired by seed, 2 of 2 pairs';
  expect(chart.table.rows).toEqual([
    ['Learning rate 0.5 (2 pairs)', 0, 1.5, 1, 2, 2, 2, words],
    ['Learning rate 0.5 (2 pairs)', 1, 3, 3, 3, 2, 2, words],
  ]);
  expect(chart.notes).toEqual([
    `differences to “Learning rate 0.1”: ${words}`,
    'lines are means over the runs of a group, bands least to greatest',
  ]);
  // the lines of pairs are their differences
  const own = buildChart({ ...base, band: 'runs', baseline }, runs, style);
  expect(drawnPoints(own, 'own.0.0')).toEqual([
    [0, 1],
    [1, 3],
  ]);
});

test('differences of groups without common seeds count the spread of both', () => {
  const runs = [run(0.1, 1, [1]), run(0.1, 2, [3]), run(0.5, 8, [6]), run(0.5, 9, [8])];
  const [row] = buildChart({ ...base, band: 'error', baseline }, runs, style).table.rows;
  // both have variance 2 of two runs: the standard error is √(1 + 1)
  const near = (value: number) => expect.closeTo(value, 12) as number;
  expect(row).toEqual([
    ...['Learning rate 0.5 (2 runs)', 0, 5, near(5 - Math.SQRT2), near(5 + Math.SQRT2), 2],
    ...[null, 'unpaired, 2 and 2 runs'],
  ]);
  const range = buildChart({ ...base, band: 'range', baseline }, runs, style).table.rows[0]!;
  expect(range.slice(2, 5)).toEqual([5, 3, 7]);
});

test('which groups are paired, and why others are not, is said', () => {
  const runs = [
    ...[1, 2, 3].map((seed) => run(0.1, seed, [seed])),
    ...[1, 2].map((seed) => run(0.5, seed, [2])),
    ...[1, 2].map((seed) => run(0.7, seed, [2], 50)),
    run(0.9, 7, [2]),
  ];
  const { notes } = buildChart({ ...base, band: 'deviation', baseline }, runs, style);
  expect(notes.slice(0, 2)).toEqual([
    'differences to “Learning rate 0.1”: Learning rate 0.5 paired by seed, 2 of 3 pairs; Learning rate 0.7 unpaired, 2 and 3 runs; Learning rate 0.9 unpaired, 1 and 3 runs',
    'runs of equal seed differ in batch size, and are no pairs',
  ]);
  expect(notes).toContain('no band where the spread of the group or of the baseline is not known, as of one run');
});

test('of more groups than are easily read, how many are paired is said', () => {
  const runs = [
    ...[1, 2, 3].map((seed) => run(0.1, seed, [seed])),
    ...[0.2, 0.3, 0.4].flatMap((rate) => [1, 2, 3].map((seed) => run(rate, seed, [2]))),
    ...[0.5, 0.6].map((rate) => run(rate, 7, [2])),
  ];
  const noteOf = (spec: object) => buildChart({ ...base, baseline, ...spec }, runs, style).notes[0];
  expect(noteOf({ scheme: 'sequential' })).toBe(
    'differences to “Learning rate 0.1”: 3 groups paired by seed, 3 of 3 pairs; 2 groups unpaired, 1 and 3 runs',
  );
  // a figure from before looks had schemes is drawn as it was
  expect(noteOf({ scheme: 'places' })).toContain('Learning rate 0.5, Learning rate 0.6 unpaired, 1 and 3 runs');
});

test('against distance every pair is drawn, and no mean', () => {
  const runs = [run(0.1, 1, [1, 2]), run(0.5, 1, [2, 5])];
  const chart = buildChart({ ...base, against: 'path_length', baseline }, runs, style);
  expect(chart.table).toEqual({
    columns: ['run', 'name', 'path_length', 'distance', 'difference'],
    rows: [
      ['0.5-1', 'rate 0.5', 0, 1, 'paired by seed, 1 of 1 pair'],
      ['0.5-1', 'rate 0.5', 2, 3, 'paired by seed, 1 of 1 pair'],
    ],
  });
  expect(chart.notes.join()).toContain('share no places');
});

test('the name of a baseline fits on a small axis', () => {
  const runs = [run(0.1, 1, [1]), run(0.5, 1, [2])];
  const nameOf = (height: number): unknown =>
    (buildChart({ ...base, baseline }, runs, paperStyle('light', { height })).option.yAxis as { name: string }).name;
  expect(nameOf(600)).toBe('Distance from initialisation, difference to “Learning rate 0.1”');
  expect(nameOf(190)).toBe('Difference to “Learning rate 0.1”');
  expect(nameOf(140)).toBe('Difference');
});

test('a baseline group that is gone, or alone, says so', () => {
  const runs = [run(0.1, 1, [1]), run(0.5, 1, [2])];
  expect(buildChart({ ...base, baseline: { group: ['0.3'] } }, runs, style).notes[0]).toContain('not there any more');
  expect(buildChart({ ...base, baseline }, [runs[0]!], style).empty).toContain('Only the baseline');
});

const distances = fc.array(fc.option(fc.double({ min: 0, max: 10, noNaN: true }), { nil: null }), {
  minLength: 1,
  maxLength: 6,
});

test('groups of equal runs differ by nothing, in every band', () => {
  fc.assert(
    fc.property(fc.array(distances, { minLength: 1, maxLength: 4 }), fc.constantFrom(...bandKeys), (all, band) => {
      const runs = [0.1, 0.5].flatMap((learningRate) => all.map((values, seed) => run(learningRate, seed, values)));
      const { curves } = curvesOf(runs, { ...base, band, baseline });
      expect(curves).toHaveLength(1);
      for (const column of [curves[0]!.y, curves[0]!.low ?? [], curves[0]!.high ?? []])
        for (const value of column) if (!Number.isNaN(value)) expect(value).toBe(0);
    }),
  );
});

test('the order of runs changes nothing beyond rounding', () => {
  fc.assert(
    fc.property(
      fc.array(distances, { minLength: 4, maxLength: 4 }),
      fc.constantFrom(...bandKeys),
      fc.constantFrom(null, baseline),
      fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 }),
      (all, band, to, order) => {
        const runs = [0.1, 0.5].flatMap((learningRate) => all.map((values, seed) => run(learningRate, seed, values)));
        const spec = { ...base, band, baseline: to };
        const curveOf = (chosen: typeof runs) => curvesOf(chosen, spec).curves.find(({ key }) => key === '["0.5"]')!;
        const [a, b] = [curveOf(runs), curveOf(order.map((at) => runs[at]!))];
        expect([...b.x]).toEqual([...a.x]);
        for (const column of ['y', 'low', 'high'] as const)
          for (const [row, value] of (a[column] ?? new Float64Array()).entries()) {
            if (Number.isNaN(value)) expect(b[column]![row]).toBeNaN();
            else expect(Math.abs(b[column]![row]! - value)).toBeLessThan(1e-11);
          }
      },
    ),
  );
});
