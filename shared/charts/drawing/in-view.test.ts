/** What of a line is drawn in one frame, against all of its points. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InView } from './in-view.ts';
import { thinned } from './thin.ts';
import type { Window } from './thin.ts';

/** A line by ascending places with gaps, from steps and values. */
const lines = fc
  .array(
    fc.record({
      step: fc.double({ min: 0.001, max: 3, noNaN: true }),
      y: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      gap: fc.nat(40),
    }),
    { minLength: 1, maxLength: 600 },
  )
  .map((steps) => {
    let x = 0.5;
    return Float64Array.from(
      steps.flatMap(({ step, y, gap }) => {
        x += step;
        return gap === 0 ? [NaN, NaN, x, y] : [x, y];
      }),
    );
  });

/** Least, greatest, first and last value of each column of pixels; gaps close within one. */
function envelope(flat: Float64Array, { from, to, columns, log = false }: Window): Map<number, number[]> {
  const along = log ? Math.log : (x: number): number => x;
  const width = (along(to) - along(from)) / columns;
  const found = new Map<number, number[]>();
  for (let at = 0; at < flat.length; at += 2) {
    const [x, y] = [flat[at]!, flat[at + 1]!];
    if (!(x >= from && x <= to)) continue;
    const column = Math.floor((along(x) - along(from)) / width + 1e-9);
    const own = found.get(column);
    if (!own) found.set(column, [y, y, y, y]);
    else found.set(column, [Math.min(own[0]!, y), Math.max(own[1]!, y), own[2]!, y]);
  }
  return found;
}
const drawn = (view: InView, line = 0): Float64Array => view.points.subarray(view.starts[line], view.starts[line + 1]);

it('in every column of pixels the least, greatest, first and last value of the line are drawn, at any zoom', () => {
  fc.assert(
    fc.property(
      lines,
      fc.double({ min: 0.01, max: 0.98, noNaN: true }),
      fc.integer({ min: 3, max: 60 }),
      fc.boolean(),
      (flat, share, columns, log) => {
        const end = flat.at(-2)!;
        const from = 0.5 + share * (end - 0.5);
        const window = { from, to: Math.max(end, from + 0.1), columns, log };
        const view = new InView();
        view.add(flat, window);
        expect([...envelope(drawn(view), window)].map(([, ends]) => ends)).toEqual(
          [...envelope(flat, window)].map(([, ends]) => ends),
        );
      },
    ),
  );
});

it('of a whole line it has the points that the thinned one has', () => {
  fc.assert(
    fc.property(lines, fc.integer({ min: 3, max: 60 }), (flat, columns) => {
      const places = flat.filter((x, at) => at % 2 === 0 && !Number.isNaN(x));
      const window = { from: places[0]!, to: places.at(-1)!, columns };
      if (!(window.to > window.from)) return;
      const view = new InView();
      view.add(flat, window);
      expect(envelope(drawn(view), window)).toEqual(envelope(thinned(flat, window), window));
    }),
  );
});

it('lines stand one after the other, with the ends of all of them; cleared, their room is used again', () => {
  const view = new InView();
  const window = { from: 0, to: 4, columns: 10 };
  view.add(Float64Array.of(0, 5, 1, -2, NaN, NaN, 2, 7), window);
  view.add(Float64Array.of(3, 1, 5, 100), window);
  expect([...drawn(view, 0)]).toEqual([0, 5, 1, -2, NaN, NaN, 2, 7]);
  expect([...drawn(view, 1)]).toEqual([3, 1]);
  expect([view.low, view.high, view.lines]).toEqual([-2, 7, 2]);
  const { points } = view;
  view.clear();
  expect([view.low, view.high, view.lines]).toEqual([Infinity, -Infinity, 0]);
  view.add(Float64Array.of(3, 1, 5, 100), window);
  expect(view.points).toBe(points);
  expect([...drawn(view)]).toEqual([3, 1]);
});
