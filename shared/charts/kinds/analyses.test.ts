import { segmentOf, totalsOf } from '../../analyses/valley-floor.ts';
import { describe, expect, it } from 'vitest';
import type { Analysis, AnalysisResult } from '../../analyses/index.ts';
import { buildChart, paperStyle } from '../index.ts';
import type { ChartView } from '../index.ts';
import type { ChartSpec } from '../request.ts';
import { drawnPoints, testData, testRun } from '../testing.ts';

/** The chart of a result. */
function chartOf(spec: ChartSpec, result: AnalysisResult | null, view: ChartView = {}) {
  const analysis = { analysis: 'a', run: 'run', error: null, result } as Analysis;
  return buildChart(spec, [{ ...testData(testRun()), analysis }], paperStyle('light'), view);
}

describe('the trajectory', () => {
  const points = [
    { iteration: 0, x: -1, y: 0.5 },
    { iteration: 5, x: 0, y: -1 },
    { iteration: 10, x: 1, y: 0.5 },
  ];

  it('joins the points in their order and tells what was left out', () => {
    const chart = chartOf(
      { chart: 'trajectory', analysis: 'a' },
      {
        kind: 'trajectory',
        points,
        explained: [0.7, 0.2],
        kept: 9,
      },
    );
    expect(drawnPoints(chart, 'trajectory.walk')).toEqual(points.map(({ x, y }) => [x, y]));
    expect(drawnPoints(chart, 'trajectory.last')).toEqual([[1, 0.5]]);
    expect(chart.table).toEqual({
      columns: ['iteration', 'first_component', 'second_component'],
      rows: points.map(({ iteration, x, y }) => [iteration, x, y]),
    });
    expect(JSON.stringify(chart.option.xAxis)).toContain('70.0 % of the variance');
    expect(chart.notes).toEqual(['3 of 9 kept points, evenly spread']);
    expect(chartOf({ chart: 'trajectory', analysis: 'a' }, null).empty).toMatch(/no result yet/);
  });
});

describe('the valley floor', () => {
  it('draws the segments that lie whole in the range, and says where none does', () => {
    const level = (loss: number) => segmentOf([loss, loss, loss], 1, 1e-6);
    const segments = [0, 10, 20].map((from) => ({ from, to: from + 10, walk: level(2), floor: level(1) }));
    const result = {
      kind: 'valley-floor',
      floors: [],
      segments,
      totals: totalsOf(segments),
      examples: 10,
    } as unknown as AnalysisResult;
    const spec = { chart: 'valley-floor', analysis: 'a' } as const;
    const late = chartOf(spec, result, { range: { from: 5, to: 30 } });
    expect(late.table.rows.map(([from]) => from)).toEqual([10, 10, 10, 20, 20, 20]);
    expect(late.option.xAxis).toMatchObject({ min: 10, max: 30 });
    expect(chartOf(spec, result, { range: { from: 21, to: 29 } }).empty).toBe('No segment lies whole in this range.');
  });

  it('draws both paths over the iterations and marks the barriers', () => {
    const chart = chartOf(
      { chart: 'valley-floor', analysis: 'a' },
      {
        kind: 'valley-floor',
        floors: [0, 10].map((iteration) => ({
          iteration,
          walk_loss: 2,
          floor_loss: 1,
          steps: 5,
          ended: 'steps',
          depth_distance: 1,
        })),
        segments: [
          {
            from: 0,
            to: 10,
            walk: segmentOf([2, 1.5, 2], 1, 1e-6),
            floor: segmentOf([1, 1.25, 1], 1, 1e-6),
          },
        ],
        totals: {
          segments: 1,
          walk_barriers: 0,
          floor_barriers: 1,
          walk_unresolved: 0,
          floor_unresolved: 0,
          walk_mean_height: 0,
          floor_mean_height: 0.25,
          walk_greatest_height: 0,
          floor_greatest_height: 0.25,
        },
        examples: 10,
      },
    );
    expect(drawnPoints(chart, 'valley-floor.walk')).toEqual([
      [0, 2],
      [5, 1.5],
      [10, 2],
    ]);
    expect(drawnPoints(chart, 'valley-floor.barriers')).toEqual([[5, 1.25]]);
    expect(chart.table.rows).toEqual([
      [0, 10, 0, 2, 1],
      [0, 10, 0.5, 1.5, 1.25],
      [0, 10, 1, 2, 1],
    ]);
    expect(chart.description).toMatch(/no barrier between the walk's points.*1 barrier between floor points/);
  });

  it('marks no barrier below what the evaluation resolves, and names what lies below', () => {
    const rough = segmentOf([1, 1 + 7.7e-8, 1], 1, 5e-7);
    const segments = [0, 10].map((from) => ({
      from,
      to: from + 10,
      walk: segmentOf([2, 1.5, 2], 1, 1e-6),
      floor: rough,
    }));
    const chart = chartOf(
      { chart: 'valley-floor', analysis: 'a' },
      { kind: 'valley-floor', floors: [], segments, totals: totalsOf(segments), examples: 10 },
    );
    expect(drawnPoints(chart, 'valley-floor.barriers')).toEqual([]);
    const words =
      'no barrier between floor points (mean height 7.700e−8 nats; 2 segments below what this evaluation resolves)';
    expect(chart.description).toContain(words);
    expect(chart.description).not.toContain('1.000');
  });
});

describe('the spectral density', () => {
  const spec = { chart: 'spectral-density', analysis: 'a' } as const;
  const point = (iteration: number, values: number[]) => ({
    iteration,
    vectors: [1, 2].map(() => ({
      values,
      weights: values.map(() => 1 / values.length),
      residuals: [0.5, 0.25],
      exact: true,
    })),
  });
  const result = (...points: ReturnType<typeof point>[]): AnalysisResult => ({
    kind: 'spectral-density',
    points,
    parameters: 4,
    examples: 10,
    population: 60,
  });

  it('draws the density of each point where it says something, with its error, on a logarithmic axis', () => {
    const chart = chartOf(spec, result(point(0, [10, 0, 0, 0]), point(7, [5, 0, 0, -10])));
    expect(chart.option.yAxis).toMatchObject({ type: 'log' });
    const { columns, rows } = chart.table;
    expect(columns).toEqual(['iteration', 'eigenvalue', 'density', 'density_error', 'smoothing']);
    const drawn = drawnPoints(chart, 'spectral-density.0');
    expect(drawn).toEqual(rows.filter(([iteration]) => iteration === 0).map((row) => [row[1], row[2]]));
    // the width is a hundredth of 0 to 10, and of −10 to 5
    expect(new Set(rows.map((row) => `${row[0]}: ${row[4]}`))).toEqual(new Set(['0: 0.1', '7: 0.15']));
    const peak = 1 / (0.1 * Math.sqrt(2 * Math.PI));
    const at = (iteration: number, place: number): number =>
      Number(rows.find((row) => row[0] === iteration && Math.abs(Number(row[1]) - place) < 1e-9)![2]);
    expect(at(0, 0) / peak).toBeCloseTo(0.75, 6);
    expect(at(0, 10) / peak).toBeCloseTo(0.25, 6);
    expect(at(7, -10) / peak).toBeCloseTo(0.25 / 1.5, 6);
    // between them nothing is told
    expect(rows.some((row) => Math.abs(Number(row[1]) - 7.5) < 1)).toBe(false);
    expect(chart.readout(10)).toEqual({
      title: 'λ = 10',
      rows: [{ label: 'Iteration 0', value: expect.stringMatching(/^0\.9973\d* ± /) as string }],
    });
    expect(chart.notes).toEqual([
      '4 eigenvalues, seen by 2 random vectors with up to 4 products each; bands: ± one standard error over vectors, without the error of so few products',
      'smoothed by a Gaussian, which reaches beyond what was seen; iteration 0: seen from 0 to 10, σ = 0.1; iteration 7: seen from −10 to 5, σ = 0.15',
      expect.stringMatching(/^what is narrower than σ is not told.*the place is told, not the height$/) as string,
      'on 10 of 60 training examples',
      expect.stringContaining('kinks') as string,
    ]);
    expect(chart.description).toContain('iteration 7: −10 ± 0.25 to 5 ± 0.5, mean −1.25');
    // its own width: the sharpest does not erase the others
    const sharp = chartOf(spec, result(point(0, [10, 0, 0, 0]), point(7, [1e4, 0, 0, -1e4])));
    expect(drawnPoints(sharp, 'spectral-density.0')).toEqual(drawn);
  });

  it('says why there is nothing to draw', () => {
    expect(chartOf(spec, null).empty).toMatch(/no result yet/);
    expect(chartOf(spec, result(point(0, []))).empty).toMatch(/finite/);
    expect(chartOf(spec, result(point(0, [0]), point(1, [0]))).empty).toBe(
      'All eigenvalues that were seen are 0: there is no density to draw.',
    );
    expect(chartOf(spec, result(point(0, [3, 3 + 1e-15]))).empty).toMatch(/so close together/);
    // one that is not finite takes nothing from the other
    const half = chartOf(spec, result(point(0, []), point(5, [1, 2])));
    expect(half.empty).toBeNull();
    expect(half.description).toContain('iteration 0: not finite');
    expect(half.notes[1]).toContain('iteration 0: not finite; iteration 5: seen from 1 to 2');
  });
});
