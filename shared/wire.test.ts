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
