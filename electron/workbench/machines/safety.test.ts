/** A study on another machine when processes end in between, or several look: nothing is lost, nothing is taken or begun twice. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { RunRecord } from '../../../shared/records.ts';
import type { StudyRecord } from '../../../shared/study-record.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { openTest, recordEvents } from '../testing/open.ts';
import type { Workbench } from '../workbench.ts';
import { studyPaths } from './files.ts';
import { writePiece } from './pieces.ts';
import type { PieceReport } from './pieces.ts';
import { fakeSlurm } from './testing.ts';
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
const open = (): Workbench => openTest(join(folder.path, 'store'), { watchInterval: 60_000, program: 'vw' });
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
const piece = (record: RunRecord, reports: PieceReport[], number = 1): Promise<boolean> =>
  writePiece(pathsOf(record).piece(number), { run: record.run, piece: number, node: 'node1', attempt: 1 }, reports);

beforeEach(() => {
  folder = temporaryFolder();
  slurm = fakeSlurm(join(folder.path, 'slurm'));
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
