import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMessage, encodeMessage } from './wire.ts';

test('messages arrive as they left, whatever is in them', () => {
  const leaf = fc.oneof(
    fc.double({ noNaN: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array(),
    fc.float64Array(),
  );
  const message = fc.dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    fc.oneof(leaf, fc.array(leaf), fc.dictionary(fc.constantFrom('a', 'b', 'c'), leaf)),
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(message, (value) => {
      expect(decodeMessage(encodeMessage(value))).toEqual(value);
    }),
  );
});

test('columns keep NaN and infinity', () => {
  const column = new Float64Array([NaN, Infinity, -Infinity, 5e-324]);
  expect(decodeMessage(encodeMessage({ pad: 'x', column }))).toEqual({ pad: 'x', column });
});

test('columns of few values and of whole numbers arrive bit for bit, in fewer bytes', () => {
  const value = fc.oneof(fc.integer(), fc.constantFrom(NaN, -0, 0, 2 ** 31, -(2 ** 31), 2 ** 31 - 1, Infinity, 0.5));
  const columns = fc.oneof(
    fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { minLength: 1 }),
    fc.array(value),
    fc.tuple(value, fc.nat(50)).map(([one, length]) => Array.from({ length }, () => one)),
    // stretches of one value, and values that come again and again, broken now and then
    fc
      .array(fc.tuple(value, fc.nat(20)))
      .map((parts) => parts.flatMap(([one, length]) => Array.from({ length }, () => one))),
    fc
      .tuple(fc.array(value, { minLength: 1, maxLength: 15 }), fc.nat(200), fc.option(fc.nat(200)))
      .map(([cycle, length, broken]) =>
        Array.from({ length }, (_, at) => (at === broken ? 0.25 : cycle[at % cycle.length]!)),
      ),
  );
  fc.assert(
    fc.property(columns, (values) => {
      const column = Float64Array.from(values);
      const found = decodeMessage(encodeMessage(column)) as Float64Array;
      expect(found).toBeInstanceOf(Float64Array);
      expect(found.length).toBe(column.length);
      for (const [index, each] of found.entries()) expect(Object.is(each, column[index])).toBe(true);
    }),
  );
  const buffer = Buffer.from(encodeMessage({ column: Float64Array.of(0.5, 1) }));
  expect(decodeMessage(buffer)).toEqual({ column: Float64Array.of(0.5, 1) });
  const slices = Array.from({ length: 11_000 }, (_, row) => row);
  expect(encodeMessage(Float64Array.from(slices, (row) => Math.floor(row / 11))).length).toBeLessThan(12_010);
  expect(encodeMessage(Float64Array.from(slices, (row) => (row % 11) / 10)).length).toBeLessThan(110);
  expect(encodeMessage(new Float64Array(1000).fill(NaN)).length).toBeLessThan(24);
  expect(encodeMessage(Float64Array.from({ length: 1000 }, (_, index) => index)).length).toBeLessThan(4010);
});
