import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

const tensors = [
  { name: 'layers.0.weight', shape: [2, 3], values: Float32Array.of(1, -2, 3.5, NaN, Infinity, -0) },
  { name: 'layers.0.bias', shape: [2], values: Float32Array.of(0.25, 1e-40) },
];

describe('safetensors', () => {
  it('lays a file out as the format says', () => {
    const file = encodeSafetensors(tensors, { iteration: '40' });
    const view = new DataView(file.buffer);
    const headerSize = Number(view.getBigUint64(0, true));
    expect(headerSize % 8).toBe(0);
    expect(JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + headerSize)))).toEqual({
      __metadata__: { iteration: '40' },
      'layers.0.weight': { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
      'layers.0.bias': { dtype: 'F32', shape: [2], data_offsets: [24, 32] },
    });
    expect(file.length).toBe(8 + headerSize + 32);
    expect(view.getFloat32(8 + headerSize + 8, true)).toBe(3.5);
    expect(view.getFloat32(8 + headerSize + 24, true)).toBe(0.25);
  });

  it('reads back what it wrote, bit for bit', () => {
    const tensor = fc
      .tuple(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }), fc.nat())
      .map(([shape, salt]) => ({
        shape,
        values: new Float32Array(shape.reduce((a, b) => a * b, 1)).map((_, index) =>
          Math.fround(Math.sin(index + salt)),
        ),
      }));
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(
        fc.array(tensor),
        fc.dictionary(
          text.map((key) => `k${key}`),
          text,
        ),
        (list, metadata) => {
          const named = list.map((each, index) => ({ name: `t.${index} ü`, ...each }));
          expect(decodeSafetensors(encodeSafetensors(named, metadata))).toEqual({
            tensors: named,
            metadata: { ...metadata },
          });
        },
      ),
    );
    const again = decodeSafetensors(encodeSafetensors(tensors, {}));
    expect(again.tensors).toEqual(tensors);
  });

  it('refuses what is not such a file', () => {
    const file = encodeSafetensors(tensors, {});
    expect(() => decodeSafetensors(file.subarray(0, 5))).toThrow('not a safetensors file');
    expect(() => decodeSafetensors(file.subarray(0, 40))).toThrow('header is incomplete');
    expect(() => decodeSafetensors(file.subarray(0, file.length - 1))).toThrow('tensor layers.0.bias');
    const half = Buffer.from(file);
    half.write('I32', half.indexOf('F32'));
    expect(() => decodeSafetensors(half)).toThrow('layers.0.weight is I32; only F32');
    expect(() => encodeSafetensors([{ name: 'a', shape: [3], values: new Float32Array(2) }], {})).toThrow(
      'tensor a: 2 values do not fill shape [3]',
    );
  });
});

describe('a header that is not what the format says', () => {
  const file = (header: unknown, data = new Uint8Array(8)): Uint8Array => {
    const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
    const bytes = new Uint8Array(8 + text.length + data.length);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
    bytes.set(text, 8);
    bytes.set(data, 8 + text.length);
    return bytes;
  };
  const entry = (change: object): object => ({ dtype: 'F32', shape: [2], data_offsets: [0, 8], ...change });

  it.each([
    ['{{', /not JSON/],
    ['[]', /not a JSON object/],
    [{ a: null }, /type is not told/],
    [{ a: entry({ dtype: 'F31' }) }, /type is "F31"/],
    [{ a: entry({ shape: 'x' }) }, /shape is "x"/],
    [{ a: entry({ shape: [-2] }) }, /shape is \[-2\]/],
    [{ a: entry({ data_offsets: [0] }) }, /data_offsets are \[0\]/],
    [{ a: entry({ shape: [3] }) }, /bytes 0 to 8 do not hold F32 \[3\]/],
    [{ a: entry({ shape: [1], data_offsets: [4, 8] }) }, /where byte \d+ is next/],
    [{ a: entry({ shape: [1], data_offsets: [0, 4] }) }, /something follows them/],
    [{ a: entry({}), b: entry({}) }, /tensor b starts at byte/],
  ])('%j is refused', (header, message) => expect(() => decodeSafetensors(file(header))).toThrow(message));

  it('refuses a file that ends in its header', () => {
    const whole = file({ a: entry({}) });
    for (const length of [0, 7, 8, 20])
      expect(() => decodeSafetensors(whole.subarray(0, length))).toThrow(/incomplete/);
    expect(() => decodeSafetensors(whole.subarray(0, whole.length - 1))).toThrow(/cut short/);
    expect(decodeSafetensors(whole).tensors[0]!.values).toEqual(new Float32Array(2));
  });
});
