import { expect, test } from 'vitest';
import { asciiSlug, slug } from './slug.ts';

test.each([
  ['Quick <walk> & co', 'Quick-walk-co', 'Quick-walk-co'],
  ['  Größe/é  ', 'Große-e', 'Gro-e-e'],
  ['谷を歩く', '谷を歩く', ''],
  ['../../etc', 'etc', 'etc'],
  ['…', '', ''],
])('%s', (text, any, ascii) => {
  expect(slug(text)).toBe(any);
  expect(asciiSlug(text)).toBe(ascii);
});

test('a cut leaves no hyphen at the end', () => expect(slug('abc def', 4)).toBe('abc'));
