/** Nothing that the terminal obeys reaches it, whatever names and messages hold. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { testRun } from '../../shared/charts/testing.ts';
import { ValleywalkError } from '../../shared/errors.ts';
import { runStatuses } from '../../shared/records.ts';
import type { RunStatus } from '../../shared/records.ts';
import type { StudyRecord } from '../../shared/study-record.ts';
import { print, printFile, printJson, printText, tell } from './print.ts';
import { report } from './session.ts';
import { runsTable, summaryText } from './summary.ts';
import { studiesTable, studyText } from './study.ts';

let written = '';
beforeEach(() => {
  const keep = (text: string | Uint8Array): boolean => {
    written += String(text);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  vi.spyOn(process.stderr, 'write').mockImplementation(keep);
});
afterEach(() => void vi.restoreAllMocks());

const acting = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const hostile = fc
  .array(
    fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\x1b[2J', '\x9b1m', '\n', '\r', '\u202e', '\u200b')),
    {
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(''));
/** What a command writes, and how many lines it has. */
function output(work: () => void): { text: string; lines: number } {
  written = '';
  work();
  expect(written.replaceAll('\n', '')).not.toMatch(acting);
  return { text: written, lines: written.split('\n').length - 1 };
}
const counts = Object.fromEntries(runStatuses.map((status) => [status, 0])) as Record<RunStatus, number>;
const studyOf = (name: string, value: string): StudyRecord => ({
  study: 'study-1',
  name,
  experiment: {},
  sweep: { 'data.set': [value] },
  seeds: [1],
  backend: 'cpu',
  created_at: '2026-11-02T10:00:00Z',
  status: 'finished',
  runs: 1,
  deleted: 0,
  counts: { ...counts, finished: 1 },
  progress: 1,
  seconds_left: null,
});

test('whatever runs, studies, paths and errors are called', () => {
  fc.assert(
    fc.property(hostile, hostile, (name, other) => {
      const run = testRun('walk', {
        name,
        run: 'run-1',
        error: other,
        status: 'failed',
        failed_attempts: [{ status: 'failed', ended_at: null, iterations_done: 1, error: other }],
      });
      const study = studyOf(name, other);
      expect(output(() => printText(runsTable([run]))).lines).toBe(2);
      expect(output(() => printText(studiesTable([study]))).lines).toBe(2);
      const usual = output(() => printText(summaryText({ ...run, name: 'a', error: 'b' }, '/store'))).lines;
      expect(output(() => printText(summaryText(run, other))).lines).toBe(usual);
      const plain = output(() => printText(studyText(studyOf('a', 'b'), [testRun('c')], '/store'))).lines;
      expect(output(() => printText(studyText(study, [run], other))).lines).toBe(plain);
      expect(output(() => print(`${name} is called ${other}`)).lines).toBe(1);
      expect(output(() => tell(other)).lines).toBe(1);
      const { text } = output(() => printJson({ name, run }));
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify({ name, run })));
      output(() => report(new ValleywalkError('input', other, [{ path: name, message: `${name}${other}` }])));
      output(() => report(new Error(other)));
    }),
    { numRuns: 300 },
  );
});

test('a file goes into a pipe as it is, and onto a screen so that it can be read', () => {
  const { isTTY } = process.stdout;
  try {
    process.stdout.isTTY = false;
    written = '';
    printFile('a\x1b,b\r\n');
    expect(written).toBe('a\x1b,b\r\n');
    process.stdout.isTTY = true;
    expect(output(() => printFile('a\x1b,b\r\n')).text).toBe('a\\x1b,b\n');
  } finally {
    process.stdout.isTTY = isTTY;
  }
});

test('no command writes past it', () => {
  const here = fileURLToPath(new URL('.', import.meta.url));
  // main.ts hands the console over; doctor.ts and serve.ts write by it
  const writers = readdirSync(here, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .filter((file) => /console\.\w+\(|std(?:out|err)\.write/.test(readFileSync(`${here}${file}`, 'utf8')))
    .map((file) => file.replaceAll('\\', '/'));
  expect(writers.sort()).toEqual(['commands/doctor.ts', 'commands/serve.ts', 'main.ts', 'print.ts']);
});
