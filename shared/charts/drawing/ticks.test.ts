import fc from 'fast-check';
import { expect, test } from 'vitest';
import { binEdges, countInto } from './histogram.ts';
import { levelsOf } from './levels.ts';
import { tickFormatter } from './text.ts';
import { drawableEnds, logTicks, niceStep, niceTicks } from './ticks.ts';

const fixed = { seed: 20_261_129, numRuns: 2000 };

/** Numbers of every size, with the ones that end loops and overflow among them. */
const anyNumber = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, 5e-324, 1e-310, 2.3e-308, 1e-20, 1, 1 + 2e-16, 1e15, 2 ** 53, 1e308, -1e308, Number.MAX_VALUE),
  fc.constantFrom(NaN, Infinity, -Infinity),
);
/** A number and one that is some roundings greater. */
const nearPair = fc
  .tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat(64))
  .map(([value, steps]): [number, number] => [value, value + Math.abs(value) * steps * 2 ** -52]);
const anyEnds = fc.oneof(fc.tuple(anyNumber, anyNumber), nearPair);

test('an axis whose ends are a rounding apart, or as far apart as floats are, has a few ticks and ends', () => {
  for (const [low, high] of [
    [1, 1 + 2e-16],
    [-1e308, 1e308],
    [0, 5e-324],
    [0, 1e-19],
    [1e17, 1e17 + 16],
    [-Infinity, Infinity],
    [NaN, 1],
  ] as const) {
    expect(niceTicks(low, high, 7).length).toBeLessThanOrEqual(16);
    expect(niceTicks(...drawableEnds([low, high]), 7).length).toBeGreaterThan(1);
  }
});

test('the ticks of any ends are few, finite, ascending, and lie between them', () => {
  fc.assert(
    fc.property(anyEnds, fc.integer({ min: 1, max: 40 }), fc.constantFrom(0, 1), ([low, high], most, smallest) => {
      const ticks = niceTicks(low, high, most, smallest);
      expect(ticks.length).toBeLessThanOrEqual(2 * most + 2);
      const room = Math.max(Math.abs(low), Math.abs(high)) * 1e-9 + smallest * 1e-9 + 1e-300;
      for (const [index, tick] of ticks.entries()) {
        expect(Number.isFinite(tick)).toBe(true);
        if (index > 0) expect(tick).toBeGreaterThan(ticks[index - 1]!);
        expect(tick).toBeGreaterThanOrEqual(low - room);
        expect(tick).toBeLessThanOrEqual(high + room);
      }
    }),
    fixed,
  );
});

test('drawable ends are finite and apart, have ticks that read differently, and hold what they were made of', () => {
  fc.assert(
    fc.property(anyEnds, fc.constantFrom(0, 1), (ends, least) => {
      const [low, high] = drawableEnds(ends, least);
      expect(high - low).toBeGreaterThan(0);
      expect(high - low).toBeGreaterThanOrEqual(Math.abs(low) < 1e10 ? least * (1 - 1e-5) : 0);
      expect(Number.isFinite(high - low)).toBe(true);
      for (const end of ends)
        if (Math.abs(end) <= 8e307) {
          expect(end).toBeGreaterThanOrEqual(low);
          expect(end).toBeLessThanOrEqual(high);
        }
      const ticks = niceTicks(low, high, 7);
      expect(ticks.length).toBeGreaterThan(1);
      expect(new Set(ticks.map(tickFormatter(ticks))).size).toBe(ticks.length);
      expect(drawableEnds([low, high], least)).toEqual([low, high]);
    }),
    fixed,
  );
});

test('the ticks of any log axis are few, above zero and ascending; ends that it cannot have get none', () => {
  fc.assert(
    fc.property(anyEnds, ([low, high]) => {
      const ticks = logTicks(low, high, 4);
      if (!(low > 0 && high >= low && high < Infinity)) {
        expect(ticks).toEqual([]);
        return;
      }
      expect(ticks.length).toBeLessThanOrEqual(40);
      for (const [index, tick] of ticks.entries()) {
        expect(tick > 0 && tick < Infinity).toBe(true);
        if (index > 0) expect(tick).toBeGreaterThan(ticks[index - 1]!);
      }
      // a decade or more has a tick to be read by
      if (high / low >= 10) expect(ticks.length).toBeGreaterThan(0);
    }),
    fixed,
  );
});

test('bins and isolines of any values are bounded, and every value lies in a bin', () => {
  const values = fc.array(fc.double({ min: 0, max: 8e307, noNaN: true }), { maxLength: 30 });
  fc.assert(
    fc.property(values, fc.integer({ min: -320, max: 0 }), (drawn, power) => {
      const scaled = drawn.map((value) => value * 10 ** power);
      const edges = binEdges(scaled);
      expect(edges.length).toBeLessThanOrEqual(100);
      const counted = countInto(scaled, edges).reduce((sum, { count }) => sum + count, 0);
      expect(counted).toBe(edges.length > 1 ? scaled.length : 0);
      if (scaled.length === 0) return;
      const { at, low, high } = levelsOf(scaled);
      expect(high).toBeGreaterThan(low);
      expect(at.length).toBeLessThanOrEqual(30);
      expect(at.every(Number.isFinite)).toBe(true);
    }),
    { ...fixed, numRuns: 500 },
  );
});

test('a step, as the end of an axis without a plan, is a round number at or above what is asked for', () => {
  expect([0.03, 1, 1.1, 4.9, 5.1, 20, 2001].map(niceStep)).toEqual([0.05, 1, 2, 5, 10, 20, 5000]);
});
