/** A study on another machine when processes end in between, or several look: nothing is lost, nothing is taken or begun twice. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seconds } from '../../../build/machine.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { RunRecord } from '../../../shared/records.ts';
import type { StudyRecord } from '../../../shared/study-record.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { openTest, recordEvents, until } from '../testing/open.ts';
import type { Workbench } from '../workbench.ts';
import { copyWhole, readTail, sha256Of, studyPaths } from './files.ts';
import { writePiece } from './pieces.ts';
import type { PieceReport } from './pieces.ts';
import { fakeSlurm, timePasses } from './testing.ts';
import type { FakeSlurm } from './testing.ts';

let folder: TemporaryFolder;
let workbench: Workbench;
let slurm: FakeSlurm;
const path = process.env['PATH'];
const walks = {
  name: 'walks',
  experiment: { model: { hidden: [8] }, data: { train: 200, validation: 50 }, length: { epochs: 2 } },
  seeds: 3,
};
const open = (watchInterval = 60_000): Workbench =>
  openTest(join(folder.path, 'store'), { watchInterval, program: 'vw' });
const ask = async <T>(name: string, parameters: object, of = workbench): Promise<T> =>
  (await of.handle(name, parameters)) as T;
const start = (of = workbench, shared = join(folder.path, 'shared')): Promise<StudyRecord> =>
  ask('studies.start', { study: walks, on: { machine: 'slurm', options: { folder: shared } } }, of);
const runs = async (of = workbench): Promise<RunRecord[]> => (await ask<RunRecord[]>('runs.list', {}, of)).toReversed();
const collect = (of = workbench): Promise<{ troubles: string[] }> => ask('studies.collect', {}, of);
const messageOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'it went well',
    (error: unknown) => (error instanceof ValleywalkError ? error.message : String(error)),
  );
const pathsOf = ({ run, machine }: RunRecord) => studyPaths(machine!.folder).run(run);
const finished: PieceReport = {
  ...{ type: 'ended', status: 'finished', message: null },
  pace: { update: null, evaluate: null },
};
/** Writes a piece as a task does. */
const piece = (
  { run, machine }: RunRecord,
  reports: PieceReport[],
  number = 1,
  previous: string | null = null,
): Promise<string | null> =>
  writePiece(
    studyPaths(machine!.folder).run(run).piece(number),
    { run, piece: number, node: 'node1', attempt: 1, previous },
    reports,
  );

/** Has every run end as failed, by a piece. */
async function fail(of: Workbench): Promise<void> {
  for (const record of await runs(of))
    await piece(record, [{ ...finished, status: 'failed', message: 'it failed' } as PieceReport]);
  await collect(of);
  for (const record of await runs(of)) rmSync(pathsOf(record).piece(1));
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

describe('the end of a run', () => {
  it('is written with the piece that tells it: no state between them is ever to be seen', async () => {
    await start();
    for (const record of await runs()) await piece(record, [finished]);
    const events = recordEvents(workbench);
    expect(await collect()).toEqual({ troubles: [] });
    const seen = events.flatMap(({ name, payload }) => (name === 'run.changed' ? [payload] : []));
    expect(seen.map(({ status, machine }) => [machine?.taken, status])).toEqual(seen.map(() => [1, 'finished']));
    expect(seen).toHaveLength(3);
  });

  it('is not lost where the workbench closes while it is being taken', async () => {
    await start();
    for (const record of await runs()) await piece(record, [finished]);
    const looking = collect();
    for (let tick = 0; tick < 30; tick++) await new Promise((resolve) => setImmediate(resolve));
    await workbench.close();
    await looking.catch(() => undefined);
    workbench = open();
    for (const { status, machine } of await runs()) expect(status === 'finished').toBe(machine!.taken === 1);
    await collect();
    expect((await runs()).map(({ status }) => status)).toEqual(['finished', 'finished', 'finished']);
  });
});

describe('a submission', () => {
  const noAnswer = 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation';
  const jobs = async (of = workbench) => (await runs(of)).map(({ machine }) => machine!.job);

  it('whose answer was lost is asked about before it is given up', async () => {
    slurm.answerIsLost(noAnswer);
    await start();
    expect(await jobs()).toEqual(['101_0', '101_1', '102_0']);
    expect(slurm.scripts()).toHaveLength(2);
  });

  it('of which nobody can say yet whether Slurm has it is found again', async () => {
    slurm.answerIsLost(noAnswer);
    slurm.fails('squeue', 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)');
    expect(await messageOf(start())).toContain('controller does not answer');
    expect((await collect()).troubles).toEqual([expect.stringContaining('controller does not answer')]);
    // the second array was never tried
    expect((await runs()).map(({ status }) => status)).toEqual(['queued', 'queued', 'failed']);
    await workbench.close();
    slurm.fails('squeue', null);
    workbench = open();
    expect(await collect()).toEqual({ troubles: [] });
    expect(await jobs()).toEqual(['101_0', '101_1', null]);
    expect(slurm.scripts()).toHaveLength(1);
  });

  it('that another workbench is making is left to it, and an earlier job is not taken for it', async () => {
    const { study } = await start();
    for (const record of await runs()) {
      const own = { attempt: 1, node: 'node1', pid: 1, job: record.machine!.job, submission: '0001' };
      writeFileSync(pathsOf(record).attempt, JSON.stringify(own));
    }
    await ask('studies.stop', { study });
    await fail(workbench);
    slurm.holds(true);
    const resuming = ask('studies.resume', { study });
    const other = open();
    try {
      await until(() => slurm.scripts().length === 3);
      await collect(other);
      expect((await runs(other)).map(({ status, machine }) => [status, machine!.job])).toEqual(
        [0, 1, 2].map(() => ['queued', null]),
      );
      // and asking the other one for the same submits nothing twice
      await ask('studies.resume', { study }, other).catch(() => undefined);
      slurm.holds(false);
      await resuming;
      expect(await jobs(other)).toEqual(['103_0', '103_1', '104_0']);
    } finally {
      slurm.holds(false);
      await resuming.catch(() => undefined);
      await other.close();
    }
    expect(slurm.scripts()).toHaveLength(4);
  });

  it('asked for twice at once is made once', async () => {
    const { study } = await start();
    await fail(workbench);
    await Promise.allSettled([ask('studies.resume', { study }), ask('studies.resume', { study })]);
    expect(await jobs()).toEqual(['103_0', '103_1', '104_0']);
    expect(slurm.scripts()).toHaveLength(4);
  });

  it('has a number, and a name, that no other has', async () => {
    const { study } = await start();
    const { submission } = studyPaths((await runs())[0]!.machine!.folder);
    writeFileSync(submission('0004'), 'of another store');
    await fail(workbench);
    await ask('studies.resume', { study });
    expect(readFileSync(submission('0004'), 'utf8')).toBe('of another store');
    const names = slurm.scripts().map((text) => /job-name=\S+-(\d{4})$/m.exec(text)?.[1]);
    expect(names).toEqual(['0001', '0002', '0005', '0006']);
  });

  it('that is stopped meanwhile ends: what Slurm has is cancelled, the rest is not given to it', async () => {
    slurm.holds(true);
    const starting = start();
    await until(() => slurm.scripts().length === 1);
    const [{ study }] = await ask<[StudyRecord]>('studies.list', {});
    await ask('studies.stop', { study });
    slurm.holds(false);
    await starting;
    expect(slurm.cancelled().trim()).toBe('101_0 101_1');
    expect((await runs()).map(({ status }) => status)).toEqual(['queued', 'queued', 'stopped']);
    expect(slurm.scripts()).toHaveLength(1);
  });

  it('that another Valleywalk stops meanwhile is cancelled too, though the one that submits sees the stop first', async () => {
    await workbench.close();
    workbench = open(20);
    const other = open();
    try {
      slurm.holds(true);
      const starting = start();
      await until(() => slurm.scripts().length === 1);
      const [{ study }] = await ask<[StudyRecord]>('studies.list', {}, other);
      await ask('studies.stop', { study }, other);
      // the one that submits looks at the store meanwhile
      await new Promise((resolve) => setTimeout(resolve, 300));
      slurm.holds(false);
      await starting;
      await until(() => slurm.cancelled() !== '');
      expect(slurm.cancelled().trim()).toBe('101_0 101_1');
      expect(slurm.scripts()).toHaveLength(1);
    } finally {
      slurm.holds(false);
      await other.close();
    }
  });
});

describe('who else may write in the shared folder', () => {
  it('cannot have a file written outside of the store', async () => {
    await start();
    const [record] = await runs();
    const bytes = Buffer.from('export PATH=/evil');
    const file = { iteration: 0, file: '../../escaped', sha256: sha256Of(bytes), bytes: bytes.length };
    writeFileSync(join(pathsOf(record!).parameters, file.file), bytes);
    await piece(record!, [{ type: 'parameters', file }, finished]);
    expect((await collect()).troubles).toEqual([expect.stringContaining('holds what no trainer of a run reports')]);
    expect(existsSync(join(folder.path, 'store', 'escaped'))).toBe(false);
  });

  it('holds nothing up with a pipe, and leads nowhere with a link', async () => {
    await start();
    const [first, second, third] = await runs();
    execFileSync('mkfifo', [pathsOf(first!).piece(1)]);
    symlinkSync('/etc/passwd', pathsOf(second!).piece(1));
    await piece(third!, [finished]);
    expect((await collect()).troubles).toEqual(
      [first!, second!].map(
        (record) => `${pathsOf(record).piece(1)} is no file that Valleywalk wrote: it is no regular file; remove it`,
      ),
    );
    expect((await runs()).map(({ status }) => status)).toEqual(['queued', 'queued', 'finished']);
  });

  it('makes nobody read more than was written', async () => {
    const path = join(folder.path, 'large');
    writeFileSync(path, 'abcdef');
    expect(await messageOf(copyWhole(path, join(folder.path, 'copy'), { sha256: '', bytes: 3 }))).toContain(
      'it has 6 bytes, and at most 3 are expected',
    );
    expect(await readTail(path, 4)).toBe('cdef');
    expect(await readTail(join(folder.path, 'none'))).toBeNull();
  });
});

describe('a job that is over before all that it wrote is to be seen', () => {
  const over = (state: string, restarts = 0) =>
    slurm.tells([0, 1].map((task) => ({ job: 101, task, state, node: 'node1', restarts })));
  const after = async (milliseconds: number): Promise<string[]> => {
    const end = timePasses(milliseconds);
    return (await collect().finally(end)).troubles;
  };
  const says = (record: RunRecord, ended: object | null, more: object = {}): void => {
    const own = { attempt: 1, node: 'node1', pid: 1, job: record.machine!.job, submission: '0001' };
    writeFileSync(pathsOf(record).attempt, JSON.stringify({ ...own, ...more }));
    const live = { ...own, at: '', iterations_done: 0, progress: 0, seconds_left: null, ended };
    writeFileSync(pathsOf(record).live, JSON.stringify({ ...live, pieces: 0 }));
  };

  it(
    'is waited for: for minutes where it has come to its end',
    async () => {
      await start();
      const [first] = await runs();
      over('COMPLETED');
      await collect();
      await after(240_000);
      expect((await runs()).slice(0, 2).map(({ status }) => status)).toEqual(['queued', 'queued']);
      await piece(first!, [finished]);
      await after(320_000);
      expect((await runs()).slice(0, 2).map(({ status }) => status)).toEqual(['finished', 'failed']);
    },
    seconds(60),
  );

  it('is over soon where its task has told its end and all that it wrote is here', async () => {
    await start();
    for (const record of (await runs()).slice(0, 2)) says(record, { status: 'stopped', message: null });
    over('COMPLETED');
    await collect();
    expect((await runs()).slice(0, 2).map(({ status }) => status)).toEqual(['stopped', 'stopped']);
  });

  it('does not end as an earlier attempt of it did', async () => {
    await start();
    const [first] = await runs();
    says(first!, { status: 'stopped', message: null }, { attempt: 2 });
    over('OUT_OF_MEMORY', 1);
    await collect();
    expect((await runs())[0]).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('it took more memory than it was given') as string,
    });
  });

  it('ends with the sentence of what cannot be taken, and as stopped where that was wanted', async () => {
    const { study } = await start();
    const [first, second] = await runs();
    for (const record of [first!, second!]) writeFileSync(pathsOf(record).piece(1), 'no piece');
    const told = (record: RunRecord): string => `${pathsOf(record).piece(1)} is no piece of a run`;
    over('COMPLETED');
    expect((await collect()).troubles).toEqual(
      [first!, second!].map((record) => expect.stringContaining(told(record)) as string),
    );
    expect((await runs()).slice(0, 2).map(({ status }) => status)).toEqual(['queued', 'queued']);
    await ask('runs.stop', { run: second!.run });
    await after(80_000);
    const now = await runs();
    expect(now.slice(0, 2).map(({ status, error }) => [status, error!.includes('is no piece of a run')])).toEqual([
      ['failed', true],
      ['stopped', true],
    ]);
    await ask('studies.stop', { study });
  });
});

describe('the shared folder', () => {
  it('is where it was said to be, from wherever a process looks later', async () => {
    const { machine } = await start(workbench, relative(process.cwd(), join(folder.path, 'shared')));
    expect(machine!.options.folder).toBe(join(folder.path, 'shared'));
  });

  it('goes with its study, though all its runs were deleted before; not where runs are kept that are not home', async () => {
    const { study } = await start();
    const { folder: shared } = (await runs())[0]!.machine!;
    await fail(workbench);
    await ask('studies.delete', { study, keepRuns: true });
    expect(existsSync(shared)).toBe(true);
    const other = await start();
    await fail(workbench);
    const own = (await runs()).filter((record) => record.study === other.study);
    await ask('runs.delete', { runs: own.map(({ run }) => run) });
    await ask('studies.delete', { study: other.study });
    await until(() => !existsSync(own[0]!.machine!.folder));
  });

  it('is given no place twice, though a study is extended twice at once', async () => {
    const { study } = await start();
    const extend = () => messageOf(ask('studies.extend', { study, seeds: 1 }));
    expect((await Promise.all([extend(), extend()])).sort()).toEqual([
      'it went well',
      `study ${study} (walks) was changed meanwhile; extend it again`,
    ]);
    expect(await runs()).toHaveLength(4);
  });
});

describe('pieces that were removed from the shared folder', () => {
  it('are not made up for by others of the same number; the run goes on from what is in the store', async () => {
    const { study } = await start();
    const [first] = await runs();
    const paths = pathsOf(first!);
    const progress: PieceReport = { type: 'progress', iterationsDone: 1, progress: 0.1, secondsLeft: null };
    const taken = await piece(first!, [progress]);
    expect(await collect()).toEqual({ troubles: [] });
    rmSync(paths.piece(1));
    await piece(first!, [finished], 2, sha256Of(Buffer.from('another')));
    expect((await collect()).troubles).toEqual([expect.stringContaining('does not go on from piece 1')]);
    slurm.tells([{ job: 101, task: 0, state: 'COMPLETED' }]);
    await collect();
    const end = timePasses(80_000);
    await collect().finally(end);
    expect((await runs())[0]!.error).toContain('does not go on from piece 1');
    rmSync(paths.folder, { recursive: true });
    slurm.tells([]);
    await ask('studies.resume', { study });
    expect(JSON.parse(readFileSync(paths.base, 'utf8'))).toMatchObject({
      pieces: 1,
      previous: taken,
      checkpoint: null,
    });
    expect(existsSync(paths.task)).toBe(true);
    await piece(first!, [finished], 2, taken);
    await collect();
    expect((await runs())[0]).toMatchObject({ status: 'finished', machine: { taken: 2 } });
  });
});
