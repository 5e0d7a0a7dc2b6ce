import { expect, it } from 'vitest';
import { lowerBound } from './ordered.ts';

it('lowerBound finds the first value that is not smaller', () => {
  const column = Float64Array.of(0, 2, 2, 5);
  expect([-1, 0, 1, 2, 5, 6].map((target) => lowerBound(column, target))).toEqual([0, 0, 1, 1, 3, 4]);
});
