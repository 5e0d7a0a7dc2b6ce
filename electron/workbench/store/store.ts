/**
 * The run store: a folder with an SQLite database, parameter files and lock files of the workbenches that have it open.
 * Several processes may open one store at the same time.
 */
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { ValleywalkError } from '../../../shared/errors.ts';
import { isOver } from '../../../shared/records.ts';
import type { RunSummary } from '../../../shared/records.ts';
import type { AnalysisRequest } from '../../../shared/analyses/index.ts';
import type { Checkpoint, ParameterFile } from '../../../shared/trainer-messages.ts';
import { prepareAnalyses } from './analyses.ts';
import type { Analyses, StoredAnalysis } from './analyses.ts';
import { databaseName, openDatabase, openReadOnly } from './database.ts';
import type { Database } from './database.ts';
import { prepareDatasets } from './datasets.ts';
import type { AddedDatasets } from './datasets.ts';
import { storeError } from './errors.ts';
import { prepareFigures } from './figures.ts';
import type { Figures } from './figures.ts';
import { newId } from './ids.ts';
import { checkpointFiles } from './checkpoints.ts';
import type { Checkpoints } from './checkpoints.ts';
import { claim, isAlive, nobody, ownersFolder, sweep } from './owners.ts';
import { createDeletions } from './deletions.ts';
import { untilFree } from './locks.ts';
import type { Locking } from './locks.ts';
import { preparePaces } from './paces.ts';
import type { Paces } from './paces.ts';
import { prepareParameterFiles } from './parameters.ts';
import type { ParameterFiles } from './parameters.ts';
import { closeToOthers } from './private.ts';
import { isReadOnly, isRefusal, readOnlySentence } from './read-only.ts';
import { prepareRecords } from './records.ts';
import type { Records } from './records.ts';
import { prepareRuns } from './runs.ts';
import type { NewRun, Runs, StoredRun } from './runs.ts';
import { prepareSettings } from './settings.ts';
import type { Settings } from './settings.ts';
import { slowLog } from './slow-log.ts';
import type { SlowLog } from './slow-log.ts';
import { prepareSpeeds } from './speeds.ts';
import type { Speeds } from './speeds.ts';
import { prepareStudies } from './studies.ts';
import type { Studies } from './studies.ts';
import { summarise, summarised } from './summary.ts';

/** How long a deleted run can be restored, in milliseconds: an hour. */
export const restorableFor = 3_600_000;

/** An open store. */
export interface Store {
  /** Its folder. */
  readonly folder: string;
  /** The database file, for messages. */
  readonly file: string;
  /** It can be looked at only: whatever would change it throws. */
  readonly readOnly: boolean;
  /** This process's claim, the `owner` of its runs. */
  readonly owner: string;
  /** Whether the process that made a claim still runs. */
  ownerLives(token: string): boolean;
  readonly runs: Runs;
  readonly records: Records;
  readonly parameters: ParameterFiles;
  readonly checkpoints: Checkpoints;
  readonly datasets: AddedDatasets;
  readonly figures: Figures;
  readonly paces: Paces;
  readonly settings: Settings;
  readonly speeds: Speeds;
  readonly analyses: Analyses;
  readonly studies: Studies;
  /** The lock that lets one process write at a time. */
  readonly lock: Locking;
  /** Runs `work` in one write transaction. */
  transaction<T>(work: () => T): T;
  /** As `transaction`, and returns only when everything so far is on the disk. */
  durably<T>(work: () => T): T;
  /** Queues a run of this process under a fresh id. */
  create(run: Omit<NewRun, 'run' | 'owner'>): StoredRun;
  /** A path for files that are about to be imported; what is left there is removed when the store is opened again. */
  stagingFolder(): string;
  /** As `create`, taking over the run's parameter files from a staging folder. */
  adopt(run: Omit<NewRun, 'run' | 'owner'>, files: readonly ParameterFile[], staging: string): StoredRun;
  /** Queues an analysis of a run, given by its internal key, under a fresh id. */
  createAnalysis(runKey: number, request: AnalysisRequest): StoredAnalysis;
  /**
   * Sets a run back to its newest checkpoint, or to its start: what was recorded after it is removed. Call it inside a transaction.
   * @returns the checkpoint, and what removes the parameter files that are forgotten, to be called after the transaction
   * @throws ValleywalkError `missing`; `input` when the checkpoint's file is gone
   */
  rewind(run: string): { checkpoint: Checkpoint | null; removeFiles: () => void };
  /**
   * Cuts a piece of what {@link Store.rewind} would remove, in a short transaction of its own, so that none is long.
   * @returns whether there may be more than a piece left
   */
  rewindPiece(run: string): boolean;
  /** Summary of a run from its records. @throws ValleywalkError kind `missing` */
  summary(run: string): RunSummary;
  /**
   * Deletes runs that are over; all of them or none. They, their records and files stay for {@link restorableFor}, in which
   * they can be restored, unless they are deleted permanently: then nobody sees them any more, and {@link Store.finishDeletions} removes
   * what is left of them.
   * @param permanently also takes runs that are deleted already
   * @throws ValleywalkError `missing` for an unknown run, `input` for one that is queued or running.
   */
  delete(runs: readonly string[], permanently?: boolean): void;
  /** Takes deletions back; all of them or none. @throws ValleywalkError `missing` where one cannot be restored any more. */
  restore(runs: readonly string[]): StoredRun[];
  /** Deletes permanently what was deleted longer ago than {@link restorableFor}. */
  sweepDeleted(now?: Date): void;
  /**
   * Removes the rows and files of runs that are deleted permanently, by whichever process, in pieces between which others get in.
   * @throws SqliteError; what is left then is removed by the next call
   */
  finishDeletions(): Promise<void>;
  /** Marks runs as interrupted whose owner's process is gone, and returns them as they are now. */
  interruptOrphans(): StoredRun[];
  /** A number that changes when another process has written. */
  dataVersion(): number;
  close(): void;
}

/**
 * Opens a store, making it where there is none; runs left behind by a process that is gone become `interrupted`.
 * @param tell is told what a person should know: that others could read the store, what is waited for
 * @throws ValleywalkError kind `store`, naming the file and what to do
 */
export function openStore(folder: string, tell: (message: string) => void = () => undefined): Store {
  const slow = slowLog(join(folder, 'debug.log'));
  const database = open(folder, slow, tell);
  database.lock.onWaiting((message, seconds) => {
    if (message === null) slow.write('waited for another process that wrote to the store', seconds * 1000);
  });
  try {
    return build(database, folder, tell);
  } catch (error) {
    database.close();
    throw storeError(error, database.file);
  }
}

function open(folder: string, slow: SlowLog, tell: (message: string) => void): Database {
  const file = join(folder, databaseName);
  const toRead = (): Database => {
    const database = untilFree(folder, tell, () => openReadOnly(folder, slow));
    tell(readOnlySentence);
    return database;
  };
  if (isReadOnly(file)) return toRead();
  const isNew = !existsSync(file);
  if (closeToOthers(folder) && !isNew)
    tell(`${folder} could be read by other users of this machine; from now on only you can`);
  try {
    return untilFree(folder, tell, () => openDatabase(folder, slow));
  } catch (error) {
    // not every file system says beforehand what it refuses
    if (isNew || !isRefusal(error)) throw error;
    return toRead();
  }
}

/** Where a run without a checkpoint goes on. */
const start = { iteration: 0, epoch: -1, kept: -1 };

function build(database: Database, folder: string, tell: (message: string) => void): Store {
  const owners = ownersFolder(folder);
  const runs = prepareRuns(database);
  const records = prepareRecords(database);
  const analyses = prepareAnalyses(database);
  const parameters = prepareParameterFiles(database, join(folder, 'parameters'));
  const checkpoints = checkpointFiles(join(folder, 'checkpoints'));
  const summary = (run: string): RunSummary => {
    const sums = summarise();
    const key = runs.key(run);
    try {
      sums.add({ iterations: records.iterations(key, 0, summarised), epochs: records.epochs(key) });
    } catch (error) {
      // records that are damaged must not keep the others, or the store, from being opened: what was summed up while it ran stays
      if (error instanceof ValleywalkError) return runs.get(run).record.summary;
      throw error;
    }
    return sums.now();
  };

  const interruptOrphans = (own: string): StoredRun[] => {
    if (database.readOnly) return [];
    const orphaned = ({ record, owner }: StoredRun): boolean =>
      // what another machine computes goes on without any process here
      record.machine === undefined &&
      !isOver(record.status) &&
      owner !== own &&
      (owner === null || !isAlive(owners, owner));
    database.transaction(() => analyses.interruptOrphans((owner) => isAlive(owners, owner), own));
    return runs
      .list()
      .filter(orphaned)
      .flatMap(({ record: { run } }) => {
        // what takes long in a long run is read before the write lock is taken; its owner is gone, so that it stays as it is
        const key = runs.key(run);
        const now = { done: records.reach(key).iteration + 1, summary: summary(run) };
        return database.transaction(() => {
          const stored = runs.get(run);
          // in a write transaction no process is about to take its claim
          if (!orphaned(stored)) return [];
          const { record, ownerPid, updatedAt } = stored;
          const left = runs.change(run, {
            status: 'interrupted',
            finished_at: updatedAt,
            seconds_left: null,
            queue_rank: null,
            error: interruption(record.status === 'queued', now.done, ownerPid),
            // the row's own count is only brought up to date now and then
            iterations_done: now.done,
            summary: now.summary,
            owner: null,
            owner_pid: null,
          });
          return [left];
        });
      });
  };

  // in one write transaction, so that no process takes another's fresh lock file for a dead one
  const owner = database.readOnly
    ? nobody
    : untilFree(folder, tell, () =>
        database.transaction(() => {
          const own = claim(owners);
          sweep(owners);
          return own;
        }),
      );
  untilFree(folder, tell, () => interruptOrphans(owner.token));
  const deletions = createDeletions({
    runs,
    removal: records.removal,
    folders: [parameters, checkpoints],
    write: database.lock.patiently,
  });
  let imports = 0;
  const beingImported = (name: string): boolean => {
    const token = /^import-([0-9a-f]+)-\d+$/.exec(name)?.[1];
    return token !== undefined && isAlive(owners, token);
  };
  if (!database.readOnly) {
    parameters.sweep((name) => runs.has(name) || beingImported(name));
    checkpoints.sweep((name) => runs.has(name));
  }

  const create: Store['create'] = (run) =>
    database.transaction(() => {
      let id = newId();
      while (runs.has(id)) id = newId();
      return runs.insert({ ...run, run: id, owner: owner.token });
    });

  return {
    folder,
    file: database.file,
    readOnly: database.readOnly,
    owner: owner.token,
    ownerLives: (token) => token === owner.token || isAlive(owners, token),
    runs,
    records,
    parameters,
    checkpoints,
    datasets: prepareDatasets(database),
    figures: prepareFigures(database),
    paces: preparePaces(database),
    settings: prepareSettings(database),
    speeds: prepareSpeeds(database),
    analyses,
    studies: prepareStudies(database),
    lock: database.lock,
    transaction: database.transaction,
    durably: database.durably,
    rewindPiece(run) {
      const { checkpoint } = runs.get(run);
      if (checkpoint) checkpoints.require(run, checkpoint);
      const { iteration, epoch } = checkpoint ?? start;
      const key = runs.key(run);
      return database.transaction(() => {
        const more = records.removal.cut(key, iteration, epoch);
        // with its records, so that a run whose workbench ends between two pieces tells what there is
        if (more) runs.change(run, { iterations_done: records.reach(key).iteration + 1 });
        return more;
      });
    },
    rewind(run) {
      const { checkpoint, record } = runs.get(run);
      if (checkpoint) checkpoints.require(run, checkpoint);
      const { iteration, epoch, kept } = checkpoint ?? start;
      const key = runs.key(run);
      records.rewind(key, iteration, epoch);
      // the points of an imported run were there before it
      const removeFiles = record.kind === 'imported' ? () => undefined : parameters.rewind(run, key, kept);
      return { checkpoint, removeFiles };
    },
    create,
    stagingFolder: () => parameters.folder(`import-${owner.token}-${++imports}`),
    adopt: (run, files, staging) =>
      database.transaction(() => {
        const created = create(run);
        const { run: id } = created.record;
        renameSync(staging, parameters.folder(id));
        const key = runs.key(id);
        for (const file of files) parameters.add(id, key, file);
        return created;
      }),
    createAnalysis: (runKey, request) =>
      database.transaction(() => analyses.insert({ analysis: newId(), runKey, request, owner: owner.token })),
    summary,
    delete(names, permanently = false) {
      const unique = [...new Set(names)];
      database.transaction(() => {
        const aside = new Set(permanently ? runs.deleted().map(({ record }) => record.run) : []);
        for (const run of unique) {
          if (aside.has(run)) continue;
          const { record } = runs.get(run);
          if (!isOver(record.status))
            throw new ValleywalkError('input', `run ${run} (${record.name}) is ${record.status}; stop it first`);
          runs.putAside(run);
        }
        if (permanently) unique.forEach(runs.forget);
      });
    },
    restore: (names) => database.transaction(() => [...new Set(names)].map((run) => runs.restore(run))),
    sweepDeleted(now = new Date()) {
      const limit = new Date(now.getTime() - restorableFor).toISOString();
      if (database.readOnly) return;
      analyses.sweep(limit);
      runs.forgetBefore(limit);
    },
    finishDeletions: () => (database.readOnly ? Promise.resolve() : deletions.finish()),
    interruptOrphans: () => interruptOrphans(owner.token),
    dataVersion: database.dataVersion,
    close() {
      deletions.close();
      try {
        database.close();
      } finally {
        owner.release();
      }
    },
  };
}

function interruption(queued: boolean, iterations: number, pid: number | null): string {
  const who = pid === null ? 'the program that owned it' : `the program that owned it (process ${pid})`;
  return queued
    ? `${who} ended before the run began; resume it`
    : `${who} ended during the run; the records of ${iterations} iterations are kept; resume it for the rest`;
}
