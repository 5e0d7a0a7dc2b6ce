import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SliceRecord } from '../../records.ts';
import { colourScale } from './colour-scale.ts';
import { gridColumns, sliceGrid } from './slice-grid.ts';
import { syntheticWalk, testData, testRun, testSlice } from '../testing.ts';

const gridOf = (slices: SliceRecord[], reference: 'floor' | 'ends') =>
  sliceGrid(testData(testRun(), [], slices).slices, reference, {});

test('losses above the floor, and above the straight line between the ends', () => {
  const slices = [...testSlice(3, [2, 1, 1.5]).slices, ...testSlice(7, [1, 3, 2]).slices];
  const floor = gridOf(slices, 'floor');
  expect([...floor.iterations]).toEqual([3, 7]);
  expect([...floor.alphas]).toEqual([0, 0.5, 1]);
  expect([...floor.values]).toEqual([1, 0, 0.5, 0, 2, 1]);
  expect([...floor.floors]).toEqual([1, 0]);
  // the lines' middles are 1.75 and 1.5
  expect([...gridOf(slices, 'ends').values]).toEqual([0, -0.75, 0, 0, 1.5, 0]);
});

test('a loss that is not finite is a hole, and without an end there is no line', () => {
  const broken = testSlice(0, [1, 2, 3]).slices;
  broken[2]!.loss = null;
  expect([...gridOf(broken, 'floor').values]).toEqual([0, 1, NaN]);
  expect([...gridOf(broken, 'ends').values]).toEqual([NaN, NaN, NaN]);
});

test('a slice that is still arriving has holes where nothing is yet', () => {
  const slices = [...testSlice(0, [1, 2, 3]).slices, ...testSlice(1, [3, 2, 5]).slices.slice(0, 2)];
  expect([...gridOf(slices, 'floor').values]).toEqual([0, 1, 2, 1, 0, NaN]);
});

test('where there is room every slice is a column of its own', () => {
  const { slices } = syntheticWalk({ iterations: 50, probed: (t) => t < 10 || t >= 40 });
  const grid = sliceGrid(slices, 'floor', {});
  const columns = gridColumns(grid, 0, 50, 50);
  expect(columns.map(({ from }) => from)).toEqual([...grid.iterations]);
  expect(gridColumns(grid, 5, 8, 50).map(({ from, to }) => [from, to])).toEqual([
    [5, 6],
    [6, 7],
    [7, 8],
  ]);
});

test('thinned columns keep the smallest and the greatest value of every α in their iterations, and the gaps', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 2, max: 60 }),
      fc.integer({ min: 1, max: 9 }),
      (iterations, most, every) => {
        const { slices } = syntheticWalk({ iterations, probed: (t) => Math.floor(t / 20) % every === 0 });
        const grid = sliceGrid(slices, 'ends', {});
        const columns = gridColumns(grid, 0, iterations, most);
        // the last pair may reach beyond the end
        expect(columns.length).toBeLessThanOrEqual(most + 2);
        const size = grid.alphas.length;
        for (const [index, t] of grid.iterations.entries()) {
          const own = columns.filter(({ from, to }) => {
            const width = (to - from) * (columns[0]!.slice < 0 ? 2 : 1);
            return Math.floor(t / width) === Math.floor(from / width);
          });
          expect(own.length).toBeGreaterThan(0);
          for (let k = 0; k < size; k++) {
            const value = grid.values[index * size + k]!;
            expect(Math.min(...own.map(({ values }) => values[k]!))).toBeLessThanOrEqual(value);
            expect(Math.max(...own.map(({ values }) => values[k]!))).toBeGreaterThanOrEqual(value);
          }
        }
        // nothing is drawn that was not measured
        const all = new Set(grid.values);
        for (const { values } of columns) for (const value of values) expect(all.has(value)).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

test('colours: zero and the greatest value at the ends, and the noise is not spent colours on', () => {
  const linear = colourScale(Float64Array.of(0, 1, 4, NaN), false, false, 1e-7);
  expect([0, 2, 4, 9].map((value) => linear.share(value))).toEqual([0, 0.5, 1, 1]);
  const log = colourScale(Float64Array.of(0, 1e-9, 0.01, 1), false, true, 1e-7);
  expect(log.threshold).toBe(0.01);
  expect([0, 0.01, 0.1, 1].map((value) => log.share(value))).toEqual([0, 0, 0.5, 1]);
  // four decades at most
  expect(colourScale(Float64Array.of(1e-6, 100), false, true, 1e-7).threshold).toBeCloseTo(0.01, 12);
  const sides = colourScale(Float64Array.of(-4, 1), true, false, 1e-7);
  expect([-4, 0, 4].map((value) => sides.share(value))).toEqual([0, 0.5, 1]);
  expect(sides.colour(0.5)).toBe('#f0f0f0');
  expect(sides.ticks).toEqual(
    [...sides.ticks]
      .map((tick) => -tick)
      .reverse()
      .map((tick) => tick + 0),
  );
  const flat = colourScale(Float64Array.of(0, 0), false, true, 1e-7);
  expect([flat.share(0), flat.share(1)]).toEqual([0, 1]);
});
