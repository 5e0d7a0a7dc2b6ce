/** A study in a terminal whose runs fail: what is printed, and the exit code. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RunRecord } from '../../shared/records.ts';
import type { StudyRecord } from '../../shared/study-record.ts';
import { temporaryFolder } from '../datasets/testing.ts';
import type { TemporaryFolder } from '../datasets/testing.ts';
import { openTest } from '../workbench/testing/open.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { exit } from './session.ts';
import type { Terminal } from './session.ts';
import { followStudy, runStudy, studiesTable } from './study.ts';

let folder: TemporaryFolder;
let workbench: Workbench;
let terminal: Terminal;
const printed: string[] = [];
const reported: string[] = [];
/** Keeps what is written, by lines. */
const kept = (lines: string[]) => (text: string | Uint8Array) => lines.push(...String(text).trimEnd().split('\n')) > 0;
beforeEach(() => {
  folder = temporaryFolder();
  const store = join(folder.path, 'store');
  workbench = openTest(store);
  terminal = {
    store,
    ask: (name, parameters) => workbench.handle(name, parameters) as never,
    subscribe: (listener) => workbench.subscribe(listener),
    workbench,
  };
  printed.length = reported.length = 0;
  vi.spyOn(process.stdout, 'write').mockImplementation(kept(printed));
  vi.spyOn(process.stderr, 'write').mockImplementation(kept(reported));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await workbench.close();
  folder.remove();
});

// the scripted trainer goes by seeds: 1 walks, 2 fails and works the second time, 3 diverges, 4 always fails
it('ends with 1 when a run failed, says which and why in a line each, and how to go on', async () => {
  expect(await runStudy(terminal, { name: 'failing', seeds: 4 }, {})).toBe(exit.failed);
  const lines = reported.filter((line) => /^(failed|diverged): /.test(line));
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^failed: seed 2 \(\S+\): the device is lost; start the run again$/);
  expect(lines[1]).toMatch(/^diverged: seed 3 \(\S+\): the loss is infinite; lower it$/);
  expect(lines[2]).toMatch(/^failed: seed 4 \(\S+\): the trainer process.* exit code 3/);
  expect(reported.at(-1)).toMatch(/^try the 2 failed runs again with: valleywalk studies resume \S+$/);
  expect(printed.join('\n')).toMatch(/Status +finished with failures: 2 of 4 failed, 1 diverged · 60 %/);

  const [study] = (await terminal.ask('studies.list', {})) as [StudyRecord];
  expect(studiesTable([study])).toContain('finished with failures: 2 of 4 failed, 1 diverged');
  reported.length = 0;
  const resumed = await terminal.ask('studies.resume', { study: study.study });
  expect(await followStudy(terminal, resumed, {})).toBe(exit.failed);
  expect(reported.filter((line) => line.startsWith('failed: '))).toEqual([
    expect.stringMatching(/^failed: seed 4 \(\S+\) \(attempt 2\): /),
  ]);
});

it('ends with 0 when all finished, and as JSON says what failed', async () => {
  expect(await runStudy(terminal, { name: 'failing', seeds: [1, 2] }, { json: true })).toBe(exit.failed);
  const last = JSON.parse(printed.at(-1)!) as { study: StudyRecord; failed: RunRecord[] };
  expect(last).toMatchObject({
    type: 'finished',
    study: { status: 'failed', counts: { failed: 1, finished: 1 } },
    failed: [{ name: 'seed 2', status: 'failed', error: 'the device is lost; start the run again' }],
  });
  const again = await terminal.ask('studies.resume', { study: last.study.study });
  expect(await followStudy(terminal, again, { json: true })).toBe(exit.finished);
  expect(JSON.parse(printed.at(-1)!)).toMatchObject({ study: { status: 'finished', progress: 1 }, failed: [] });
});
