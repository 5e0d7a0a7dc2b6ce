/** Studies in a workbench: with the scripted trainer for what happens to runs, and with the real one for what they record. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seconds } from '../../../build/machine.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { Parameters } from '../../../shared/protocol.ts';
import {
  comparePlaces,
  resumableRuns,
  studyEstimateSchema,
  studyOutcome,
  studyRecordSchema,
  studyStatusText,
} from '../../../shared/study-record.ts';
import type { ResumedStudy, StudyRecord } from '../../../shared/study-record.ts';
import { epochColumns, fromColumns, isOver, iterationColumns, sliceColumns } from '../../../shared/records.ts';
import type { EpochColumns, IterationColumns, RunRecord, SliceColumns } from '../../../shared/records.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { openTest, realTrainer, recordEvents, until } from '../testing/open.ts';
import type { Workbench } from '../workbench.ts';

let folder: TemporaryFolder;
let workbench: Workbench;
const open = (options = {}): Workbench => openTest(join(folder.path, 'store'), options);
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  await workbench.close();
  folder.remove();
});

const ask = async <T>(name: string, parameters: object, of = workbench): Promise<T> =>
  (await of.handle(name, parameters)) as T;
const get = (study: string): StudyRecord => workbench.handlers['studies.get']({ study }) as StudyRecord;
const runsOf = (study: string): RunRecord[] =>
  (workbench.handlers['runs.list']({ deleted: false }) as RunRecord[])
    .filter((run) => run.study === study)
    .sort((a, b) => comparePlaces(a.place!, b.place!));
const settled = ({ status }: StudyRecord): boolean => status !== 'running' && status !== 'queued';
const start = async (study: object, more: object = {}): Promise<string> =>
  (await ask<StudyRecord>('studies.start', { study, ...more })).study;
const refusalOf = async (name: string, parameters: object): Promise<ValleywalkError> => {
  try {
    await workbench.handle(name, parameters);
  } catch (error) {
    if (error instanceof ValleywalkError) return error;
    throw error;
  }
  throw new Error(`${name} was not refused`);
};

describe('a study', () => {
  // runs of a study are named after what differs: a scripted trainer goes by the name of the only one
  const walks = { name: 'walk' };
  beforeEach(() => {
    workbench = open();
  });

  it('of one run goes to its end and is told about', async () => {
    const reported = recordEvents(workbench);
    const study = await start(walks);
    expect(get(study)).toMatchObject({ name: 'walk', runs: 1, seeds: [1], status: 'queued', progress: 0 });
    await until(() => settled(get(study)));
    const ended = get(study);
    expect(studyRecordSchema.parse(ended)).toMatchObject({ status: 'finished', progress: 1, seconds_left: null });
    expect(ended.counts).toMatchObject({ finished: 1, queued: 0 });
    await until(() => reported.some(({ name, payload }) => name === 'study.changed' && payload.status === 'finished'));
    expect(runsOf(study)).toMatchObject([{ study, place: [0], name: 'walk', status: 'finished' }]);
    expect(await ask('studies.list', {})).toMatchObject([{ study }]);
  });

  it('is refused with every problem by path, and leaves nothing behind', async () => {
    const error = await refusalOf('studies.start', {
      study: { sweep: { 'optimizer.learningRate': [0.1, -1], 'data.train': [6001, 100] } },
    });
    expect(error.kind).toBe('input');
    expect(error.problems.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['sweep.data.train.0', 'sweep.optimizer.learningRate.1']),
    );
    expect((await refusalOf('studies.start', { study: {}, backend: 'abacus' })).problems).toMatchObject([
      { path: 'backend' },
    ]);
    expect(
      (await refusalOf('studies.start', { study: { experiment: { data: { set: 'none' } } } })).problems,
    ).toMatchObject([{ path: 'experiment.data.set' }]);
    expect(await ask('studies.list', {})).toEqual([]);
    expect(await ask('runs.list', {})).toEqual([]);
  });

  it('of very many runs is asked about first, with what it costs; of too many it is refused', async () => {
    const rates = (count: number) => Array.from({ length: count }, (_, index) => (index + 1) / 1000);
    const study = { name: 'many', sweep: { 'optimizer.learningRate': rates(150) }, seeds: 2 };
    const error = await refusalOf('studies.start', { study });
    expect(error.problems).toMatchObject([{ path: 'confirm' }]);
    expect(error.message).toMatch(/300 runs, about .*--yes/);
    expect(await ask('studies.estimate', { study })).toMatchObject({
      runs: 300,
      needs_confirmation: true,
      problems: [],
    });
    const huge = await refusalOf('studies.start', { study: { ...study, seeds: 1000 }, confirm: true });
    expect(huge.problems).toMatchObject([{ path: 'sweep' }]);
    const started = await start(study, { confirm: true });
    expect(get(started).runs).toBe(300);
    await ask('studies.stop', { study: started });
    await until(() => settled(get(started)));
  });

  it('is estimated as a whole, also where it is not valid', async () => {
    const one = await ask<{ seconds: number; disk_bytes: number; iterations: number }>('experiments.estimate', {
      experiment: {},
    });
    const whole = studyEstimateSchema.parse(await ask('studies.estimate', { study: { seeds: 5 } }));
    expect(whole).toMatchObject({ runs: 5, concurrent_runs: 1, iterations: 5 * one.iterations, basis: 'typical' });
    expect(whole.seconds).toBeCloseTo(5 * one.seconds, 6);
    expect(whole.disk_bytes).toBeCloseTo(5 * one.disk_bytes, 0);
    expect(await ask('studies.estimate', { study: { sweep: { 'optimizer.momentum': [2] } } })).toMatchObject({
      runs: 0,
      seconds: null,
      problems: [{ path: 'sweep.optimizer.momentum.0' }],
    });
  });

  it('is renamed, and deleted with its runs or without', async () => {
    const [kept, gone] = [await start(walks), await start(walks)];
    expect(await refusalOf('studies.delete', { study: gone })).toMatchObject({ kind: 'input' });
    await until(() => settled(get(kept)) && settled(get(gone)));
    expect(await ask('studies.rename', { study: kept, name: ' better ' })).toMatchObject({ name: 'better' });
    // its runs are called by it in groups and filters
    for (const run of runsOf(kept)) expect(run.study_name).toBe('better');
    await ask('studies.delete', { study: kept, keepRuns: true });
    await ask('studies.delete', { study: gone });
    expect(await ask('runs.list', {})).toMatchObject([{ study: null, study_name: null, place: null }]);
    for (const name of ['get', 'pause', 'resume', 'stop', 'delete'])
      await expect(workbench.handle(`studies.${name}`, { study: gone })).rejects.toMatchObject({ kind: 'missing' });
  });

  it('of a window that is closed is stopped, and goes on in another', async () => {
    const study = await start({ name: 'obedient', seeds: 1 });
    await until(() => get(study).status === 'running');
    await workbench.close();
    workbench = open();
    expect(get(study)).toMatchObject({ status: 'stopped', counts: { stopped: 1 } });
    expect(await ask('studies.resume', { study })).toMatchObject({ status: 'queued' });
    await until(() => get(study).status === 'running');
    await ask('studies.stop', { study });
    await until(() => settled(get(study)));
  });

  it('is told about by other workbenches on the store too', async () => {
    const other = open();
    try {
      const reported = recordEvents(other);
      const study = await start(walks);
      await until(() => reported.some(({ name }) => name === 'study.changed'));
      await until(() => settled(get(study)));
      await ask('studies.delete', { study });
      await until(() => reported.some(({ name }) => name === 'study.removed'));
    } finally {
      await other.close();
    }
  });
});

describe('a study with failures', () => {
  /** What the seeds do: 1 walks to its end, 2 loses its device after a checkpoint and works again, 3 diverges, 4 always crashes. */
  const study = { name: 'failing', seeds: 4 };
  const ofSeed = (id: string, seed: number): RunRecord => runsOf(id).find((run) => run.seed === seed)!;
  beforeEach(() => {
    workbench = open();
  });
  const failed = async (more: object = {}): Promise<string> => {
    const id = await start({ ...study, ...more });
    await until(() => settled(get(id)));
    return id;
  };

  it('is not finished, and says how many of its runs failed; what diverged has come to its end', async () => {
    const id = await failed();
    const ended = studyRecordSchema.parse(get(id));
    expect(ended).toMatchObject({
      status: 'failed',
      runs: 4,
      deleted: 0,
      counts: { finished: 1, failed: 2, diverged: 1 },
      seconds_left: expect.any(Number) as number,
    });
    // two of four equal runs are over, and 0.4 of one that failed is done
    expect(ended.progress).toBeCloseTo(2.4 / 4, 9);
    expect(studyStatusText(ended)).toBe('finished with failures: 2 of 4 failed, 1 diverged');
    expect(studyOutcome(ended)).toBe('failed');
    expect(resumableRuns(ended)).toEqual({ stopped: 0, failed: 2 });
  });

  it('is resumed: what failed is tried again from its checkpoint or anew, what had failed stays known', async () => {
    const id = await failed();
    const [walked, lost, diverged, crashed] = [1, 2, 3, 4].map((seed) => ofSeed(id, seed));
    expect(await ask('studies.resume', { study: id })).toMatchObject({ status: 'queued', not_resumed: [] });
    await until(() => settled(get(id)));
    expect(get(id)).toMatchObject({ status: 'failed', counts: { finished: 2, failed: 1, diverged: 1 } });
    expect(ofSeed(id, 1)).toEqual(walked);
    expect(ofSeed(id, 3)).toEqual(diverged);
    expect(ofSeed(id, 2)).toMatchObject({
      status: 'finished',
      error: null,
      iterations_done: 10,
      failed_attempts: [
        {
          status: 'failed',
          ended_at: lost!.finished_at,
          iterations_done: 4,
          error: 'the device is lost; start the run again',
        },
      ],
    });
    expect([...(await ask<IterationColumns>('runs.iterations', { run: lost!.run })).iteration]).toHaveLength(10);
    await ask('studies.resume', { study: id });
    await until(() => settled(get(id)));
    const twice = ofSeed(id, 4);
    expect(twice.failed_attempts).toHaveLength(2);
    expect(twice.failed_attempts[0]).toMatchObject({ ended_at: crashed!.finished_at, error: crashed!.error });
  });

  it('says that there is nothing to resume once all has come to its end', async () => {
    const id = await failed({ seeds: [1, 3] });
    expect(get(id)).toMatchObject({ status: 'finished', progress: 1, seconds_left: null });
    expect(studyOutcome(get(id))).toBe('failed');
    const error = await refusalOf('studies.resume', { study: id });
    expect(error).toMatchObject({ kind: 'input' });
    expect(error.message).toMatch(/nothing left to do, it is finished: 1 of 2 diverged/);
  });

  it('goes on with those that can be resumed, and names those that cannot', async () => {
    const id = await failed();
    rmSync(join(folder.path, 'store', 'checkpoints', ofSeed(id, 2).run), { recursive: true });
    const { not_resumed, status } = await ask<ResumedStudy>('studies.resume', { study: id });
    expect(status).toBe('queued');
    expect(not_resumed).toMatchObject([{ path: ofSeed(id, 2).run }]);
    await until(() => settled(get(id)));
    expect(ofSeed(id, 2)).toMatchObject({ status: 'failed', failed_attempts: [] });
    expect(ofSeed(id, 4).failed_attempts).toHaveLength(1);
  });

  it('whose runs were deleted says so', async () => {
    const id = await failed({ seeds: [1, 3] });
    const runs = runsOf(id).map(({ run }) => run);
    await ask('runs.delete', { runs: [runs[0]] });
    expect(get(id)).toMatchObject({ status: 'finished', runs: 1, deleted: 1 });
    expect(studyStatusText(get(id))).toBe('finished: 1 of 1 diverged, 1 of 2 deleted');
    await ask('runs.delete', { runs: [runs[1]] });
    expect(get(id)).toMatchObject({ status: 'empty', runs: 0, deleted: 2, progress: 0 });
    expect((await refusalOf('studies.resume', { study: id })).message).toMatch(/without runs: 2 of 2 deleted/);
    await ask('runs.restore', { runs });
    expect(get(id)).toMatchObject({ status: 'finished', runs: 2, deleted: 0, progress: 1 });
  });

  it('of a workbench that was killed is stopped, goes on in another, and keeps what ended it', async () => {
    const id = await failed();
    const { run } = ofSeed(id, 2);
    await workbench.close();
    const sqlite = new Sqlite(join(folder.path, 'store', 'valleywalk.sqlite'));
    sqlite
      .prepare("UPDATE runs SET status = 'running', error = NULL, owner = ?, owner_pid = 1 WHERE run = ?")
      .run('0'.repeat(24), run);
    sqlite.close();
    workbench = open();
    expect(get(id)).toMatchObject({ status: 'stopped', counts: { interrupted: 1, failed: 1 } });
    expect(studyOutcome(get(id))).toBe('stopped');
    expect(resumableRuns(get(id))).toEqual({ stopped: 1, failed: 1 });
    await ask('studies.resume', { study: id });
    await until(() => settled(get(id)));
    expect(ofSeed(id, 2)).toMatchObject({ status: 'finished', failed_attempts: [{ status: 'interrupted' }] });
  });

  it('whose data set is gone says so once for all, and is as it was', async () => {
    const id = await failed();
    const sqlite = new Sqlite(join(folder.path, 'store', 'valleywalk.sqlite'));
    sqlite.prepare("UPDATE runs SET experiment = json_set(experiment, '$.data.set', 'gone') WHERE study = ?").run(id);
    sqlite.close();
    const before = get(id);
    const error = await refusalOf('studies.resume', { study: id });
    expect(error.message).toMatch(/none of its 2 runs that are left could be resumed; the first: .*data\.set/);
    expect(error.problems.map(({ path }) => path)).toEqual([ofSeed(id, 2).run, ofSeed(id, 4).run]);
    expect(get(id)).toEqual(before);
  });
});

describe('a study with real training', { timeout: seconds(120) }, () => {
  /** Two epochs of six iterations of a small network, three of them probed. */
  const study = {
    name: 'rates',
    experiment: {
      data: { train: 300, validation: 100 },
      model: { hidden: [12] },
      optimizer: { batchSize: 50 },
      length: { epochs: 2 },
      probes: { interpolation: { points: 4, windows: [{ firstIterations: 3 }] } },
    },
    sweep: { 'optimizer.learningRate': [0.1, 0.4] },
    seeds: 2,
  };
  beforeEach(() => {
    workbench = open({ fork: realTrainer });
  });

  /** Everything that the runs of a study recorded, in the order of its grid. */
  async function recordsOf(id: string): Promise<unknown[]> {
    const all = [];
    for (const { run, place, name, status, iterations_done, summary } of runsOf(id))
      all.push({
        ...{ place, name, status, iterations_done, summary },
        iterations: fromColumns(iterationColumns, await ask<IterationColumns>('runs.iterations', { run })),
        slices: fromColumns(sliceColumns, await ask<SliceColumns>('runs.slices', { run })),
        epochs: fromColumns(epochColumns, await ask<EpochColumns>('runs.epochs', { run })),
      });
    return all;
  }

  it('ends with the same records whether it is undisturbed, stopped, paused or closed on the way', async () => {
    const undisturbed = await start(study);
    await until(() => settled(get(undisturbed)), 60_000);
    expect(get(undisturbed)).toMatchObject({ status: 'finished', counts: { finished: 4 } });
    const expected = await recordsOf(undisturbed);
    expect(expected).toHaveLength(4);
    expect(new Set(expected.map((run) => JSON.stringify((run as { iterations: unknown }).iterations))).size).toBe(4);

    const disturbed = await start(study);
    const begun = (count: number) => runsOf(disturbed).filter((run) => run.iterations_done > 0).length >= count;
    await until(() => begun(1), 60_000);
    await ask('studies.pause', { study: disturbed });
    await until(() => settled(get(disturbed)), 60_000);
    const paused = get(disturbed);
    expect(paused.counts.queued).toBe(0);
    expect(paused.counts.paused).toBeGreaterThanOrEqual(2);
    // nothing begins while it is paused
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(get(disturbed)).toEqual(paused);

    await ask('studies.resume', { study: disturbed });
    await until(() => begun(2), 60_000);
    await ask('studies.stop', { study: disturbed });
    await until(() => settled(get(disturbed)), 60_000);
    expect(['stopped', 'finished']).toContain(get(disturbed).status);

    await ask('studies.resume', { study: disturbed });
    await until(() => begun(3), 60_000);
    await workbench.close();
    workbench = open({ fork: realTrainer });
    expect(get(disturbed).status).toBe('stopped');
    await ask('studies.resume', { study: disturbed });
    await until(() => settled(get(disturbed)), 60_000);
    expect(get(disturbed)).toMatchObject({ status: 'finished', counts: { finished: 4 } });
    expect(await recordsOf(disturbed)).toEqual(expected);
  });

  it('is extended by seeds and values: what there is stays, automatic names tell the new ones apart', async () => {
    const single = { ...study, sweep: { 'optimizer.learningRate': [0.1] }, seeds: [1] };
    const id = await start(single);
    await until(() => settled(get(id)), 60_000);
    const [first] = runsOf(id);
    expect(first).toMatchObject({ name: 'rates', status: 'finished' });

    const extension: Omit<Parameters<'studies.extend'>, 'study'> = {
      sweep: { 'optimizer.learningRate': [0.4] },
      seeds: 1,
    };
    const longer = { ...single, sweep: { 'optimizer.learningRate': [0.1, 0.4] }, seeds: [1, 2] };
    expect(await ask('studies.estimate', { study: longer, beyond: id })).toMatchObject({ runs: 3 });
    await ask('settings.change', { concurrentRuns: 3 });
    expect(await ask('studies.extend', { study: id, ...extension })).toMatchObject({ runs: 4, seeds: [1, 2] });
    expect(runsOf(id).map(({ name, place }) => [name, place])).toEqual([
      ['learning rate 0.1 · seed 1', [0, 0]],
      ['learning rate 0.1 · seed 2', [0, 1]],
      ['learning rate 0.4 · seed 1', [1, 0]],
      ['learning rate 0.4 · seed 2', [1, 1]],
    ]);
    await until(() => get(id).counts.running === 3, 60_000);
    await until(() => settled(get(id)), 60_000);
    expect(runsOf(id)[0]).toMatchObject({ run: first!.run, finished_at: first!.finished_at });
    expect(runsOf(id).every(({ status }) => isOver(status) && status === 'finished')).toBe(true);

    const wrong = await refusalOf('studies.extend', {
      study: id,
      sweep: { 'optimizer.learningRate': [2, 0.4] },
      seeds: [2],
    });
    expect(wrong.problems.map(({ path }) => path).sort()).toEqual(['seeds.0', 'sweep.optimizer.learningRate.1']);
    expect((await refusalOf('studies.extend', { study: id, sweep: { 'data.train': [100] } })).problems).toMatchObject([
      { path: 'sweep.data.train', message: expect.stringContaining('is not varied') as string },
    ]);
    expect((await refusalOf('studies.extend', { study: id })).message).toContain('adds nothing');
    expect(get(id).runs).toBe(4);
  });

  it('keeps waiting runs in the order that they were put in', async () => {
    const long = { ...study, experiment: { ...study.experiment, length: { epochs: 500 } } };
    const id = await start(long);
    await until(() => get(id).status === 'running' && runsOf(id).some((run) => run.iterations_done > 0), 60_000);
    const waiting = runsOf(id).filter((run) => run.status === 'queued');
    expect(waiting).toHaveLength(3);
    await ask('runs.move', { run: waiting[2]!.run, before: waiting[0]!.run });
    await ask('runs.stop', { run: runsOf(id).find((run) => run.status === 'running')!.run });
    await until(() => runsOf(id).some((run) => run.run === waiting[2]!.run && run.status === 'running'), 60_000);
    await ask('studies.stop', { study: id });
    await until(() => settled(get(id)), 60_000);
    expect(get(id).counts).toMatchObject({ stopped: 4 });
  });
});
