import fc from 'fast-check';
import { expect, test } from 'vitest';
import { envelope, extent, PolylineBuilder, stretches } from './polyline.ts';

function line(values: (number | null)[], log = false) {
  const builder = new PolylineBuilder(values.length, log);
  for (const [x, y] of values.entries()) builder.add(x, y ?? NaN);
  return builder.finish();
}

test('missing values cut a line into stretches', () => {
  const cut = line([null, 1, 2, null, null, 3, null]);
  expect(stretches(cut).map((stretch) => [...stretch])).toEqual([
    [1, 1, 2, 2],
    [5, 3],
  ]);
  expect(extent(cut)).toEqual([1, 3]);
  expect(extent(line([]))).toBeNull();
});

test('stretches share the memory of the line', () => {
  const cut = line([1, null, 2]);
  expect(stretches(cut)[1]!.buffer).toBe(cut.flat.buffer);
});

test('an envelope keeps every extreme, the stretches and the order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.double({ min: -100, max: 100, noNaN: true }), { freq: 8 }), {
        minLength: 60,
        maxLength: 400,
      }),
      fc.integer({ min: 1, max: 50 }),
      (values, columns) => {
        const whole = line(values);
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
