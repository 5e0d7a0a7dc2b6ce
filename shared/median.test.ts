import { expect, test } from 'vitest';
import { median } from './median.ts';

test('the middle number, of an even count the mean of the middle two', () => {
  expect(median([3, -1, 10])).toBe(3);
  expect(median([4, 1, 2, 10])).toBe(3);
  expect(median([7])).toBe(7);
  expect(median([])).toBeNaN();
});
