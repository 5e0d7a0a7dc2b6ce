import { expect, test } from 'vitest';
import { extent, PolylineBuilder, stretches } from './polyline.ts';

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
