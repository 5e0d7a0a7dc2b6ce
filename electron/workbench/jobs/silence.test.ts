/** Trainers that fall silent, with real processes and real signals. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Payload } from '../../../shared/protocol.ts';
import type { RunRecord } from '../../../shared/records.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import type { Child } from '../../processes/child.ts';
import { fakeTrainer, openTest, recordEvents, runOver, until } from '../testing/open.ts';
import type { PublishedEvent } from '../testing/open.ts';
import type { Workbench } from '../workbench.ts';

let folder: TemporaryFolder;
let workbench: Workbench;
let reported: PublishedEvent[];
let children: Child[];
beforeEach(() => {
  folder = temporaryFolder();
  children = [];
  workbench = openTest(folder.path, {
    timeouts: { silent: 3000, computing: 4000 },
    fork: () => {
      const child = fakeTrainer();
      children.push(child);
      return child;
    },
  });
  reported = recordEvents(workbench);
});
afterEach(async () => {
  await workbench.close();
  folder.remove();
});

const start = async (name: string): Promise<string> =>
  ((await workbench.handle('runs.start', { experiment: { name } })) as RunRecord).run;
const get = (run: string): RunRecord => workbench.handlers['runs.get']({ run }) as RunRecord;
const silences = (): Payload<'trainer.silent'>[] =>
  reported.flatMap((event) => (event.name === 'trainer.silent' ? [event.payload] : []));

it('a stopped trainer is told of, and so is that it goes on', async () => {
  const run = await start('resumable');
  await until(() => get(run).iterations_done === 3);
  const { pid } = children[0]!;
  process.kill(pid!, 'SIGSTOP');
  await until(() => silences().length > 1);
  expect(silences()[0]).toMatchObject({ run, analysis: null, kind: 'stopped', pid, over: false });
  expect(silences()[0]!.seconds).toBeGreaterThanOrEqual(3);
  expect(get(run).status).toBe('running');
  process.kill(pid!, 'SIGCONT');
  await until(() => silences().at(-1)!.over);
  const count = silences().length;
  await workbench.handle('runs.stop', { run });
  expect((await runOver(workbench, run)).status).toBe('stopped');
  expect(silences()).toHaveLength(count);
});

it('a stopped trainer is ended on demand, and the run goes on from its newest checkpoint', async () => {
  const run = await start('stopping after its checkpoint');
  await until(() => get(run).checkpoint_iteration === 3);
  process.kill(children[0]!.pid!, 'SIGSTOP');
  await until(() => silences().length > 0);
  const restarted = (await workbench.handle('runs.restart', { run })) as RunRecord;
  expect(restarted).toMatchObject({ status: 'queued', checkpoint_iteration: 3 });
  expect(silences().at(-1)).toMatchObject({ run, over: true });
  expect(await runOver(workbench, run)).toMatchObject({ status: 'finished', iterations_done: 10, error: null });
  expect(children).toHaveLength(2);
});

it('a trainer that computes a long step is told of as computing, and never ended for it', async () => {
  const run = await start('endless step');
  await until(() => silences().length > 0);
  expect(silences()[0]).toMatchObject({ run, kind: 'computing', over: false });
  expect(get(run).status).toBe('running');
  expect(await workbench.handle('runs.restart', { run })).toMatchObject({ status: 'queued' });
  await until(() => get(run).status === 'running');
  expect(children).toHaveLength(2);
  children[1]!.kill();
  await runOver(workbench, run);
});

it('a run that is restarted keeps its place before those that wait', async () => {
  const first = await start('stopping after its checkpoint');
  const second = await start('walk');
  await until(() => get(first).checkpoint_iteration === 3);
  await workbench.handle('runs.restart', { run: first });
  await runOver(workbench, second);
  expect(get(first).status).toBe('finished');
  expect(Date.parse(get(second).started_at!)).toBeGreaterThanOrEqual(Date.parse(get(first).finished_at!));
});

it('only what runs here can be restarted', async () => {
  const run = await start('walk');
  await runOver(workbench, run);
  await expect(workbench.handle('runs.restart', { run })).rejects.toMatchObject({
    kind: 'input',
    message: expect.stringContaining('is finished') as string,
  });
});
