/** Slurm's commands, as a fake one answers: what is asked of them, and what no answer is. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { slurm } from './slurm.ts';
import { fakeSlurm } from './testing.ts';
import type { FakeSlurm } from './testing.ts';

let folder: TemporaryFolder;
let fake: FakeSlurm;
const path = process.env['PATH'];
beforeEach(() => {
  folder = temporaryFolder();
  fake = fakeSlurm(folder.path);
  process.env['PATH'] = fake.path;
});
afterEach(() => {
  process.env['PATH'] = path;
  folder.remove();
});

// in this order: that there is no accounting is asked once
it('a failing sacct is a trouble, and no answer', async () => {
  fake.fails('sacct', 'sacct: error: slurm_persist_conn_open: failed to send persistent connection init message\n');
  fake.tells([{ job: 7, task: 0, state: 'RUNNING' }]);
  expect((await slurm.states(['7_0'])).get('7_0')?.word).toBe('RUNNING');
  await expect(slurm.states(['7_0', '7_1'])).rejects.toThrow(/accounting cannot be asked about jobs \(sacct\)/);
});

it('sacct tells of jobs that squeue has forgotten', async () => {
  fake.accounts('7_1|TIMEOUT|node2\n7_2|COMPLETED|node1\n');
  fake.tells([{ job: 7, task: 0, state: 'RUNNING' }]);
  const states = await slurm.states(['7_0', '7_1', '7_3']);
  expect([...states].map(([id, { word }]) => [id, word])).toEqual([
    ['7_0', 'RUNNING'],
    ['7_1', 'TIMEOUT'],
  ]);
});

it('a cluster without accounting says nothing of them', async () => {
  expect((await slurm.states(['7_1'])).size).toBe(0);
  fake.fails('sacct', 'sacct: error: it is not asked again');
  expect((await slurm.states(['7_1'])).size).toBe(0);
});

it('squeue is asked for whole lists of tasks', async () => {
  const command = join(folder.path, 'bin', 'squeue');
  const asks = '\necho "$SLURM_BITSTR_LEN" >asked\n';
  writeFileSync(command, readFileSync(command, 'utf8').replace('\n[ -f', `${asks}[ -f`));
  await slurm.states(['7_0']);
  expect(readFileSync(join(folder.path, 'asked'), 'utf8')).toBe('0\n');
});
