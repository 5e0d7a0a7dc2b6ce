/**
 * Takes each half of a thing out (build/halves/table.ts) and fails unless `npm run check` would name it: the types with the half cut out in
 * memory, and for lines of an index, which no type can miss, the search for unused code on a copy.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkTypes, findingText, judged } from './halves/check.ts';
import type { Finding } from './halves/check.ts';
import { withoutHalf } from './halves/cut.ts';
import { listedHalves, typedHalves } from './halves/table.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What the search for unused code says of a copy without the lines in the indices, all at once. */
function checkListed(): Finding[] {
  const copy = mkdtempSync(join(tmpdir(), 'valleywalk-halves-'));
  try {
    const code = [
      'electron',
      'renderer',
      'shared',
      'build',
      'e2e',
      'bench',
      'resources',
      'package.json',
      'tsconfig.json',
    ];
    const isCode = (from: string): boolean =>
      !/\.\w+$/.test(from) || /\.(ts|cts|cjs|mjs|vue|json|html|css)$/.test(from);
    for (const name of code) cpSync(join(root, name), join(copy, name), { recursive: true, filter: isCode });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
    for (const { file, cuts } of listedHalves)
      writeFileSync(join(copy, file), withoutHalf(file, readFileSync(join(copy, file), 'utf8'), cuts));
    const { stdout } = spawnSync('knip', ['--config', 'build/knip.json', '--no-progress', '--reporter', 'compact'], {
      cwd: copy,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    return listedHalves.map((half) =>
      judged(
        half,
        stdout.split('\n').filter((line) => line.trim() !== ''),
      ),
    );
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

const findings = [...checkTypes(root, typedHalves), ...checkListed()];
for (const finding of findings) console.log(findingText(finding));
process.exitCode = findings.some(({ message }) => message === null) ? 1 : 0;
