/** A study on another machine, from its submission to its end: a Slurm that says what the test tells it, tasks that really compute. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seconds } from '../../../build/machine.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { RunRecord } from '../../../shared/records.ts';
import type { StudyRecord } from '../../../shared/study-record.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { openTest, realTrainer, until } from '../testing/open.ts';
import type { Workbench } from '../workbench.ts';
import { startTask } from './task.ts';
import { fakeSlurm } from './testing.ts';
import type { FakeSlurm } from './testing.ts';

let folder: TemporaryFolder;
let workbench: Workbench;
let slurm: FakeSlurm;
const path = process.env['PATH'];
const walks = {
  name: 'walks',
  experiment: {
    model: { hidden: [8] },
    data: { train: 200, validation: 50 },
    length: { epochs: 2 },
    keepParameters: 'epochs',
  },
  seeds: 3,
};
const on = (more: object = {}) => ({ machine: 'slurm', options: { folder: join(folder.path, 'shared'), ...more } });
const open = (store = 'store'): Workbench =>
  openTest(join(folder.path, store), { watchInterval: 60_000, program: 'vw' });
const ask = async <T>(name: string, parameters: object, of = workbench): Promise<T> =>
  (await of.handle(name, parameters)) as T;
const start = (more?: object, study: object = walks): Promise<StudyRecord> =>
  ask('studies.start', { study, on: on({ threads: availableParallelism(), ...more }) });
const runs = async (): Promise<RunRecord[]> => (await ask<RunRecord[]>('runs.list', {})).toReversed();
const collect = (): Promise<{ troubles: string[] }> => ask('studies.collect', {});
const messageOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'it went well',
    (error: unknown) => (error instanceof ValleywalkError ? error.message : String(error)),
  );
/** All that the runs of a store recorded but for times, by their names. */
async function everything(of = workbench): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const { run, name, parameters, summary, data_checksum } of await ask<RunRecord[]>('runs.list', {}, of))
    all[name] = {
      ...{ parameters, summary, data_checksum },
      iterations: await ask('runs.iterations', { run, from: 0 }, of),
      slices: await ask('runs.slices', { run, from: 0 }, of),
      epochs: await ask('runs.epochs', { run }, of),
      curvature: await ask('runs.curvature', { run, from: 0 }, of),
    };
  return all;
}

/** The same of a study of this machine's own queue. */
async function everythingHere(study: object): Promise<Record<string, unknown>> {
  const local = openTest(join(folder.path, 'local'), { fork: realTrainer });
  try {
    await ask('studies.start', { study }, local);
    await until(() => local.activeRuns() === 0, 60_000);
    return await everything(local);
  } finally {
    await local.close();
  }
}

/** Computes a task as a node does. */
function compute(
  study: StudyRecord,
  index: number,
  more: { job?: string; node?: string; version?: string; submission?: string; fork?: typeof realTrainer } = {},
) {
  const { job = `101_${index}`, node = 'node1', version = '0.0.0', submission = '0001', fork = realTrainer } = more;
  return startTask({
    submission: join(folder.path, 'shared', `study-${study.study}`, 'submissions', `${submission}.json`),
    index,
    ...{ job, node, version, fork, tell: () => undefined, again: 50 },
  });
}

beforeEach(() => {
  folder = temporaryFolder();
  slurm = fakeSlurm(join(folder.path, 'slurm'), 3);
  process.env['PATH'] = slurm.path;
  workbench = open();
});
afterEach(async () => {
  process.env['PATH'] = path;
  await workbench.close();
  folder.remove();
});

describe('a study on Slurm', () => {
  it('is one array, cut where the cluster allows no longer one, with what was asked and what the estimate gives', async () => {
    const study = await start({
      partition: 'main',
      minutes: 5,
      memory: 900,
      threads: 2,
      gpus: 1,
      extra: ['--account=lab'],
    });
    expect(study).toMatchObject({ runs: 3, status: 'queued', machine: { machine: 'slurm' } });
    const [first, second] = slurm.scripts();
    const directives = first!.split('\n').filter((line) => line.startsWith('#SBATCH'));
    const logs = join(folder.path, 'shared', `study-${study.study}`, 'logs');
    expect(directives.map((line) => line.slice(8))).toEqual([
      `--job-name=valleywalk-${study.study}-0001`,
      '--array=0-1',
      ...['--partition=main', '--time=5', '--mem=900M', '--nodes=1', '--ntasks=1', '--cpus-per-task=2', '--gpus=1'],
      ...['--requeue', '--signal=B:USR2@75', '--open-mode=append', `--output=${logs}/%A_%a.log`, '--account=lab'],
    ]);
    expect(first).toMatch(/\nexec vw machine-task \S+\/submissions\/0001\.json "\$SLURM_ARRAY_TASK_ID"\n$/);
    expect(second).toContain('--array=0-0\n');
    expect((await runs()).map(({ machine }) => machine?.job)).toEqual(['101_0', '101_1', '102_0']);
    const dry = await ask<{ scripts: string[]; runs: number }>('studies.script', {
      study: walks,
      on: on({ partition: 'main' }),
    });
    expect(dry).toMatchObject({ runs: 3 });
    expect(dry.scripts.map((script) => /--array=\S+/.exec(script)?.[0])).toEqual(['--array=0-1', '--array=0-0']);
    expect(dry.scripts[0]).toContain('--partition=main\n');
    expect(dry.scripts[1]).toContain('/submissions/0002.json');
    expect(slurm.scripts()).toHaveLength(2);
  });

  it(
    'is taken in piece by piece, each once, and has the records of the local queue',
    async () => {
      const study = await start();
      const ends = await Promise.all([
        compute(study, 0).end,
        compute(study, 1).end,
        compute(study, 0, { job: '102_0', submission: '0002' }).end,
      ]);
      expect(ends.map(({ status }) => status)).toEqual(['finished', 'finished', 'finished']);
      // a task that is begun once more finds its run ended
      expect(await compute(study, 0).end).toMatchObject({ status: 'finished', pieces: 0 });
      expect(await Promise.all([collect(), collect()])).toEqual([{ troubles: [] }, { troubles: [] }]);
      await collect();
      const found = await runs();
      expect(found.map(({ status, machine }) => [status, machine?.state])).toEqual(
        found.map(() => ['finished', 'COMPLETED']),
      );
      expect(await ask<StudyRecord>('studies.get', { study: study.study })).toMatchObject({
        status: 'finished',
        progress: 1,
      });
      for (const { run, iterations_total, failed_attempts } of found) {
        const iterations = await ask<{ iteration: Float64Array }>('runs.iterations', { run, from: 0 });
        expect([...iterations.iteration]).toEqual(Array.from({ length: iterations_total }, (_, at) => at));
        expect(failed_attempts).toEqual([]);
        expect(readdirSync(join(folder.path, 'store', 'parameters', run))).toHaveLength(3);
      }
      expect(await everything()).toEqual(await everythingHere(walks));
    },
    seconds(120),
  );

  it(
    'goes on after a stop from its checkpoint on another node, the same to the last bit',
    async () => {
      const long = { ...walks, experiment: { ...walks.experiment, length: { epochs: 60 } }, seeds: 1 };
      const study = await start({}, long);
      const stopped = compute(study, 0);
      const [waits] = await runs();
      const live = join(folder.path, 'shared', `study-${study.study}`, 'runs', waits!.run, 'live.json');
      await until(() => existsSync(live));
      stopped.stop();
      expect(await stopped.end).toMatchObject({ status: 'stopped', pieces: expect.any(Number) as number });
      slurm.tells([{ job: 101, task: 0, state: 'PENDING', reason: 'BeginTime', restarts: 1 }]);
      await collect();
      const [first] = await runs();
      expect(first).toMatchObject({
        status: 'queued',
        machine: { state: 'PENDING', reason: 'BeginTime', restarts: 1 },
      });
      expect(first!.failed_attempts).toMatchObject([
        { status: 'interrupted', error: expect.stringContaining('queued it again') as string },
      ]);
      expect((await compute(study, 0, { node: 'node2' }).end).status).toBe('finished');
      slurm.tells([{ job: 101, task: 0, state: 'COMPLETED', node: 'node2', restarts: 1 }]);
      expect(await collect()).toEqual({ troubles: [] });
      const [run] = await runs();
      expect(run).toMatchObject({ status: 'finished', machine: { node: 'node2' } });
      expect(run!.machine!.taken).toBeGreaterThan(1);
      expect(await everything()).toEqual(await everythingHere(long));
    },
    seconds(60),
  );

  it(
    'of which two attempts compute one run ends once: the older gives way',
    async () => {
      // long enough that the older has not ended before it is stopped
      const long = { ...walks, experiment: { ...walks.experiment, length: { epochs: 60 } }, seeds: 1 };
      const study = await start({}, long);
      const [{ run: id }] = (await runs()) as [RunRecord];
      const live = join(folder.path, 'shared', `study-${study.study}`, 'runs', id, 'live.json');
      let trainer = 0;
      const fork: typeof realTrainer = (more) => {
        const child = realTrainer(more);
        trainer = child.pid!;
        return child;
      };
      const older = compute(study, 0, { fork });
      await until(() => existsSync(live));
      process.kill(trainer, 'SIGSTOP');
      const newer = await compute(study, 0, { node: 'node2' }).end;
      process.kill(trainer, 'SIGCONT');
      expect([newer, await older.end].map(({ status }) => status)).toEqual(['finished', 'replaced']);
      await collect();
      const [run] = await runs();
      expect(run).toMatchObject({ status: 'finished', iterations_done: run!.iterations_total });
    },
    seconds(60),
  );

  it.each([
    [
      'OUT_OF_MEMORY',
      /it took more memory than it was given on node3 .*Slurm: OUT_OF_MEMORY.*--memory.*ends: first \| what it said last/,
    ],
    [
      'TIMEOUT',
      /its time limit was reached on node3 .*resume the study, which goes on from the newest checkpoint.*--minutes/,
    ],
    ['NODE_FAIL', /its node failed on node3/],
  ])(
    'says Slurm’s own word for an end that is none of the run’s: %s',
    async (state, sentence) => {
      const study = await start();
      mkdirSync(join(folder.path, 'shared', `study-${study.study}`, 'logs'), { recursive: true });
      writeFileSync(
        join(folder.path, 'shared', `study-${study.study}`, 'logs', '101_0.log'),
        'first\nwhat it said last\n',
      );
      slurm.tells([{ job: 101, task: 0, state, node: 'node3' }]);
      // once: a terminal that collects has no other look
      await collect();
      const [run] = await runs();
      expect(run).toMatchObject({ status: 'failed', machine: { state } });
      expect(run!.error).toMatch(sentence);
      // and resuming gives it to Slurm again, alone
      await ask('studies.resume', { study: study.study });
      expect((await runs())[0]).toMatchObject({
        status: 'queued',
        machine: { job: '103_0' },
        failed_attempts: [{ status: 'failed' }],
      });
      expect(slurm.scripts().at(-1)).toContain('--array=0-0\n');
    },
    seconds(30),
  );

  it(
    'is given to Slurm again with what is asked anew, which stays asked; the rest as it was',
    async () => {
      const study = await start({ minutes: 7, memory: 900, extra: ['--account=lab'] });
      slurm.tells([0, 1].map((task) => ({ job: 101, task, state: 'OUT_OF_MEMORY' })));
      await collect();
      await new Promise((resolve) => setTimeout(resolve, 5_100));
      await collect();
      const changes = { memory: 4_000, program: 'other' };
      await ask('runs.resume', { run: (await runs())[1]!.run, changes: { minutes: 8 } });
      expect(slurm.scripts().at(-1)).toContain('--time=8\n#SBATCH --mem=900M\n');
      await ask('studies.resume', { study: study.study, changes });
      const again = slurm.scripts().at(-1)!;
      expect(again).toContain('--time=8\n#SBATCH --mem=4000M\n');
      expect(again).toMatch(/#SBATCH --account=lab\n[^]*\nexec other machine-task/);
      await ask('studies.extend', { study: study.study, seeds: [4], sweep: {}, changes: { memory: 5_000 } });
      expect(slurm.scripts().at(-1)).toContain('--time=8\n#SBATCH --mem=5000M\n');
      const { machine } = await ask<StudyRecord>('studies.get', { study: study.study });
      expect(machine?.options).toMatchObject({ minutes: 8, memory: 5_000, program: 'other', extra: ['--account=lab'] });
      expect(await messageOf(ask('studies.resume', { study: study.study, changes: { threads: 2 } }))).toMatch(
        /threads/,
      );
    },
    seconds(30),
  );

  it('is what changes can be asked for, and nothing that computes here', async () => {
    const here = await ask<StudyRecord>('studies.start', { study: { ...walks, seeds: 1 } });
    await ask('studies.stop', { study: here.study });
    const changes = { memory: 4_000 };
    const told = /computes on this machine, of which nothing can be asked \(memory\)/;
    expect(await messageOf(ask('studies.resume', { study: here.study, changes }))).toMatch(told);
    expect(await messageOf(ask('studies.extend', { study: here.study, seeds: [4], sweep: {}, changes }))).toMatch(told);
    expect(await messageOf(ask('runs.resume', { run: (await runs())[0]!.run, changes }))).toMatch(told);
  });

  it(
    'is stopped by scancel, and goes on without the workbench, which finds it again',
    async () => {
      const study = await start();
      await workbench.close();
      workbench = open();
      expect(await ask<StudyRecord>('studies.get', { study: study.study })).toMatchObject({ status: 'queued' });
      await ask('studies.stop', { study: study.study });
      expect(slurm.cancelled().trim().split(/\s+/).sort()).toEqual(['101_0', '101_1', '102_0']);
      slurm.tells([
        ...[0, 1].map((task) => ({ job: 101, task, state: 'CANCELLED' })),
        { job: 102, task: 0, state: 'CANCELLED' },
      ]);
      await collect();
      await new Promise((resolve) => setTimeout(resolve, 5_100));
      await collect();
      expect((await runs()).map(({ status, error }) => [status, error])).toEqual(
        [0, 1, 2].map(() => ['stopped', null]),
      );
    },
    seconds(30),
  );
});

describe('a fault is one sentence', () => {
  it('a second array that Slurm does not take: what was given goes on, and how the rest follows is told', async () => {
    slurm.takes(1);
    const told = await messageOf(start());
    const [study] = (await ask<StudyRecord[]>('studies.list', {})) as [StudyRecord];
    expect(told).toBe(
      `the study could not be submitted: Slurm says "Job violates QOS policy (job submit limit)"; 2 of 3 runs were given to Slurm before and go on, the rest is submitted with: valleywalk studies resume ${study.study}`,
    );
    expect((await runs()).map(({ status }) => status)).toEqual(['queued', 'queued', 'failed']);
    slurm.takes(2);
    await ask('studies.resume', { study: study.study });
    expect((await runs()).map(({ machine }) => machine?.job)).toEqual(['101_0', '101_1', '102_0']);
  });

  it.each([
    [
      'sbatch',
      'sbatch: error: invalid partition specified: nope\n',
      'Slurm has no such partition; it has main, urgent',
    ],
    [
      'sbatch',
      'sbatch: error: Munge encode failed: Failed to access "/run/munge/munge.socket.2"',
      'munge, by which Slurm knows who asks, does not answer',
    ],
    ['sbatch', 'sbatch: error: Unable to contact slurm controller (connect failure)', 'controller does not answer'],
    [
      'sbatch',
      'sbatch: error: Memory specification can not be satisfied',
      'Slurm says "Memory specification can not be satisfied"',
    ],
  ])('%s says %j', async (command, said, told) => {
    slurm.fails(command, said);
    expect(await messageOf(start({ partition: 'nope' }))).toContain(told);
    expect(await ask('studies.list', {})).toEqual([]);
  });

  it('no Slurm on this machine; a shared folder that cannot be one, or is another study’s', async () => {
    process.env['PATH'] = '/nowhere';
    expect(await messageOf(start())).toContain('there is no sbatch on this machine');
    process.env['PATH'] = slurm.path;
    writeFileSync(join(folder.path, 'file'), '');
    expect(await messageOf(start({ folder: join(folder.path, 'file') }))).toMatch(/cannot be submitted: .*file/);
  });

  it('Slurm that does not answer is a trouble of those who look, and changes nothing', async () => {
    await start();
    slurm.fails('squeue', 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)');
    const { troubles } = await collect();
    expect(troubles).toEqual([expect.stringContaining('jobs that it has go on meanwhile')]);
    expect((await runs()).map(({ status }) => status)).toEqual(['queued', 'queued', 'queued']);
    slurm.fails('squeue', null);
    expect(await collect()).toEqual({ troubles: [] });
  });

  it('another version on the node, and a run that the folder does not have', async () => {
    const study = await start();
    expect(await compute(study, 0, { version: '9.9.9' }).end).toMatchObject({
      status: 'failed',
      message: expect.stringContaining(
        'node node1 has Valleywalk 9.9.9, and the study was submitted with 0.0.0',
      ) as string,
    });
    expect(await messageOf(compute(study, 7).end)).toContain('has no run 7');
  });

  it(
    'foreign files in the folder are left alone; a damaged piece is named and not taken',
    async () => {
      const study = await start();
      const [first] = await runs();
      const pieces = join(folder.path, 'shared', `study-${study.study}`, 'runs', first!.run, 'pieces');
      writeFileSync(join(pieces, 'notes.txt'), 'hello');
      writeFileSync(join(pieces, '000001.piece.part-node9-1-1'), 'half');
      expect((await compute(study, 0).end).status).toBe('finished');
      const piece = join(pieces, '000001.piece');
      const whole = readFileSync(piece);
      const damaged = Buffer.from(whole);
      damaged[damaged.length - 5]! ^= 1;
      rmSync(piece);
      writeFileSync(piece, damaged);
      expect((await collect()).troubles).toEqual([expect.stringContaining('its checksum is another')]);
      expect((await runs())[0]).toMatchObject({ iterations_done: 0, machine: { taken: 0 } });
      rmSync(piece);
      writeFileSync(piece, whole);
      expect((await collect()).troubles).toEqual([]);
      expect((await runs())[0]).toMatchObject({ status: 'finished' });
      expect(readFileSync(join(pieces, 'notes.txt'), 'utf8')).toBe('hello');
    },
    seconds(60),
  );
});
