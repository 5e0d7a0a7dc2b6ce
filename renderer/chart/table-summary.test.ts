import { expect, it } from 'vitest';
import { summarise } from './table-summary.ts';

it('sums numeric columns up and leaves out what has no value', () => {
  const table = {
    columns: ['iteration', 'run', 'loss', 'standard_error'],
    rows: [
      [0, 'a', 3, null],
      [1, 'a', null, null],
      [2, 'a', -1, null],
      [3, 'b', NaN, null],
      [4, 'b', 1, null],
    ],
  };
  expect(summarise(table)).toEqual([
    { column: 'iteration', count: 5, first: 0, last: 4, least: 0, most: 4, mean: 2 },
    { column: 'loss', count: 3, first: 3, last: 1, least: -1, most: 3, mean: 1 },
  ]);
});
