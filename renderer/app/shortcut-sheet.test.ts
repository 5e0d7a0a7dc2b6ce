import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { capsOf } from '../commands/keys.ts';
import { shortcutSheet, writtenKeys } from './shortcut-sheet.ts';

const docs = new URL('../../docs/keyboard.md', import.meta.url).pathname;

/** Keys as people read them: `Ctrl K`, or `g` then `r`. */
const written = (keys: string): string =>
  capsOf(keys, false)
    .map((cap) => `\`${cap}\``)
    .join(' ');

/** docs/keyboard.md, drawn from the table of commands. */
async function keyboardDocs(): Promise<string> {
  const sections = shortcutSheet().map(({ where, commands }) => {
    const rows = commands.map(({ keys, title }) => `| ${writtenKeys(keys).map(written).join(' or ')} | ${title} |`);
    return `## ${where}\n\n| keys | what they do |\n| --- | --- |\n${rows.join('\n')}`;
  });
  const text = [
    '# Keyboard',
    'Everything can be done without a pointer: Tab goes through every control, Enter and Space press them, Esc closes. Below is what ' +
      'has keys of its own; `?` shows the same in the window. Keys one after the other are pressed so; on a Mac, `Ctrl` is `⌘`. Fields ' +
      'keep letters for themselves.',
    ...sections,
    'This page is drawn from the table of commands (renderer/commands/commands.ts, shared/views.ts) and tested against it: after a ' +
      'change, `npm run test:units -- renderer/app/shortcut-sheet.test.ts -u` writes it anew.',
  ].join('\n\n');
  return format(text, { ...(await resolveConfig(docs)), parser: 'markdown' });
}

test('docs/keyboard.md says what the keyboard does', async () => {
  await expect(await keyboardDocs()).toMatchFileSnapshot(docs);
});

test('no key does two things in one place, and none begins a sequence', () => {
  const everywhere = shortcutSheet()[0]!.commands.flatMap(({ keys }) => keys);
  for (const { where, commands } of shortcutSheet()) {
    const keys = commands.flatMap((command) => command.keys);
    const all = where === 'Everywhere' ? keys : [...keys, ...everywhere];
    expect(new Set(all).size, where).toBe(all.length);
    for (const key of all)
      expect(
        all.some((other) => other.startsWith(`${key} `)),
        `${where}: ${key}`,
      ).toBe(false);
  }
});
