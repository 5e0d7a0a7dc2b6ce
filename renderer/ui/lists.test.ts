/** Lists that somebody puts in order. */
import { expect, it } from 'vitest';
import { withMoved } from './lists.ts';

it('moves an entry, and nothing where there is no such place', () => {
  expect(withMoved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
  expect(withMoved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
  for (const [from, to] of [
    [0, 3],
    [3, 0],
    [7, 8],
    [-1, 0],
    [0, -1],
  ] as const)
    expect(withMoved(['a', 'b', 'c'], from, to)).toEqual(['a', 'b', 'c']);
});
