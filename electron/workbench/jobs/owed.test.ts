/** Runs that end while the store takes nothing: SQLite refuses every write here, as it does where the disk is full. */
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunRecord } from '../../../shared/records.ts';
import type { StudyRecord } from '../../../shared/study-record.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { openTest, recordEvents, until } from '../testing/open.ts';
import type { Workbench } from '../workbench.ts';

let folder: TemporaryFolder;
let workbench: Workbench;
beforeEach(() => {
  folder = temporaryFolder();
  workbench = openTest(folder.path);
});
afterEach(async () => {
  await workbench.close();
  folder.remove();
});

/** Lets no run be changed until it is called again with false. */
function refuse(refused: boolean): void {
  const sqlite = new Sqlite(join(folder.path, 'valleywalk.sqlite'));
  sqlite.exec(
    refused
      ? "CREATE TRIGGER refused BEFORE UPDATE ON runs BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
      : 'DROP TRIGGER refused',
  );
  sqlite.close();
}

it('a run whose end cannot be written is told as failed at once, and ends as it did once it can be', async () => {
  const reported = recordEvents(workbench);
  const { study } = (await workbench.handle('studies.start', { study: { name: 'obedient', seeds: 1 } })) as StudyRecord;
  const run = (): RunRecord => (workbench.handlers['runs.list']({ deleted: false }) as RunRecord[])[0]!;
  const get = (): StudyRecord => workbench.handlers['studies.get']({ study }) as StudyRecord;
  await until(() => run().iterations_done > 0);
  refuse(true);
  await workbench.handle('runs.stop', { run: run().run });
  await until(() => reported.some((event) => event.name === 'run.changed' && event.payload.status === 'failed'));
  expect(run().status).toBe('running');
  refuse(false);
  await until(() => run().status === 'stopped');
  expect(run()).toMatchObject({ error: null, seconds_left: null, iterations_done: 4 });
  await until(() => get().status === 'stopped');
  await workbench.handle('studies.resume', { study });
});
