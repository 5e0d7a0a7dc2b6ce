import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blankSlice } from '../../blank-records.ts';
import { buildChart, paperStyle } from '../index.ts';
import { fitParabola, parabolaAt } from '../drawing/parabola.ts';
import { drawnPoints, syntheticWalk, testData, testIteration, testRun, testSlice } from '../testing.ts';

const style = paperStyle('light');
const alphas = Array.from({ length: 11 }, (_, k) => k / 10);

test('a lowest point off the segment is not told: nothing was measured there', () => {
  expect(
    fitParabola(
      alphas,
      alphas.map((alpha) => (alpha - 1.2) ** 2),
    )!.vertex,
  ).toBeNull();
  expect(
    fitParabola(
      alphas,
      alphas.map((alpha) => 2 - alpha),
    )!.vertex,
  ).toBeNull();
});

test('a parabola through points of a parabola is that parabola', () => {
  const number = fc.double({ min: -10, max: 10, noNaN: true });
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 50, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      number,
      (a, at, lowest) => {
        const losses = alphas.map((alpha) => a * (alpha - at) ** 2 + lowest);
        const fit = fitParabola(alphas, losses)!;
        expect(fit.a).toBeCloseTo(a, 6);
        expect(fit.vertex!.alpha).toBeCloseTo(at, 5);
        expect(fit.vertex!.loss).toBeCloseTo(lowest, 6);
        for (const [index, alpha] of alphas.entries()) expect(parabolaAt(fit, alpha)).toBeCloseTo(losses[index]!, 5);
      },
    ),
  );
});

test('three points are met exactly, two make no parabola', () => {
  const fit = fitParabola([0, 0.5, 1], [2, 1, 3])!;
  expect(fit).toMatchObject({ points: 3 });
  expect(parabolaAt(fit, 0)).toBeCloseTo(2, 12);
  expect(parabolaAt(fit, 0.5)).toBeCloseTo(1, 12);
  expect(parabolaAt(fit, 1)).toBeCloseTo(3, 12);
  // 6α² − 5α + 2
  expect(fit.vertex!.alpha).toBeCloseTo(5 / 12, 12);
  expect(fitParabola([0, 1], [1, 2])).toBeNull();
});

test('least squares minimises the squared residuals', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { minLength: 11, maxLength: 11 }), (losses) => {
      const fit = fitParabola(alphas, losses)!;
      const floor = losses.indexOf(Math.min(...losses));
      const from = Math.max(0, Math.min(floor - 2, 8));
      const to = Math.min(11, Math.max(floor + 3, 3));
      const residual = (change: [number, number, number]): number => {
        let sum = 0;
        for (let index = from; index < to; index++) {
          const u = alphas[index]! - alphas[floor]!;
          const moved = parabolaAt(fit, alphas[index]!) + change[0] * u * u + change[1] * u + change[2];
          sum += (moved - losses[index]!) ** 2;
        }
        return sum;
      };
      const best = residual([0, 0, 0]);
      for (const step of [1e-3, -1e-3])
        for (const change of [
          [step, 0, 0],
          [0, step, 0],
          [0, 0, step],
        ] as [number, number, number][])
          expect(best).toBeLessThanOrEqual(residual(change) + 1e-12);
    }),
  );
});

test('a slice draws its points, floor, barrier and parabola, and its table holds them', () => {
  const { slices, probed } = testSlice(7, [1, 1.2, 0.8, 0.6, 0.9]);
  const data = testData(testRun(), [testIteration(7, probed)], slices);
  const chart = buildChart({ chart: 'slice', iteration: 7 }, [data], style);
  expect(chart.title).toBe('Slice of iteration 7, ℓ₇(α)');
  expect(drawnPoints(chart, 'slice.points')).toEqual([
    [0, 1],
    [0.25, 1.2],
    [0.5, 0.8],
    [0.75, 0.6],
    [1, 0.9],
  ]);
  expect(drawnPoints(chart, 'slice.floor')).toEqual([[0.75, 0.6]]);
  expect(drawnPoints(chart, 'slice.barrier')).toEqual([[0.25, 1.2]]);
  const { columns, rows } = chart.table;
  expect(columns).toEqual(['alpha', 'loss', 'standard_error', 'noise', 'parabola']);
  expect(rows.filter((row) => row[1] !== null).map((row) => row.slice(0, 2))).toEqual(
    drawnPoints(chart, 'slice.points'),
  );
  expect(rows.filter((row) => row[4] !== null).map((row) => [row[0], row[4]])).toEqual(
    drawnPoints(chart, 'slice.parabola'),
  );
  expect(chart.notes[0]).toContain('least-squares parabola through the 4 points around the floor: lowest at α = ');
});

test('an iteration that was not probed, or is not there, says so', () => {
  const data = syntheticWalk({ iterations: 30, probed: (t) => t < 10 });
  expect(buildChart({ chart: 'slice', iteration: 20 }, [data], style).empty).toContain('was not probed');
  expect(buildChart({ chart: 'slice', iteration: 99 }, [data], style).empty).toContain('has 30 of 30 iterations');
});

test('a floor beyond the step is drawn on the parabola of the whole step, and told with its error', () => {
  const losses = alphas.map((alpha) => 1 + (alpha - 1.6) ** 2);
  const { slices, probed } = testSlice(3, losses);
  const told = { ...probed, extrapolated_floor: 1.6, extrapolated_floor_error: 0.002 };
  const data = testData(testRun(), [testIteration(3, told)], slices);
  const chart = buildChart({ chart: 'slice', iteration: 3 }, [data], style);
  const [[alpha, loss]] = drawnPoints(chart, 'slice.extrapolated') as [[number, number]];
  expect(alpha).toBe(1.6);
  expect(loss).toBeCloseTo(1, 12);
  const curve = drawnPoints(chart, 'slice.step');
  expect(curve[0]![0]).toBe(0);
  expect(curve.at(-1)![0]).toBeCloseTo(1.72, 12);
  for (const [x, y] of curve) expect(y).toBeCloseTo(1 + (x - 1.6) ** 2, 10);
  expect(chart.option.xAxis).toMatchObject({ min: 0, max: curve.at(-1)![0] });
  expect(chart.notes).toContain('parabola of the whole step: lowest at α = 1.6 ± 0.002, beyond the step');
});

test('a floor on the step, or far off it, is told and not drawn; without one nothing is', () => {
  const { slices, probed } = testSlice(3, [1, 0.5, 1.2]);
  const chartOf = (extrapolated_floor: number | null) =>
    buildChart(
      { chart: 'slice', iteration: 3 },
      [
        testData(
          testRun(),
          [testIteration(3, { ...probed, extrapolated_floor, extrapolated_floor_error: 0.01 })],
          slices,
        ),
      ],
      style,
    );
  for (const at of [0.4, 12, -5, null]) {
    const chart = chartOf(at);
    expect(drawnPoints(chart, 'slice.extrapolated')).toEqual([]);
    expect(chart.option.xAxis).toMatchObject({ min: 0, max: 1 });
    expect(chart.notes.some((note) => note.includes('whole step'))).toBe(at !== null);
  }
  // so far off its place is not known to what the error says
  expect(chartOf(12).notes).toContain('parabola of the whole step: lowest farther than 3 times the step');
});

test('a line beyond the step is drawn with the batch along it, while floor and parabola stay those of the step', () => {
  const alphas = Array.from({ length: 8 }, (_, k) => (k - 1) / 2);
  const lossOf = (alpha: number): number => 1 + (alpha - 1.5) ** 2;
  const batchOf = (alpha: number): number => 0.5 + (alpha - 2.5) ** 2 / 2;
  const slices = alphas.map((alpha) =>
    blankSlice({ iteration: 3, alpha, loss: lossOf(alpha), batch_loss: batchOf(alpha) }),
  );
  const told = {
    ...testSlice(3, [lossOf(0), lossOf(0.5), lossOf(1)]).probed,
    line_search: 1.5,
    line_search_error: 0.001,
    batch_line_search: 2.5,
    batch_line_search_error: 0.002,
  };
  const chart = buildChart(
    { chart: 'slice', iteration: 3 },
    [testData(testRun(), [testIteration(3, told)], slices)],
    style,
  );
  expect(drawnPoints(chart, 'slice.points')).toEqual(alphas.map((alpha) => [alpha, lossOf(alpha)]));
  expect(drawnPoints(chart, 'slice.batch.')).toEqual(alphas.map((alpha) => [alpha, batchOf(alpha)]));
  expect(drawnPoints(chart, 'slice.floor')).toEqual([[1, lossOf(1)]]);
  expect(drawnPoints(chart, 'slice.lowest')).toEqual([[1.5, 1]]);
  expect(drawnPoints(chart, 'slice.batch-lowest')).toEqual([[2.5, 0.5]]);
  expect(chart.option.xAxis).toMatchObject({ min: -0.5, max: 3 });
  expect(chart.table.columns.at(-1)).toBe('batch_loss');
  expect(chart.table.rows.find(([alpha]) => alpha === 3)).toEqual([
    3,
    lossOf(3),
    null,
    expect.any(Number),
    null,
    batchOf(3),
  ]);
  expect(chart.notes).toContain(
    'line search: best on the training loss α = 1.5 ± 0.001 (the step went 0.67 of it); on the batch loss α = 2.5 ± 0.002 (the step went 0.4 of it)',
  );
});
