/** Errors as the terminal tells them: of a length that a person reads, one fault a line, nothing lost. */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { messageLength } from '../../shared/bounded.ts';
import { temporaryFolder } from '../datasets/testing.ts';
import type { TemporaryFolder } from '../datasets/testing.ts';
import { ValleywalkError } from '../../shared/errors.ts';
import { exit, report, withWorkbench } from './session.ts';

let folder: TemporaryFolder;
let written = '';
beforeEach(() => {
  folder = temporaryFolder();
  written = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  folder.remove();
});
const reported = async (work: Parameters<typeof withWorkbench>[1]): Promise<number> => {
  try {
    await withWorkbench({ store: folder.path }, work);
    return -1;
  } catch (error) {
    return report(error);
  }
};

test('many faults stand a line each, the first ten, and the whole is in the log', async () => {
  const experiment = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`wrong ${index}`, 1]));
  expect(await reported(({ ask }) => ask('runs.start', { experiment }))).toBe(exit.badInput);
  const lines = written.trimEnd().split('\n');
  expect(lines[0]).toBe('valleywalk: the experiment cannot start:');
  expect(lines[1]).toBe('  wrong 0 is not a setting; check its spelling');
  expect(lines).toHaveLength(13);
  expect(lines[11]).toBe('  and 30 more');
  expect(lines[12]).toBe(`  the whole message: ${join(folder.path, 'debug.log')}`);
  expect(readFileSync(join(folder.path, 'debug.log'), 'utf8')).toContain('wrong 39 is not a setting');
});

test.each([
  ['6 kB on one line', 'x'.repeat(6000)],
  ['a stack of a library', Array.from({ length: 60 }, (_, index) => `at line ${index} of \x1b[31mlibrary`).join('\n')],
])('%s is cut, and the whole is in the log', async (_, message) => {
  expect(await reported(() => Promise.reject(new ValleywalkError('store', message)))).toBe(exit.failed);
  expect(written.length).toBeLessThan(messageLength + 200);
  expect(written.split('\n').length).toBeLessThan(16);
  expect(written).not.toContain('\x1b');
  expect(written).toContain('the whole message: ');
  expect(readFileSync(join(folder.path, 'debug.log'), 'utf8')).toContain(message.replaceAll('\x1b', '\\x1b'));
});

test.skipIf(process.platform === 'win32')('the log is its owner’s alone', async () => {
  const umask = process.umask(0o022);
  await reported(() => Promise.reject(new ValleywalkError('store', 'x'.repeat(6000))));
  process.umask(umask);
  expect(statSync(join(folder.path, 'debug.log')).mode & 0o777).toBe(0o600);
});

test('one fault stands in its sentence', async () => {
  expect(await reported(({ ask }) => ask('runs.start', { experiment: { seed: -1 } }))).toBe(exit.badInput);
  expect(written).toMatch(/^valleywalk: the experiment cannot start: seed must be .*\n$/);
});

test.skipIf(!existsSync('/dev/full'))('a full disk below standard error changes no exit code', () => {
  const full = openSync('/dev/full', 'w');
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const { status } = spawnSync(process.execPath, [main, 'walk'], { stdio: ['ignore', 'ignore', full] });
  closeSync(full);
  expect(status).toBe(exit.badInput);
});
