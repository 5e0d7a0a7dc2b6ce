import fc from 'fast-check';
import { expect, test } from 'vitest';
import { binEdges, countInto } from '../drawing/histogram.ts';
import { buildChart, paperStyle, screenStyle } from '../index.ts';
import { syntheticWalk, testData, testIteration, testRun, testSlice } from '../testing.ts';

const style = paperStyle('light');
const heatMap = { chart: 'slice-map', reference: 'floor', scale: 'linear' } as const;

/** Probed iterations from their losses at α = 0, 1/K, …, 1; two an epoch. */
function probed(slices: readonly (readonly [number, number[]])[]) {
  const made = slices.map(([t, losses]) => ({ t, ...testSlice(t, losses) }));
  return testData(
    testRun(),
    made.map(({ t, probed: values }) => testIteration(t, { ...values, epoch: 1 + Math.floor(t / 2) })),
    made.flatMap(({ slices: records }) => records),
  );
}

test('the heat map’s table holds every recorded point with its loss above the reference', () => {
  const data = probed([
    [0, [2, 1, 1.5]],
    [3, [1, 3, 2]],
  ]);
  expect(buildChart(heatMap, [data], style).table).toEqual({
    columns: ['iteration', 'alpha', 'loss', 'loss_above_floor'],
    rows: [
      [0, 0, 2, 1],
      [0, 0.5, 1, 0],
      [0, 1, 1.5, 0.5],
      [3, 0, 1, 0],
      [3, 0.5, 3, 2],
      [3, 1, 2, 1],
    ],
  });
  const ends = buildChart({ ...heatMap, reference: 'ends' }, [data], style, { range: { from: 3, to: 9 } });
  expect(ends.table.columns[3]).toBe('loss_above_ends');
  expect(ends.table.rows).toEqual([
    [3, 0, 1, 0],
    [3, 0.5, 3, 1.5],
    [3, 1, 2, 0],
  ]);
  expect(ends.description).toContain(
    'up to 1.5 nats above the line between the ends of its slice, at iteration 3, α = 0.5',
  );
});

test('the heat map’s table is the records whatever is thinned on the drawing', () => {
  const data = syntheticWalk({ iterations: 3000 });
  const { rows } = buildChart(heatMap, [data], style).table;
  expect(rows.map((row) => row[2])).toEqual([...data.slices.loss]);
});

test('a run without slices says what would fill the heat map and the histograms', () => {
  const data = syntheticWalk({ probed: () => false });
  for (const spec of [
    heatMap,
    { chart: 'floor-histogram', epoch: null } as const,
    { chart: 'height-histogram', epoch: null } as const,
  ])
    expect(buildChart(spec, [data], screenStyle('dark')).empty).toContain('probe windows');
  const waiting = testData(testRun('w', { status: 'queued' }));
  expect(buildChart(heatMap, [waiting], style).empty).toContain('waiting in the queue');
});

test('floors are counted at the α that were measured, over all or one epoch', () => {
  const losses = (floor: number): number[] => Array.from({ length: 11 }, (_, k) => 1 + Math.abs(k - floor));
  const data = probed([
    [0, losses(0)],
    [1, losses(3)],
    [2, losses(3)],
    [3, losses(10)],
  ]);
  const counts = (epoch: number | null) =>
    buildChart({ chart: 'floor-histogram', epoch }, [data], style).table.rows.filter((row) => row[1] !== 0);
  expect(counts(null)).toEqual([
    [0, 1],
    [0.3, 2],
    [1, 1],
  ]);
  expect(counts(2)).toEqual([
    [0.3, 1],
    [1, 1],
  ]);
  const chart = buildChart({ chart: 'floor-histogram', epoch: null }, [data], style);
  expect(chart.notes).toEqual(['all probed iterations: 2 of 4 inside the step; median α = 0.3']);
  expect(chart.readout(0.31)).toEqual({
    title: 'Floor at α = 0.3',
    rows: [{ label: 'Probed iterations', value: '2' }],
  });
  expect(buildChart({ chart: 'floor-histogram', epoch: 7 }, [data], style).empty).toContain('no epoch 7');
});

test('heights before and after share their bins, and every one is counted', () => {
  const data = syntheticWalk({ iterations: 200 });
  const { columns, rows } = buildChart({ chart: 'height-histogram', epoch: null }, [data], style).table;
  expect(columns).toEqual(['height_from', 'height_to', 'before', 'after']);
  const sum = (column: number): number => rows.reduce((total, row) => total + (row[column] as number), 0);
  expect([sum(2), sum(3)]).toEqual([200, 200]);
  const { height_before: before } = data.iterations;
  for (const [from, to, count] of rows)
    expect(count).toBe(before.filter((height) => height >= (from as number) && height < (to as number)).length);
});

test('bins cover their values once each, and there are few of them', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 }), (values) => {
      const edges = binEdges(values);
      expect(edges.length).toBeGreaterThan(1);
      expect(edges.length).toBeLessThanOrEqual(83);
      for (const [index, edge] of edges.entries()) if (index > 0) expect(edge).toBeGreaterThan(edges[index - 1]!);
      const total = countInto(values, edges).reduce((sum, { count }) => sum + count, 0);
      expect(total).toBe(values.length);
    }),
  );
  expect(binEdges([])).toEqual([]);
});

test('a slice on a subset has a band of two standard errors, on the whole set one of rounding', () => {
  const band = (error: number | null) => {
    const { slices, probed: values } = testSlice(0, [1, 0.5, 0.8], error);
    return buildChart(
      { chart: 'slice', iteration: 0 },
      [testData(testRun(), [testIteration(0, values)], slices)],
      style,
    );
  };
  expect(
    band(0.02)
      .table.rows.filter((row) => row[1] !== null)
      .map((row) => row[3]),
  ).toEqual([0.04, 0.04, 0.04]);
  expect(band(0.02).notes.join()).toContain('two standard errors');
  expect(band(null).table.rows[0]![3]).toBeCloseTo(2 ** -21, 12);
  expect(band(null).notes.join()).toContain('rounding');
  // a band that nobody could see is not promised in the legend
  const names = (error: number | null) =>
    (band(error).option.legend as { data: { name: string }[] }).data.map(({ name }) => name);
  expect(names(0.02)).toContain('± 2 standard errors');
  expect(names(null)).not.toContain('rounding noise');
});
