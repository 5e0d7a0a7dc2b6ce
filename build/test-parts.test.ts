import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { longestTerminal, longestUnits } from './test-parts.ts';

it('every file of the second part is there: one that was renamed would be run in no part', () => {
  const missing = [...longestUnits, ...longestTerminal.map((file) => `e2e/${file}`)].filter(
    (file) => !existsSync(fileURLToPath(new URL(`../${file}`, import.meta.url))),
  );
  expect(missing).toEqual([]);
});
