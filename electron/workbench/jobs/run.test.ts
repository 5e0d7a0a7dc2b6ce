import { existsSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromColumns, iterationColumns } from '../../../shared/records.ts';
import { backendNames } from '../../../shared/backends.ts';
import type { IterationColumns, RunRecord } from '../../../shared/records.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { iterationOf } from '../testing/batches.ts';
import { fakeTrainer, openTest, recordEvents, runOver, until } from '../testing/open.ts';
import type { PublishedEvent } from '../testing/open.ts';
import type { Workbench } from '../workbench.ts';

let folder: TemporaryFolder;
let workbench: Workbench;
let reported: PublishedEvent[];
beforeEach(() => {
  folder = temporaryFolder();
  open();
});
afterEach(async () => {
  await workbench.close();
  folder.remove();
});

function open(timeouts = {}): void {
  workbench = openTest(folder.path, { timeouts });
  reported = recordEvents(workbench);
}

/** Opens the workbench again, with shorter timeouts. */
async function reopen(timeouts: { start?: number; stop?: number; exit?: number }): Promise<void> {
  await workbench.close();
  open(timeouts);
}

const start = async (name: string, more = {}): Promise<string> =>
  ((await workbench.handle('runs.start', { experiment: { name, ...more } })) as RunRecord).run;
const get = (run: string): RunRecord => workbench.handlers['runs.get']({ run }) as RunRecord;
const changes = (run: string): RunRecord[] =>
  reported.flatMap((event) => (event.name === 'run.changed' && event.payload.run === run ? [event.payload] : []));

describe('a run', () => {
  it('goes from queued to finished, its records kept and told in order', async () => {
    const run = await start('walk');
    const record = await runOver(workbench, run);
    expect(record).toMatchObject({
      status: 'finished',
      error: null,
      iterations_done: 10,
      progress: 1,
      seconds_left: null,
      parameters: 12,
      data_checksum: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      environment: { backend: 'cpu' },
    });
    expect(record.started_at).not.toBeNull();
    expect(record.finished_at).not.toBeNull();
    expect(record.summary).toMatchObject({ probed_iterations: 5, barriers: 3, train_loss: 1 });
    expect(changes(run).map(({ status }) => status)[0]).toBe('queued');
    expect(changes(run).at(-1)).toEqual(record);

    const numbers = Array.from({ length: 10 }, (_, index) => iterationOf(index));
    const kept = await workbench.handle('runs.iterations', { run });
    expect(fromColumns(iterationColumns, kept as never)).toEqual(numbers);
    const batches = reported.flatMap((event) => (event.name === 'run.records' ? [event.payload.batch.iterations] : []));
    expect(batches.flatMap((batch) => fromColumns(iterationColumns, batch))).toEqual(numbers);
    expect(workbench.activeRuns()).toBe(0);
  });

  it('counts as active from its first event to the one that ends it, whoever asks when', async () => {
    const seen: [string, number][] = [];
    workbench.subscribe((name, payload) => {
      if (name === 'run.changed') seen.push([(payload as RunRecord).status, workbench.activeRuns()]);
    });
    await runOver(workbench, await start('walk'));
    for (const [status, active] of seen) expect([status, active]).toEqual([status, status === 'finished' ? 0 : 1]);
    expect(new Set(seen.map(([status]) => status))).toEqual(new Set(['queued', 'running', 'finished']));
  });

  it('leaves the pace it measured for the next estimate', async () => {
    const estimate = (): unknown => workbench.handle('experiments.estimate', { experiment: {} });
    expect(await estimate()).toMatchObject({ basis: 'typical' });
    await runOver(workbench, await start('walk'));
    expect(await estimate()).toMatchObject({ basis: 'measured' });
  });

  it('waits for the one before it', async () => {
    const first = await start('obedient');
    const second = await start('walk');
    await until(() => get(first).environment !== null);
    expect(get(second).status).toBe('queued');
    expect(workbench.activeRuns()).toBe(2);
    await workbench.handle('runs.stop', { run: first });
    expect((await runOver(workbench, second)).status).toBe('finished');
    expect(Date.parse(get(second).started_at!)).toBeGreaterThanOrEqual(Date.parse(get(first).finished_at!));
  });

  it('that diverges keeps its records and says so', async () => {
    const record = await runOver(workbench, await start('diverge'));
    expect(record).toMatchObject({ status: 'diverged', error: 'the loss is infinite; lower it', iterations_done: 2 });
    expect(record.summary.batch_loss).toBeNull();
  });
});

describe('stopping', () => {
  it('a queued run ends it at once', async () => {
    const [first, second] = [await start('obedient'), await start('walk')];
    await until(() => get(first).status === 'running');
    expect(await workbench.handle('runs.stop', { run: second })).toMatchObject({ status: 'stopped', started_at: null });
    await workbench.handle('runs.stop', { run: first });
    await runOver(workbench, first);
    expect(get(second)).toMatchObject({ status: 'stopped', iterations_done: 0 });
  });

  it('a running run keeps what it had, its last records too', async () => {
    const run = await start('obedient');
    await until(() => get(run).iterations_done > 0);
    await workbench.handle('runs.stop', { run });
    const record = await runOver(workbench, run);
    expect(record).toMatchObject({ status: 'stopped', error: null, iterations_done: 4 });
    expect(await workbench.handle('runs.stop', { run })).toEqual(record);
  });

  it('a trainer that does not listen is ended', async () => {
    await reopen({ stop: 200 });
    const run = await start('deaf');
    await until(() => get(run).iterations_done > 0);
    await workbench.handle('runs.stop', { run });
    expect(await runOver(workbench, run)).toMatchObject({ status: 'stopped', iterations_done: 2 });
  });

  it('an unknown run is an error', async () => {
    await expect(workbench.handle('runs.stop', { run: 'nothing' })).rejects.toMatchObject({ kind: 'missing' });
  });
});

describe('pausing', () => {
  it('a waiting run takes it out of the queue, to be resumed from the start', async () => {
    const [first, second] = [await start('obedient'), await start('walk')];
    expect(await workbench.handle('runs.pause', { run: second })).toMatchObject({
      status: 'paused',
      queue_rank: null,
      checkpoint_iteration: null,
    });
    await until(() => get(first).iterations_done > 0);
    await workbench.handle('runs.stop', { run: first });
    await runOver(workbench, first);
    expect(get(second)).toMatchObject({ status: 'paused', started_at: null });
    await workbench.handle('runs.resume', { run: second });
    expect(await runOver(workbench, second)).toMatchObject({ status: 'finished', iterations_done: 10 });
  });

  it('a running run ends its trainer, keeps its checkpoint and gives its place up', async () => {
    const [first, second] = [await start('resumable'), await start('walk')];
    await until(() => get(first).iterations_done > 0);
    await workbench.handle('runs.pause', { run: first });
    const record = await runOver(workbench, first);
    expect(record).toMatchObject({ status: 'paused', error: null, iterations_done: 4, checkpoint_iteration: 3 });
    expect((await runOver(workbench, second)).status).toBe('finished');
    expect(get(first)).toEqual(record);
  });

  it('a paused run that is stopped stays as it is', async () => {
    const run = await start('resumable');
    await until(() => get(run).iterations_done > 0);
    await workbench.handle('runs.pause', { run });
    const record = await runOver(workbench, run);
    expect(await workbench.handle('runs.stop', { run })).toEqual(record);
  });
});

describe('resuming', () => {
  const paused = async (): Promise<string> => {
    const run = await start('resumable');
    await until(() => get(run).iterations_done > 0);
    await workbench.handle('runs.pause', { run });
    await runOver(workbench, run);
    return run;
  };
  const iterationsOf = async (run: string): Promise<number[]> => [
    ...((await workbench.handle('runs.iterations', { run })) as IterationColumns).iteration,
  ];

  it('goes on from the checkpoint: records after it are replaced, what was told is read anew', async () => {
    const run = await paused();
    const before = get(run);
    expect(await iterationsOf(run)).toEqual([0, 1, 2, 3]);
    reported.length = 0;
    expect(await workbench.handle('runs.resume', { run })).toMatchObject({
      status: 'queued',
      finished_at: null,
      queue_rank: expect.any(Number) as number,
    });
    // until it starts, everything is there
    expect(await iterationsOf(run)).toEqual([0, 1, 2, 3]);
    const record = await runOver(workbench, run);
    expect(record).toMatchObject({
      status: 'finished',
      iterations_done: 10,
      checkpoint_iteration: null,
      started_at: before.started_at,
    });
    expect(await iterationsOf(run)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(reported.filter(({ name }) => name === 'run.rewound')).toHaveLength(1);
    const batches = reported.flatMap((event) =>
      event.name === 'run.records' ? [...event.payload.batch.iterations.iteration] : [],
    );
    expect(batches).toEqual([3, 4, 5, 6, 7, 8, 9]);
    expect(changes(run).every(({ iterations_done, status }) => status === 'queued' || iterations_done >= 3)).toBe(true);
    // while it ran it was summed up from its first iteration on
    expect(record.summary).toMatchObject({ probed_iterations: 5 });
    expect(changes(run).at(-2)!.summary.probed_iterations).toBeGreaterThanOrEqual(2);
    expect(existsSync(join(folder.path, 'checkpoints', run))).toBe(false);
  });

  it('waits for its turn, and loses nothing when it is stopped meanwhile', async () => {
    const run = await paused();
    const blocker = await start('obedient');
    await until(() => get(blocker).status === 'running');
    await workbench.handle('runs.resume', { run });
    await workbench.handle('runs.stop', { run });
    expect(get(run)).toMatchObject({ status: 'stopped', iterations_done: 4, checkpoint_iteration: 3 });
    expect(await iterationsOf(run)).toEqual([0, 1, 2, 3]);
  });

  it('survives the end of the workbench', async () => {
    const run = await paused();
    await reopen({});
    await workbench.handle('runs.resume', { run });
    expect((await runOver(workbench, run)).status).toBe('finished');
  });

  it.each([
    ['finished', 'walk', /is finished/],
    ['diverged', 'diverge', /is diverged/],
  ])('a %s run is refused', async (status, name, message) => {
    const run = await start(name);
    expect((await runOver(workbench, run)).status).toBe(status);
    await expect(workbench.handle('runs.resume', { run })).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(message) as string,
    });
  });

  it('a running run is refused', async () => {
    const run = await start('obedient');
    await until(() => get(run).iterations_done > 0);
    await expect(workbench.handle('runs.resume', { run })).rejects.toThrow(/is running; only a paused, stopped/);
  });

  it('a checkpoint that is being written when another one is kept stays', async () => {
    const run = await start('busy writer');
    await runOver(workbench, run);
    expect(get(run)).toMatchObject({ status: 'stopped', checkpoint_iteration: 3 });
    expect(readdirSync(join(folder.path, 'checkpoints', run)).sort()).toEqual(['second.safetensors', 'third.part']);
    await workbench.handle('runs.resume', { run });
    await until(() => get(run).status !== 'queued');
    expect(readdirSync(join(folder.path, 'checkpoints', run))).toEqual(['second.safetensors']);
    await runOver(workbench, run);
  });

  it('without its checkpoint file it is refused, and nothing is lost', async () => {
    const run = await paused();
    rmSync(join(folder.path, 'checkpoints', run), { recursive: true });
    const before = get(run);
    await expect(workbench.handle('runs.resume', { run })).rejects.toThrow(/checkpoint of iteration 3, .*, is gone/);
    expect(get(run)).toEqual(before);
    expect(await iterationsOf(run)).toEqual([0, 1, 2, 3]);
  });

  it('with other data than it began with it is refused', async () => {
    const run = await start('other data');
    await runOver(workbench, run);
    await expect(workbench.handle('runs.resume', { run })).rejects.toThrow(
      /cannot be resumed: data set .* is not the one it began with/,
    );
  });

  it('deleting the run deletes its checkpoint', async () => {
    const run = await paused();
    await workbench.handle('runs.delete', { runs: [run], forGood: true });
    expect(existsSync(join(folder.path, 'checkpoints', run))).toBe(false);
  });
});

describe('the queue', () => {
  const queued = (): string[] =>
    (workbench.handlers['runs.list']({ deleted: false }) as RunRecord[])
      .filter(({ status }) => status === 'queued')
      .sort((a, b) => a.queue_rank! - b.queue_rank!)
      .map(({ run }) => run);

  it('can be re-ordered, and starts runs in that order', async () => {
    const blocker = await start('obedient');
    await until(() => get(blocker).status === 'running');
    const [a, b, c] = [await start('walk'), await start('walk'), await start('walk')];
    expect(queued()).toEqual([a, b, c]);
    await workbench.handle('runs.move', { run: c, before: a });
    expect(queued()).toEqual([c, a, b]);
    await workbench.handle('runs.move', { run: c, before: b });
    expect(queued()).toEqual([a, c, b]);
    await workbench.handle('runs.move', { run: a, before: null });
    expect(queued()).toEqual([c, b, a]);
    await workbench.handle('runs.move', { run: b, before: b });
    // more often than there are numbers between two
    for (let times = 0; times < 70; times++)
      await workbench.handle('runs.move', { run: times % 2 ? b : c, before: times % 2 ? c : b });
    expect(queued()).toEqual([b, c, a]);
    await workbench.handle('runs.stop', { run: blocker });
    for (const run of [a, b, c]) await runOver(workbench, run);
    const begun = [b, c, a].map((run) => Date.parse(get(run).started_at!));
    expect(begun).toEqual([...begun].sort((x, y) => x - y));
    await expect(workbench.handle('runs.move', { run: a, before: null })).rejects.toThrow(
      /does not wait, it is finished/,
    );
  });

  it('runs several at a time, which share the cores, as soon as it is told to', async () => {
    const [first, second, third] = [await start('obedient'), await start('obedient'), await start('obedient')];
    await until(() => get(first).iterations_done > 0);
    expect(get(second).status).toBe('queued');
    expect(await workbench.handle('settings.change', { concurrentRuns: 2 })).toEqual({ concurrentRuns: 2 });
    await until(() => get(second).iterations_done > 0);
    expect(get(third).status).toBe('queued');
    expect(reported.filter(({ name }) => name === 'settings.changed')).toHaveLength(1);
    expect(get(second).environment!.device).toBe(`${Math.max(1, Math.floor(availableParallelism() / 2))} threads`);
    for (const run of [first, second, third]) {
      await until(() => get(run).iterations_done > 0);
      await workbench.handle('runs.stop', { run });
    }
    await runOver(workbench, third);
    await reopen({});
    expect(await workbench.handle('settings.get', {})).toEqual({ concurrentRuns: 2 });
  });

  it.each([[0], [1.5], [65], ['two']])('refuses %j at a time', async (concurrentRuns) => {
    await expect(workbench.handle('settings.change', { concurrentRuns })).rejects.toMatchObject({ kind: 'input' });
  });
});

describe('a trainer that fails', () => {
  it('by crashing: exit code, last words, records kept', async () => {
    const record = await runOver(workbench, await start('crash'));
    expect(record).toMatchObject({ status: 'failed', iterations_done: 2 });
    expect(record.error).toMatch(/ended with exit code 3, before the run was over; the records so far are kept/);
    expect(record.error).toContain('its last words: first line | something native went wrong');
  });

  it('by being killed: the signal, and a guess why', async () => {
    const record = await runOver(workbench, await start('killed'));
    expect(record.error).toMatch(/was ended by SIGKILL, perhaps because memory ran out/);
  });

  it.each([
    ['garbage', /reported something that is no report/],
    ['duplicate', /iterations of 1 came when those up to 1 were there/],
    ['lost file', /never-written\.safetensors has no bytes, the trainer wrote 10/],
  ])('by reporting %s', async (name, message) => {
    const keep = name === 'lost file' ? { keepParameters: 'epochs' } : {};
    const record = await runOver(workbench, await start(name, keep));
    expect(record.status).toBe('failed');
    expect(record.error).toMatch(message);
    // and the queue goes on
    expect((await runOver(workbench, await start('walk'))).status).toBe('finished');
  });

  it('by saying nothing', async () => {
    await reopen({ start: 300 });
    const record = await runOver(workbench, await start('silent'));
    expect(record).toMatchObject({ status: 'failed', environment: null });
    expect(record.error).toMatch(/did not start within 0\.3 s/);
  });

  it('by not going away', async () => {
    await reopen({ exit: 200 });
    const first = await start('lingering');
    expect((await runOver(workbench, first)).status).toBe('finished');
    expect((await runOver(workbench, await start('walk'))).status).toBe('finished');
  });

  it('by not existing', async () => {
    await workbench.close();
    workbench = openTest(folder.path, {
      fork: () => {
        throw new Error('no such program');
      },
    });
    const record = await runOver(workbench, await start('walk'));
    expect(record.error).toBe('the trainer process cannot be started (no such program); run valleywalk doctor');
    expect(await workbench.handle('workbench.info', {})).toMatchObject({
      backends: backendNames.map((name) => ({
        name,
        available: false,
        reason: 'the process that tried it cannot be started (no such program)',
      })),
    });
  });
});

describe('closing', () => {
  it('stops what runs and what waits, and keeps the records', async () => {
    const [first, second] = [await start('obedient'), await start('walk')];
    await until(() => get(first).iterations_done > 0);
    await workbench.close();
    await workbench.close();
    await expect(workbench.handle('runs.list', {})).rejects.toThrow('the workbench is closed');
    workbench = openTest(folder.path);
    expect(get(first)).toMatchObject({ status: 'stopped', iterations_done: 4 });
    expect(get(second)).toMatchObject({ status: 'stopped', started_at: null });
  });
});

describe('changes of a running run', () => {
  it('are told at most about five times a second', async () => {
    let trainers = 0;
    await workbench.close();
    workbench = openTest(folder.path, {
      fork: () => {
        trainers++;
        return fakeTrainer();
      },
    });
    reported = recordEvents(workbench);
    const run = await start('walk');
    await runOver(workbench, run);
    expect(trainers).toBe(1);
    // queued, running, started, first records, finished
    expect(changes(run).length).toBeLessThanOrEqual(6);
  });
});
