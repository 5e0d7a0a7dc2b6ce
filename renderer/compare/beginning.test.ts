/** What a comparison begins with. */
import { expect, it } from 'vitest';
import { beginningOf } from './beginning.ts';

it('is the comparison from before until something else is selected, and then what is', () => {
  expect(beginningOf(null, '')).toBeNull();
  expect(beginningOf(null, 'a')).toBe('selected');
  expect(beginningOf('a', 'a')).toBe('before');
  expect(beginningOf('a', 'a,b')).toBe('selected');
  expect(beginningOf('a', '')).toBe('before');
  expect(beginningOf('', '')).toBe('before');
});
