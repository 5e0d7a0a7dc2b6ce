import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addAll, dots } from './basis.ts';
import { dot } from './eigen.ts';

/** Some vectors of one length, with numbers of many magnitudes, and a weight for each. */
const cases = fc.integer({ min: 0, max: 40 }).chain((size) =>
  fc.record({
    vector: fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: size, maxLength: size }),
    rows: fc.array(
      fc.record({
        direction: fc.array(fc.float({ min: -1000, max: 1000, noNaN: true }), { minLength: size, maxLength: size }),
        weight: fc.double({ min: -10, max: 10, noNaN: true }),
      }),
      { maxLength: 11 },
    ),
  }),
);

it('products and sums are those of one vector after the other, to the bit', () => {
  fc.assert(
    fc.property(cases, ({ vector, rows }) => {
      const basis = rows.map(({ direction }) => Float32Array.from(direction));
      const into = Float64Array.from(vector);
      expect(dots(into, basis)).toEqual(basis.map((each) => dot(into, each)));
      const expected = Float64Array.from(vector);
      rows.forEach(({ weight }, row) => basis[row]!.forEach((value, index) => (expected[index]! += weight * value)));
      addAll(
        into,
        basis,
        rows.map(({ weight }) => weight),
      );
      expect(into).toEqual(expected);
    }),
  );
});
