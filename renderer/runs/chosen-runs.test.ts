/** Runs as an address chooses them. */
import { expect, it } from 'vitest';
import { idsOf } from './chosen-runs.ts';

it('each run is chosen once, in the order of the address', () => {
  expect(idsOf('b,a,b,,c')).toEqual(['b', 'a', 'c']);
  for (const none of [undefined, null, '', ',']) expect(idsOf(none)).toEqual([]);
  expect(idsOf(['a,b', 'c'])).toEqual(['a', 'b', 'c']);
});
