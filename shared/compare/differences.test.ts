/** Values among all differences of two samples, against sorting them all. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { differencesOf } from './differences.ts';
import { quantileOf } from './sample.ts';

function everyDifference(a: Float64Array, b: Float64Array): Float64Array {
  return Float64Array.from(Array.from(a).flatMap((one) => Array.from(b, (other) => one - other))).sort();
}

/** Values as measured, with many ties, and of every size that a number has. */
const value = fc.oneof(
  fc.double({ min: -10, max: 10, noNaN: true }),
  fc.integer({ min: -3, max: 3 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const values = fc.array(value, { minLength: 1, maxLength: 20 }).map((each) => Float64Array.from(each));

it('is every one of them in ascending order, whichever is asked for first', () => {
  fc.assert(
    fc.property(values, values, fc.boolean(), (a, b, backwards) => {
      const [want, got] = [everyDifference(a, b), differencesOf(a, b)];
      expect(got.length).toBe(want.length);
      const rows = Array.from(want.keys());
      // 0 and −0 are the same number
      for (const row of backwards ? rows.reverse() : rows) expect(got.at(row)! === want[row]).toBe(true);
    }),
    { numRuns: 200 },
  );
});

it('has the quantiles of all of them, to the last digit', () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      const [want, got] = [everyDifference(a, b), differencesOf(a, b)];
      // + 0, as 0 and −0 are the same number; what lies between infinite ones is none
      for (const share of [0, 0.25, 0.5, 0.75, 1]) expect(quantileOf(got, share) + 0).toBe(quantileOf(want, share) + 0);
    }),
    { numRuns: 200 },
  );
});

it('changes neither sample, and makes none of the differences of large ones', () => {
  const size = 20_000;
  const [a, b] = [5, 7].map((step) => Float64Array.from({ length: size }, (_, row) => (row * step) % size));
  const differences = differencesOf(a!, b!);
  expect([differences.length, differences.at(0), differences.at(size ** 2 - 1)]).toEqual([
    size ** 2,
    Math.min(...a!) - Math.max(...b!),
    Math.max(...a!) - Math.min(...b!),
  ]);
  expect(quantileOf(differences, 0.5)).toBeTypeOf('number');
  expect(a![1]).toBe(5);
});
