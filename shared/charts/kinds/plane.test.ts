import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../analyses/index.ts';
import type { PlaneResult } from '../../analyses/plane.ts';
import { buildChart, paperStyle, screenStyle } from '../index.ts';
import { levelsOf } from '../drawing/levels.ts';
import { projection } from './plane-surface.ts';
import { rampColor } from '../drawing/ramp.ts';
import { drawnPoints, testData, testRun } from '../testing.ts';

/** A round bowl, 1 + x² + y², on [−1, 1]². */
const side = Array.from({ length: 41 }, (_, index) => -1 + index / 20);
const bowl: PlaneResult = {
  kind: 'plane',
  points: [
    { iteration: 3, x: 0, y: 0, loss: 1, accuracy: 0.5 },
    { iteration: 4, x: 0.5, y: 0, loss: 1.25, accuracy: 0.5 },
    { iteration: 5, x: 0.2, y: 0.5, loss: 1.29, accuracy: 0.5 },
  ],
  x: side,
  y: side,
  losses: side.flatMap((y) => side.map((x) => 1 + x * x + y * y)),
  walk: [
    { iteration: 3, x: 0, y: 0, off: 0 },
    { iteration: 4, x: 0.5, y: 0, off: 0 },
    { iteration: 5, x: 0.2, y: 0.5, off: 0 },
    { iteration: 6, x: 4, y: 0.5, off: 2 },
  ],
  examples: 100,
  population: 200,
};
const analysisOf = (result: PlaneResult | null, change: Partial<Analysis> = {}): Analysis => ({
  analysis: 'a',
  run: 'run',
  request: { kind: 'plane', settings: { points: [], resolution: 41, margin: 0.4, evaluateOn: 'train' } },
  status: result ? 'finished' : 'running',
  progress: 1,
  seconds_left: null,
  created_at: '2026-11-22T10:00:00Z',
  started_at: null,
  finished_at: null,
  threads: null,
  error: null,
  result,
  ...change,
});
const data = (analysis: Analysis | null) => ({ ...testData(testRun()), analysis });

interface Element {
  type: string;
  shape?: { pathData?: string; points?: number[][] };
  children?: Element[];
}
/** What a custom series draws with one px a hundredth, the origin in the middle. */
function drawn(chart: { option: { series?: unknown } }, id: string): Element[] {
  const series = (chart.option.series as { id: string; renderItem: (p: object, api: object) => Element }[]).find(
    (each) => each.id === id,
  )!;
  return series.renderItem(
    { coordSys: { x: 0, y: 0, width: 200, height: 200 } },
    { coord: ([x, y]: [number, number]) => [100 * x, -100 * y] },
  ).children!;
}

describe('contours', () => {
  it('run where the loss has their level', () => {
    const chart = buildChart({ chart: 'plane', analysis: 'a' }, [data(analysisOf(bowl))], paperStyle('light'));
    expect(chart.empty).toBeNull();
    const { at } = levelsOf(bowl.losses.map(Number));
    const paths = drawn(chart, 'plane.contours').filter(({ type }) => type === 'path');
    expect(paths).toHaveLength(at.length);
    paths.forEach(({ shape }, index) => {
      const radius = Math.sqrt(at[index]! - 1);
      const points = shape!
        .pathData!.split(/[MLZ]/)
        .filter(Boolean)
        .map((pair) => pair.split(' ').map((each) => Number(each) / 100));
      // the areas above a level end at the circle, or at the plane's edge
      const inner = points.filter(([x, y]) => Math.abs(x!) < 0.99 && Math.abs(y!) < 0.99);
      expect(inner.length).toBeGreaterThan(4);
      for (const [x, y] of inner) expect(Math.hypot(x!, y!)).toBeCloseTo(radius, 2);
    });
  });

  it('tells its numbers, and exactly what is drawn', () => {
    const chart = buildChart({ chart: 'plane', analysis: 'a' }, [data(analysisOf(bowl))], screenStyle('dark'));
    expect(chart.description).toMatch(/1\.000 nats at θ₃|1 nats at θ₃/);
    expect(chart.table.columns).toEqual(['e1', 'e2', 'loss']);
    expect(chart.table.rows).toHaveLength(41 * 41);
    expect(chart.table.rows[42]).toEqual([side[1], side[1], 1 + side[1]! ** 2 * 2]);
    expect(chart.notes.join()).toMatch(/100 of 200 training examples/);
    const broken = { ...bowl, losses: bowl.losses.map((loss, index) => (index === 0 ? null : loss)) };
    expect(
      buildChart({ chart: 'plane', analysis: 'a' }, [data(analysisOf(broken))], screenStyle('dark')).notes.join(),
    ).toMatch(/1 losses are not finite/);
  });

  it('says why there is nothing to draw', () => {
    const empty = (analysis: Analysis | null) =>
      buildChart({ chart: 'plane', analysis: 'a' }, [data(analysis)], screenStyle('light')).empty;
    expect(empty(null)).toMatch(/may have been deleted/);
    expect(empty(analysisOf(null))).toMatch(/no result yet/);
    expect(empty(analysisOf(null, { error: 'the disk is full' }))).toMatch(/the disk is full/);
    expect(empty(analysisOf({ ...bowl, losses: bowl.losses.map(() => null) }))).toMatch(/No loss/);
  });
});

describe('the surface', () => {
  it('has all its faces, from back to front', () => {
    const spec = { chart: 'plane-surface' as const, analysis: 'a', azimuth: -35, elevation: 35 };
    const chart = buildChart(spec, [data(analysisOf(bowl))], paperStyle('light'));
    const faces = drawn(chart, 'surface').filter(({ type }) => type === 'polygon');
    // and the base's outline
    expect(faces).toHaveLength(40 * 40 + 1);
    const high = drawn(
      {
        option: buildChart({ ...spec, elevation: 90, azimuth: 0 }, [data(analysisOf(bowl))], paperStyle('light'))
          .option,
      },
      'surface',
    );
    // looked at from above, a face is as wide as it is high
    const [a, b, c] = high.filter(({ type }) => type === 'polygon')[5]!.shape!.points!;
    expect(Math.abs(b![0]! - a![0]!)).toBeCloseTo(Math.abs(c![1]! - b![1]!), 1);
  });

  it('is projected without stretching', () => {
    for (const [azimuth, elevation] of [
      [0, 5],
      [-35, 35],
      [120, 90],
    ] as const) {
      const project = projection({ azimuth, elevation });
      const [o, x, y] = [project([0, 0, 0]), project([1, 0, 0]), project([0, 1, 0])];
      const minus = (p: number[], q: number[]) => p.map((value, index) => value - q[index]!);
      const dot = (p: number[], q: number[]) => p.reduce((sum, value, index) => sum + value * q[index]!, 0);
      const [u, v] = [minus(x, o), minus(y, o)];
      expect([dot(u, u), dot(v, v), dot(u, v)]).toEqual([expect.closeTo(1), expect.closeTo(1), expect.closeTo(0)]);
    }
  });
});

describe('levels and colours', () => {
  it('leave steep corners to the last colour', () => {
    const values = [...Array.from({ length: 99 }, (_, index) => 1 + index / 100), 1000];
    const { at, low, high } = levelsOf(values);
    expect(low).toBe(1);
    expect(high).toBeLessThan(2);
    expect(at.every((level) => level > low && level < high)).toBe(true);
    expect(levelsOf([2, 2])).toMatchObject({ low: 2, high: 3 });
  });

  it('run from dark to bright', () => {
    expect(rampColor(-1)).toBe('#440154');
    expect(rampColor(2)).toBe('#fde725');
    expect(rampColor(0.5, 0)).toBe('#000000');
  });
});

it('steps off the plane are drawn dashed, and how far off is said', () => {
  const walk = [
    { iteration: 1, x: -0.5, y: 0, off: 0 },
    { iteration: 2, x: 0, y: 0, off: 0.001 },
    { iteration: 3, x: 0.2, y: 0.2, off: 0.7 },
    { iteration: 4, x: 0.4, y: 0.1, off: 0 },
    { iteration: 5, x: 0.6, y: 0, off: 0 },
    { iteration: 6, x: 9, y: 0, off: 30 },
  ];
  const build = (chart: 'plane' | 'plane-surface', each: typeof walk) => {
    const spec = chart === 'plane' ? { chart, analysis: 'a' } : { chart, analysis: 'a', azimuth: -35, elevation: 35 };
    return buildChart(spec, [data(analysisOf({ ...bowl, walk: each }))], paperStyle('light'));
  };
  const plane = build('plane', walk);
  expect(drawnPoints(plane, 'plane.walk')).toEqual([
    [-0.5, 0],
    [0, 0],
    [0.4, 0.1],
    [0.6, 0],
  ]);
  expect(drawnPoints(plane, 'plane.beside')).toEqual([
    [0, 0],
    [0.2, 0.2],
    [0.4, 0.1],
  ]);
  for (const chart of ['plane', 'plane-surface'] as const) {
    expect(build(chart, walk).notes[0]).toMatch(/dashed: steps to or from points off it, up to 0\.7 away/);
    expect(build(chart, walk.slice(3)).notes[0]).toBe('white: the kept points of the walk, projected on the plane');
  }
  const pieces = (each: typeof walk): number =>
    drawn(build('plane-surface', each), 'surface').filter(({ type }) => type === 'polyline').length;
  // two of four steps lose every other of their 24 pieces
  expect(pieces(walk.map((point) => ({ ...point, off: 0 }))) - pieces(walk)).toBe(24);
});
