import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ValleywalkError } from '../../../shared/errors.ts';
import { jobIsOver } from '../../../shared/jobs.ts';
import type { JobRecord } from '../../../shared/jobs.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { openStore } from '../store/store.ts';
import type { Store } from '../store/store.ts';
import { fakeTrainer, until } from '../testing/open.ts';
import { backgroundJob, isBackground } from './background.ts';
import type { BackgroundJobs, Found } from './background.ts';
import { defaultTimeouts } from './session.ts';

let folder: TemporaryFolder;
let store: Store;
let reported: JobRecord[];
let jobs: BackgroundJobs;

/** What the job under test does next. */
let work: (how: { progress: (share: number) => void; signal: AbortSignal }) => Promise<Found>;
/** Goes on until it is aborted. */
const endless: typeof work = async ({ progress, signal }) => {
  for (let step = 1; ; step++) {
    progress(1 - 1 / step);
    await setTimeout(10);
    signal.throwIfAborted();
  }
};

beforeEach(() => {
  folder = temporaryFolder();
  store = openStore(join(folder.path, 'store'));
  reported = [];
  const open = backgroundJob({ title: 'Count', help: 'Counts.', work: (_, how) => work(how) });
  jobs = open(
    {
      store,
      fork: fakeTrainer,
      publish: (name, payload) => void (name === 'job.changed' && reported.push(payload as JobRecord)),
      timeouts: defaultTimeouts,
      datasets: () => [],
      runFinished: () => undefined,
      activeRuns: () => 0,
    },
    'count',
  );
});
afterEach(async () => {
  await jobs.close();
  store.close();
  folder.remove();
});

/** The job, once it is over. */
async function over(): Promise<JobRecord> {
  await until(() => jobs.list().every(jobIsOver) && jobs.active() === 0);
  return jobs.list()[0]!;
}

it('is queued, tells its progress and ends with what it found', async () => {
  work = async ({ progress }) => {
    progress(0.5);
    await setTimeout(50);
    return { lines: ['one', 'two'], warning: true };
  };
  const started = jobs.start();
  expect(started).toMatchObject({ kind: 'count', status: 'queued', progress: 0, lines: [], warning: false });
  expect(isBackground(jobs)).toBe(true);
  expect(await over()).toEqual({ ...started, status: 'finished', progress: 1, lines: ['one', 'two'], warning: true });
  expect(reported.map(({ status }) => status)).toEqual(['queued', 'running', 'running', 'finished']);
  expect(reported[2]!.progress).toBe(0.5);
});

it('is one of its kind: a second start tells of the first, one after its end begins anew', async () => {
  work = endless;
  const { job } = jobs.start();
  expect(jobs.start().job).toBe(job);
  await until(() => jobs.list()[0]!.status === 'running');
  expect(jobs.start()).toMatchObject({ job, status: 'running' });
  jobs.cancel(job);
  expect(await over()).toMatchObject({ status: 'stopped', error: null, lines: [] });
  expect(jobs.start().job).not.toBe(job);
});

it('is cancelled, waiting or under way, and stays as it is once it is over', async () => {
  work = endless;
  const waiting = jobs.start();
  expect(jobs.cancel(waiting.job)).toMatchObject({ status: 'stopped' });
  const { job } = jobs.start();
  await until(() => jobs.list()[0]!.progress > 0);
  jobs.cancel(job);
  const ended = await over();
  expect(ended.status).toBe('stopped');
  expect(jobs.cancel(job)).toEqual(ended);
});

it('that ends only after it was cancelled is stopped, and tells nothing', async () => {
  work = async () => {
    await setTimeout(100);
    return { lines: ['one'], warning: false };
  };
  const { job } = jobs.start();
  await until(() => jobs.list()[0]!.status === 'running');
  jobs.cancel(job);
  expect(await over()).toMatchObject({ status: 'stopped', error: null, lines: [] });
});

it('fails with what its work throws', async () => {
  work = () => Promise.reject(new ValleywalkError('store', 'the disk is gone; bring it back'));
  jobs.start();
  expect(await over()).toMatchObject({ status: 'failed', error: 'the disk is gone; bring it back' });
});

it('closing ends it and waits until nothing of it goes on', async () => {
  let goes = true;
  work = (how) => endless(how).finally(() => (goes = false));
  jobs.start();
  await until(() => jobs.list()[0]!.status === 'running');
  await jobs.close();
  expect(goes).toBe(false);
  expect(jobs.list()[0]!.status).toBe('stopped');
  expect(() => jobs.start()).toThrow('the workbench is closing');
});
