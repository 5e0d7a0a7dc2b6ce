/**
 * The run store: a folder with an SQLite database, parameter files and lock files of the workbenches that have it open.
 * Several processes may open one store at the same time.
 */
import { join } from 'node:path';
import { ValleywalkError } from '../../../shared/protocol.ts';
import { isOver } from '../../../shared/records.ts';
import type { RunSummary } from '../../../shared/records.ts';
import type { AnalysisRequest } from '../../../shared/analyses/index.ts';
import { prepareAnalyses } from './analyses.ts';
import type { Analyses, StoredAnalysis } from './analyses.ts';
import { openDatabase } from './database.ts';
import type { Database } from './database.ts';
import { prepareDatasets } from './datasets.ts';
import type { AddedDatasets } from './datasets.ts';
import { storeError } from './errors.ts';
import { prepareFigures } from './figures.ts';
import type { Figures } from './figures.ts';
import { newId } from './ids.ts';
import { claim, isAlive, sweep } from './owners.ts';
import { preparePaces } from './paces.ts';
import type { Paces } from './paces.ts';
import { prepareParameterFiles } from './parameters.ts';
import type { ParameterFiles } from './parameters.ts';
import { prepareRecords } from './records.ts';
import type { Records } from './records.ts';
import { prepareRuns } from './runs.ts';
import type { NewRun, Runs, StoredRun } from './runs.ts';
import { prepareSettings } from './settings.ts';
import type { Settings } from './settings.ts';
import { slowLog } from './slow-log.ts';
import { prepareSpeeds } from './speeds.ts';
import type { Speeds } from './speeds.ts';
import { prepareSummary } from './summary.ts';

/** An open store. */
export interface Store {
  /** Its folder. */
  readonly folder: string;
  /** The database file, for messages. */
  readonly file: string;
  /** This process's claim, the `owner` of its runs. */
  readonly owner: string;
  readonly runs: Runs;
  readonly records: Records;
  readonly parameters: ParameterFiles;
  readonly datasets: AddedDatasets;
  readonly figures: Figures;
  readonly paces: Paces;
  readonly settings: Settings;
  readonly speeds: Speeds;
  readonly analyses: Analyses;
  /** Runs `work` in one write transaction. */
  transaction<T>(work: () => T): T;
  /** Queues a run of this process under a fresh id. */
  create(run: Omit<NewRun, 'run' | 'owner'>): StoredRun;
  /** Queues an analysis of a run, given by its internal key, under a fresh id. */
  createAnalysis(runKey: number, request: AnalysisRequest): StoredAnalysis;
  /** Exact summary of a run from its rows. @throws ValleywalkError kind `missing` */
  summary(run: string): RunSummary;
  /**
   * Deletes runs that are over, with their records and then their files; all of them or none.
   * @throws ValleywalkError `missing` for an unknown run, `input` for one that is queued or running.
   */
  delete(runs: readonly string[]): void;
  /** Marks runs as interrupted whose owner's process is gone, and returns them as they are now. */
  interruptOrphans(): StoredRun[];
  /** A number that changes when another process has written. */
  dataVersion(): number;
  close(): void;
}

/**
 * Opens a store, making it where there is none; runs left behind by a process that is gone become `interrupted`.
 * @throws ValleywalkError kind `store`, naming the file and what to do
 */
export function openStore(folder: string): Store {
  const database = openDatabase(folder, slowLog(join(folder, 'debug.log')));
  try {
    return build(database, folder);
  } catch (error) {
    database.close();
    throw storeError(error, database.file);
  }
}

function build(database: Database, folder: string): Store {
  const owners = join(folder, 'owners');
  const runs = prepareRuns(database);
  const records = prepareRecords(database);
  const analyses = prepareAnalyses(database);
  const parameters = prepareParameterFiles(database, join(folder, 'parameters'));
  const summarise = prepareSummary(database);
  const summary = (run: string): RunSummary => summarise(runs.key(run));

  const interruptOrphans = (own: string): StoredRun[] => {
    analyses.interruptOrphans((owner) => isAlive(owners, owner), own);
    return runs
      .list()
      .filter(({ record, owner }) => !isOver(record.status) && owner !== own)
      .filter(({ owner }) => owner === null || !isAlive(owners, owner))
      .map(({ record, ownerPid, updatedAt }) => {
        // the row's own count is only brought up to date now and then
        const done = records.reach(runs.key(record.run)).iteration + 1;
        return runs.change(record.run, {
          status: 'interrupted',
          finished_at: updatedAt,
          seconds_left: null,
          error: interruption(record.status === 'queued', done, ownerPid),
          iterations_done: done,
          summary: summary(record.run),
          owner: null,
          owner_pid: null,
        });
      });
  };

  // in one write transaction, so that no process takes another's fresh lock file for a dead one
  const owner = database.transaction(() => {
    const own = claim(owners);
    interruptOrphans(own.token);
    sweep(owners);
    return own;
  });
  const known = new Set(runs.list().map(({ record }) => record.run));
  parameters.sweep((run) => known.has(run) || exists(runs, run));

  return {
    folder,
    file: database.file,
    owner: owner.token,
    runs,
    records,
    parameters,
    datasets: prepareDatasets(database),
    figures: prepareFigures(database),
    paces: preparePaces(database),
    settings: prepareSettings(database),
    speeds: prepareSpeeds(database),
    analyses,
    transaction: database.transaction,
    create: (run) =>
      database.transaction(() => {
        let id = newId();
        while (exists(runs, id)) id = newId();
        return runs.insert({ ...run, run: id, owner: owner.token });
      }),
    createAnalysis: (runKey, request) =>
      database.transaction(() => analyses.insert({ analysis: newId(), runKey, request, owner: owner.token })),
    summary,
    delete(names) {
      const unique = [...new Set(names)];
      database.transaction(() => {
        for (const run of unique) {
          const { record } = runs.get(run);
          if (!isOver(record.status))
            throw new ValleywalkError('input', `run ${run} (${record.name}) is ${record.status}; stop it first`);
          runs.remove(run);
        }
      });
      for (const run of unique) parameters.removeFolder(run);
    },
    interruptOrphans: () => database.transaction(() => interruptOrphans(owner.token)),
    dataVersion: database.dataVersion,
    close() {
      try {
        database.close();
      } finally {
        owner.release();
      }
    },
  };
}

function exists(runs: Runs, run: string): boolean {
  try {
    runs.key(run);
    return true;
  } catch {
    return false;
  }
}

function interruption(queued: boolean, iterations: number, pid: number | null): string {
  const who = pid === null ? 'the program that owned it' : `the program that owned it (process ${pid})`;
  return queued
    ? `${who} ended before the run began; start it again`
    : `${who} ended during the run; the records of ${iterations} iterations are kept; start it again for the rest`;
}
