import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fromColumns, iterationColumns } from '../../../shared/records.ts';
import type { RunRecord } from '../../../shared/records.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { iterationOf } from '../testing/batches.ts';
import { lockStore } from '../testing/locked.ts';
import { openTest, recordEvents, runOver, until } from '../testing/open.ts';
import type { PublishedEvent } from '../testing/open.ts';
import type { Workbench } from '../workbench.ts';

let folder: TemporaryFolder;
let workbench: Workbench;
let reported: PublishedEvent[];
beforeEach(() => {
  folder = temporaryFolder();
  workbench = openTest(folder.path);
  reported = recordEvents(workbench);
});
afterEach(async () => {
  await workbench.close();
  folder.remove();
});

const start = async (name: string): Promise<string> =>
  ((await workbench.handle('runs.start', { experiment: { name } })) as RunRecord).run;
const get = (run: string): RunRecord => workbench.handlers['runs.get']({ run }) as RunRecord;
const waits = (): (string | null)[] =>
  reported.flatMap((event) => (event.name === 'store.waiting' ? [event.payload.message] : []));

it('a run goes on while another process holds the store for 8 s, says what it waits for, and loses nothing', async () => {
  const run = await start('steady');
  await until(() => get(run).iterations_done > 0);
  const letGo = await lockStore(folder.path);
  const held = get(run).iterations_done;
  await until(() => waits().length > 0);
  expect(waits()).toEqual([`waiting for another Valleywalk process that writes to ${folder.path}`]);
  // what asks is answered, what writes waits
  expect((await workbench.handle('runs.list', {})) as RunRecord[]).toHaveLength(1);
  const renaming = workbench.handle('runs.rename', { run, name: 'renamed meanwhile' });
  await setTimeout(8000);
  expect(get(run)).toMatchObject({ status: 'running', name: 'steady' });
  expect(get(run).iterations_done).toBeGreaterThanOrEqual(held);
  await letGo();
  expect(await renaming).toMatchObject({ name: 'renamed meanwhile' });
  const record = await runOver(workbench, run);
  expect(record).toMatchObject({ status: 'finished', error: null, iterations_done: 100 });
  const numbers = Array.from({ length: 100 }, (_, index) => iterationOf(index));
  const kept = await workbench.handle('runs.iterations', { run });
  expect(fromColumns(iterationColumns, kept as never)).toEqual(numbers);
  expect(waits()).toEqual([expect.stringContaining('waiting'), null]);
});

it('a run that is started while the store is locked begins once it is free', async () => {
  const letGo = await lockStore(folder.path);
  const starting = start('walk');
  await until(() => waits().length > 0);
  expect(await workbench.handle('runs.list', {})).toEqual([]);
  await letGo();
  expect(await runOver(workbench, await starting)).toMatchObject({ status: 'finished', iterations_done: 10 });
});

it('a waiting run whose turn comes while the store is locked keeps its place', async () => {
  const first = await start('steady');
  const second = await start('walk');
  await until(() => get(first).iterations_done > 0);
  await workbench.handle('runs.stop', { run: first });
  const letGo = await lockStore(folder.path);
  await until(() => waits().length > 0);
  expect(get(second).status).toBe('queued');
  await letGo();
  expect(await runOver(workbench, second)).toMatchObject({ status: 'finished', iterations_done: 10 });
});

it('closing while the store is locked keeps what was recorded', async () => {
  const run = await start('obedient');
  await until(() => get(run).iterations_done > 0);
  const letGo = await lockStore(folder.path);
  const closing = workbench.close();
  await until(() => waits().length > 0);
  await letGo();
  await closing;
  workbench = openTest(folder.path);
  expect(get(run)).toMatchObject({ status: 'stopped', iterations_done: 4, error: null });
});
