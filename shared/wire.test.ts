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

/** Bytes from hexadecimal digits. */
const hex = (digits: string): Uint8Array => Uint8Array.from(digits.match(/../g)!, (byte) => parseInt(byte, 16));
/** A float64 in hexadecimal digits, little endian. */
const float = (value: number): string => Buffer.from(Float64Array.of(value).buffer).toString('hex');

test.each([
  ['a cycle of nothing', 'c70005'],
  ['a cycle of a length alone', `d705${float(4)}`],
  ['a cycle longer than its column', `c71805${float(1)}${float(1)}${float(2)}`],
  ['a constant column of 10⁷ in 19 bytes', `d801${float(1e7)}${float(1)}`],
  ['a constant column of a length that is none', `d801${float(-1)}${float(1)}`],
  ['a constant column of NaN many', `d801${float(NaN)}${float(1)}`],
  ['stretches of four billion', `c70c04${float(1)}ffffffff`],
  ['half an integer', 'd50200ff'],
  ['nested arrays of as many as they like', 'dd00ffffff'.repeat(12)],
  ['nested maps of as many as they like', 'df00ffffff00'.repeat(10)],
  ['an array of four billion', 'ddffffffff'],
  ['a text of four billion bytes', 'dbffffffff41'],
  ['ten thousand arrays in each other', `${'91'.repeat(10_000)}c0`],
  ['two values', 'c0c0'],
  ['nothing', ''],
  ['a byte that stands for nothing', 'c1'],
])('%s is no message, and nothing is set aside for it', (_, digits) => {
  expect(() => decodeMessage(digits === '' ? new Uint8Array() : hex(digits))).toThrow(/not a message/);
});

test('the columns of a message together are no longer than its bytes can tell', () => {
  const constant = `d801${float(2 ** 19)}${float(1)}`;
  expect(decodeMessage(hex(`92${constant}${constant}`))).toHaveLength(2);
  expect(() => decodeMessage(hex(`dc0100${constant.repeat(256)}`))).toThrow(/longer than its bytes can tell/);
});

test('any bytes are read or refused, and hold no more than their number can stand for', () => {
  const header = fc.constantFrom(
    ...['c705', 'c805', 'd801', 'd705', 'c70c04', 'dd', 'dc', 'df', 'de', '9f', '8f', 'c9', 'db', 'c6', 'd4'].map(hex),
  );
  const value = fc.double().map((number) => new Uint8Array(Float64Array.of(number).buffer));
  /** A message with one byte changed. */
  const changed = fc
    .tuple(
      fc.array(fc.oneof(fc.float64Array(), fc.constant(new Float64Array(40)), fc.string(), fc.array(fc.nat()))),
      fc.nat(),
      fc.nat(255),
    )
    .map(([value, place, byte]) => {
      const message = encodeMessage(value);
      message[place % message.length] = byte;
      return message;
    });
  const made = fc
    .array(fc.oneof(fc.uint8Array({ maxLength: 40 }), header, value), { maxLength: 8 })
    .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));
  /** Values in a message. */
  const held = (message: unknown): number =>
    message instanceof Float64Array
      ? message.length
      : message !== null && typeof message === 'object' && !ArrayBuffer.isView(message)
        ? Object.values(message).reduce((sum: number, one) => sum + held(one), 1)
        : 1;
  let read = 0;
  fc.assert(
    fc.property(fc.oneof(made, changed), (message) => {
      let decoded: unknown;
      try {
        decoded = decodeMessage(message);
      } catch {
        return;
      }
      read++;
      expect(held(decoded)).toBeLessThanOrEqual(2 ** 20 + 400 * message.length);
    }),
    { seed: 20_261_129, numRuns: 5000 },
  );
  expect(read).toBeGreaterThan(500);
});

// last: what it leaves in memory is not that of the properties, which are watched when they are explored
test('a table of a long run is read, though almost all of its columns are one value', () => {
  const rows = 2_000_000;
  const columns = [
    Float64Array.from({ length: rows }, (_, row) => Math.floor(row / 100)),
    ...Array.from({ length: 30 }, (_, column) => new Float64Array(rows).fill(column)),
  ];
  const bytes = encodeMessage(columns);
  expect(bytes.length).toBeLessThan(300_000);
  expect((decodeMessage(bytes) as Float64Array[]).every(({ length }) => length === rows)).toBe(true);
});
