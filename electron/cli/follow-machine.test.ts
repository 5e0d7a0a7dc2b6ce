/** A terminal beside jobs of another machine: what it shows, and that Ctrl C ends nothing but it. */
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RunRecord } from '../../shared/records.ts';
import type { StudyRecord } from '../../shared/study-record.ts';
import { temporaryFolder } from '../datasets/testing.ts';
import type { TemporaryFolder } from '../datasets/testing.ts';
import { fakeSlurm } from '../workbench/machines/testing.ts';
import type { FakeSlurm } from '../workbench/machines/testing.ts';
import { openTest, until } from '../workbench/testing/open.ts';
import { declareRun } from './commands/run.ts';
import { declareUnder } from './declare.ts';
import { exit } from './session.ts';
import type { Terminal } from './session.ts';
import { followStudy } from './study.ts';

let folder: TemporaryFolder;
let slurm: FakeSlurm;
let reported = '';
const path = process.env['PATH'];
const on = () => ({ machine: 'slurm' as const, options: { folder: join(folder.path, 'shared') } });
const asked = { name: 'walks', experiment: { data: { train: 200, validation: 50 } }, seeds: 3 };
const down = 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)';

beforeEach(() => {
  folder = temporaryFolder();
  slurm = fakeSlurm(join(folder.path, 'slurm'));
  process.env['PATH'] = slurm.path;
  reported = '';
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    reported += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.env['PATH'] = path;
  folder.remove();
});

it('the bar says what Slurm does, a trouble is told once, and Ctrl C leaves the jobs alone', async () => {
  const store = join(folder.path, 'store');
  const workbench = openTest(store, { program: 'vw' });
  const terminal: Terminal = {
    store,
    ask: (name, parameters) => workbench.handle(name, parameters) as never,
    subscribe: (listener) => workbench.subscribe(listener),
    workbench,
  };
  try {
    const study: StudyRecord = await terminal.ask('studies.start', { study: asked, on: on() });
    slurm.tells([
      { job: 101, task: 0, state: 'RUNNING', node: 'node1' },
      ...[1, 2].map((task) => ({ job: 101, task, state: 'PENDING', reason: 'Priority' })),
    ]);
    const ended = followStudy(terminal, study, { detached: true });
    const runs = async (): Promise<RunRecord[]> => terminal.ask('runs.list', {});
    await vi.waitFor(
      async () => expect((await runs()).map(({ machine }) => machine?.state)).toContain('RUNNING'),
      10_000,
    );
    slurm.fails('squeue', down);
    await until(() => reported.includes('controller does not answer'));
    await new Promise((resolve) => setTimeout(resolve, 500));
    process.emit('SIGINT');
    expect(await ended).toBe(exit.stopped);
    expect(reported.split('controller does not answer')).toHaveLength(2);
    // a bar that is no terminal's is a line every five seconds, and one at its end
    expect(reported).toMatch(/(2 PENDING \(Priority\), 1 RUNNING|1 RUNNING, 2 PENDING \(Priority\))/);
    expect(slurm.cancelled()).toBe('');
  } finally {
    await workbench.close();
  }
});

it('a run that goes on there is followed, and goes on when Ctrl C ends the following', async () => {
  const store = join(folder.path, 'store');
  const workbench = openTest(store, { program: 'vw' });
  slurm.fails('scontrol', 'slurm_load_ctl_conf error: Unable to contact slurm controller');
  await expect(workbench.handle('studies.start', { study: { ...asked, seeds: 1 }, on: on() })).rejects.toThrow();
  slurm.fails('scontrol', null);
  const [run] = (await workbench.handle('runs.list', {})) as [RunRecord];
  expect(run.status).toBe('failed');
  await workbench.close();
  slurm.tells([{ job: 101, task: 0, state: 'PENDING', reason: 'Priority' }]);
  let code = -1;
  const program = new Command();
  declareRun(declareUnder(program, (ended) => (code = ended)));
  const parsed = program.parseAsync(['node', 'vw', 'resume', run.run, '--store', store, '--minutes', '7']);
  await until(() => reported.includes('PENDING'));
  process.emit('SIGINT');
  await parsed;
  expect(code).toBe(exit.stopped);
  expect(reported).toContain(`the job goes on; follow it with: valleywalk studies watch ${run.study}`);
  expect(slurm.cancelled()).toBe('');
  expect(slurm.scripts().at(-1)).toContain('--time=7\n');
});
