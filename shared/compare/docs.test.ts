import { format, resolveConfig } from 'prettier';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bands } from './band.ts';

const page = new URL('../../docs/comparing.md', import.meta.url).pathname;

test('docs/comparing.md says what every band is', async () => {
  const rows = bands.map(
    ({ key, title, middle, formula, few }) => `| \`${key}\` | ${title} | ${middle} | ${formula} | ${few} |`,
  );
  const text = `| band | what is drawn | around the | from, to | over few runs |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}`;
  const table = await format(text, { ...(await resolveConfig(page)), parser: 'markdown' });
  const drawn = /\n(\| band [^]*?)\n\n/.exec(readFileSync(page, 'utf8'))?.[1];
  expect(drawn).toBe(table.trimEnd());
});
