import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extent, PolylineBuilder, stretches } from './polyline.ts';
import { envelope, serves, thinned, thinnedSeries } from './thin.ts';

type Point = [number, number] | null;

/** Points at 0, 1, 2, … with gaps, as a flat line. */
const line = (values: readonly (number | null)[]): Float64Array =>
  Float64Array.from(values.flatMap((y, x) => (y === null ? [NaN, NaN] : [x, y])));
const points = (flat: Float64Array): Point[] =>
  Array.from({ length: flat.length / 2 }, (_, row) =>
    Number.isNaN(flat[2 * row]!) ? null : [flat[2 * row]!, flat[2 * row + 1]!],
  );
const present = (flat: Float64Array): [number, number][] => points(flat).filter((point) => point !== null);

const values = fc.array(fc.option(fc.double({ min: -100, max: 100, noNaN: true }), { freq: 8 }), {
  minLength: 1,
  maxLength: 3000,
});
const windows = fc
  .tuple(fc.integer({ min: -500, max: 3500 }), fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 40 }))
  .map(([from, span, columns]) => ({ from, to: from + span, columns }));

describe('a thinned line', () => {
  it('consists of points of the whole one, in order, each once', () => {
    fc.assert(
      fc.property(values, windows, (all, window) => {
        const kept = present(thinned(line(all), window));
        for (const [x, y] of kept) expect(all[x]).toBe(y);
        for (let index = 1; index < kept.length; index++) expect(kept[index]![0]).toBeGreaterThan(kept[index - 1]![0]);
      }),
    );
  });

  it('has in every column of the view the extremes, the first and the last point of the whole one', () => {
    fc.assert(
      fc.property(values, windows, (all, window) => {
        const whole = line(all);
        const begin = all.findIndex((y) => y !== null);
        const end = all.findLastIndex((y) => y !== null);
        fc.pre(begin >= 0);
        const kept = new Map(present(thinned(whole, window)));
        // columns as the line is cut: over the view with a span to each side, as far as there are points
        const span = window.to - window.from;
        const [start, stop] = [Math.max(window.from - span, begin), Math.min(window.to + span, end)];
        fc.pre(stop > start);
        const width = (stop - start) / Math.ceil((window.columns * (stop - start)) / span);
        const columns = new Map<number, [number, number][]>();
        for (const [x, y] of present(whole)) {
          if (x < start || x >= stop) continue;
          const column = Math.floor((x - start) / width);
          columns.set(column, [...(columns.get(column) ?? []), [x, y]]);
        }
        for (const inside of columns.values()) {
          const ys = inside.map(([, y]) => y);
          const found = inside.filter(([x]) => kept.has(x)).map(([, y]) => y);
          // zeros of either sign are drawn in one place
          expect(Math.min(...found) === Math.min(...ys)).toBe(true);
          expect(Math.max(...found) === Math.max(...ys)).toBe(true);
          expect(kept.has(inside[0]![0])).toBe(true);
          expect(kept.has(inside.at(-1)![0])).toBe(true);
        }
      }),
    );
  });

  it('keeps the highest and the lowest point of all, wherever the view is', () => {
    fc.assert(
      fc.property(values, windows, (all, window) => {
        const ys = all.filter((y) => y !== null);
        fc.pre(ys.length > 0);
        const kept = present(thinned(line(all), window)).map(([, y]) => y);
        expect([Math.min(...kept), Math.max(...kept)]).toEqual([Math.min(...ys), Math.max(...ys)]);
      }),
    );
  });

  it('joins no two points across a gap that is wider than a column', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 30, max: 300 }), (at, wide) => {
        const all = Array.from({ length: 2000 }, (_, x) => (x >= at && x < at + wide ? null : Math.sin(x)));
        const kept = points(thinned(line(all), { from: 0, to: 1999, columns: 100 }));
        const after = kept.findIndex((point) => point !== null && point[0] >= at + wide);
        if (at === 0) expect(after).toBe(0);
        else expect(kept[after - 1]).toBeNull();
      }),
    );
  });

  it('has at most four points and a gap for each column', () => {
    const all = Array.from({ length: 200_000 }, (_, x) => (x % 7 === 0 ? null : Math.sin(x * x)));
    const kept = thinned(line(all), { from: 90_000, to: 100_000, columns: 500 });
    expect(kept.length / 2).toBeLessThan(5 * (3 * 500 + 2 * 300) + 10);
    expect(kept.length / 2).toBeGreaterThan(3 * 500);
  });
});

it('on a log axis every column of one width on it keeps its extremes', () => {
  const all = Array.from({ length: 100_000 }, (_, x) => (x === 0 ? null : Math.sin(x * x) + (x === 12_345 ? 50 : 0)));
  const window = { from: 1, to: 99_999, columns: 500, log: true };
  const kept = present(thinned(line(all), window));
  expect(kept.length).toBeLessThan(6000);
  // the first decade is most of the view to the left, and all of its points are there
  expect(kept.slice(0, 20).map(([x]) => x)).toEqual(Array.from({ length: 20 }, (_, x) => x + 1));
  expect(kept).toContainEqual([12_345, all[12_345]]);
  for (let column = 0; column < 500; column++) {
    const [from, to] = [99_999 ** (column / 500), 99_999 ** ((column + 1) / 500)];
    const inside = kept.filter(([x]) => x >= from && x <= to).map(([, y]) => y);
    const whole = all.slice(Math.ceil(from), Math.floor(to) + 1) as number[];
    if (whole.length === 0) continue;
    expect(inside).toContain(Math.max(...whole));
    expect(inside).toContain(Math.min(...whole));
  }
  expect(serves(window, { from: 1, to: 50_000 })).toBe(true);
  expect(serves(window, { from: 100, to: 1000 })).toBe(false);
});

describe('of a chart', () => {
  const window = { from: 0, to: 1000, columns: 10 };
  const dense = line(Array.from({ length: 1000 }, (_, x) => x % 13));

  it('dense lines and points are thinned, others stay as they are', () => {
    const backwards = Float64Array.from(dense).reverse();
    const series = [
      { id: 'dense', type: 'line', data: dense, sampling: 'minmax' },
      { id: 'points', type: 'scatter', data: dense },
      { id: 'short', type: 'line', data: dense.subarray(0, 20) },
      { id: 'turning', type: 'line', data: backwards },
      { id: 'own', type: 'custom', data: dense },
      { id: 'cloud', type: 'scatter', isCloud: true, data: dense },
    ];
    const found = thinnedSeries(series, window);
    expect([...found.thinned]).toEqual(['dense', 'points']);
    expect(found.series.slice(2)).toEqual(series.slice(2));
    expect((found.series[0]!.data as Float64Array).length).toBeLessThan(dense.length / 2);
  });

  it('a window serves views inside its margins that are about as wide', () => {
    expect(serves(window, { from: 700, to: 1700 })).toBe(true);
    expect(serves(window, { from: 0, to: 700 })).toBe(true);
    expect(serves(window, { from: 900, to: 1900 })).toBe(false);
    expect(serves(window, { from: 400, to: 600 })).toBe(false);
    expect(serves(window, { from: -400, to: 1400 })).toBe(false);
  });
});

it('an envelope for a log axis keeps the first decade whole; a line that goes back and forth stays as it is', () => {
  const builder = new PolylineBuilder(10_000, false, true);
  for (let x = 0; x < 10_000; x++) builder.add(x, Math.sin(x));
  const whole = builder.finish();
  const thin = envelope(whole, 200, true);
  expect(thin.count).toBeLessThan(800);
  expect(Array.from({ length: 10 }, (_, row) => thin.flat[2 * row])).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const turning = { ...whole, flat: Float64Array.from(whole.flat).reverse() };
  expect(envelope(turning, 200)).toBe(turning);
});

it('an envelope keeps every extreme, the stretches and the order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.double({ min: -100, max: 100, noNaN: true }), { freq: 8 }), {
        minLength: 60,
        maxLength: 400,
      }),
      fc.integer({ min: 1, max: 50 }),
      (values, columns) => {
        const builder = new PolylineBuilder(values.length, false);
        for (const [x, y] of values.entries()) builder.add(x, y ?? NaN);
        const whole = builder.finish();
        const thin = envelope(whole, columns);
        expect(thin.count).toBeLessThanOrEqual(whole.count);
        expect(thin.starts).toHaveLength(whole.starts.length);
        expect(extent(thin)).toEqual(extent(whole));
        const xs = Array.from({ length: thin.count }, (_, index) => thin.flat[2 * index]!);
        expect(xs).toEqual([...new Set(xs)].sort((one, other) => one - other));
        for (const stretch of stretches(thin)) {
          // within a stretch nothing was missing
          const [from, to] = [stretch[0]!, stretch.at(-2)!];
          expect(values.slice(from, to + 1)).not.toContain(null);
        }
      },
    ),
  );
});
