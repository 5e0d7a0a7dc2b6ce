/** Rows of runs: what was asked, what became of it. */
import { blankSummary } from '../../../shared/blank-records.ts';
import { checkExperiment } from '../../../shared/experiment.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { Environment, FailedAttempt, RunRecord, RunStatus, RunSummary } from '../../../shared/records.ts';
import type { Checkpoint } from '../../../shared/trainer-messages.ts';
import type { MachineState } from '../../../shared/machines.ts';
import type { Imported } from '../../../shared/trajectory.ts';
import type { Database, Value } from './database.ts';

/** A run as the workbench knows it: its record and who works on it. */
export interface StoredRun {
  record: RunRecord;
  /** The backend that was asked for. */
  backend: string;
  /** Token of the owning workbench; null once the run is over. */
  owner: string | null;
  ownerPid: number | null;
  /** Another process asked for it to be stopped, or paused. */
  stopRequested: 'stop' | 'pause' | null;
  /** Its newest checkpoint. */
  checkpoint: Checkpoint | null;
  /** Threads that it computes with; null until it has started. */
  threads: number | null;
  /** Grows with every change of the row. */
  revision: number;
  /** When the row last changed, ISO 8601, UTC. */
  updatedAt: string;
}

/** A run to be queued. */
export interface NewRun {
  run: string;
  experiment: Experiment;
  iterationsTotal: number;
  parameters: number | null;
  backend: string;
  owner: string;
  /** What is known of the training of a run whose points are imported. */
  imported?: Imported;
  /** The study that it belongs to, its place in the grid and what it is estimated to take. */
  study?: RunOfStudy;
}

/** What a run of a study knows about it. */
export interface RunOfStudy {
  study: string;
  place: readonly number[];
  estimatedSeconds: number;
}

/** What is to be known of a run on another machine to see whether anything of it has changed. */
export interface RunOnMachine extends Pick<StoredRun, 'owner' | 'stopRequested' | 'updatedAt'> {
  run: string;
  study: string | null;
  machine: MachineState;
}

/** What of a run can change. */
export interface RunChanges {
  name?: string;
  experiment?: Experiment;
  status?: RunStatus;
  started_at?: string;
  finished_at?: string | null;
  environment?: Environment;
  data_checksum?: string;
  parameters?: number;
  iterations_done?: number;
  progress?: number;
  seconds_left?: number | null;
  error?: string | null;
  failed_attempts?: FailedAttempt[];
  summary?: RunSummary;
  /** What it took to start and to end beside what it computed. */
  start_seconds?: number;
  queue_rank?: number | null;
  checkpoint_iteration?: number | null;
  checkpoint?: Checkpoint | null;
  threads?: number;
  owner?: string | null;
  owner_pid?: number | null;
  stop_requested?: StopRequest;
  tags?: string[];
  notes?: string;
  archived?: 0 | 1;
  /** Where it is on a machine that computes it. */
  machine?: MachineState;
}

/** What another process asked for: nothing, to stop, to pause. */
type StopRequest = 0 | 1 | 2;

const stopRequests = [null, 'stop', 'pause'] as const;

/** The runs of a store. */
export interface Runs {
  insert(run: NewRun): StoredRun;
  /** @throws ValleywalkError kind `missing` */
  get(run: string): StoredRun;
  /** What the newest runs of a backend, for which that was measured, took to start and to end, in seconds, the newest first. */
  starts(backend: string, most: number): number[];
  /** All runs that are not deleted, newest first. */
  list(): StoredRun[];
  /** Runs that are deleted and can still be restored, the last deleted first. */
  deleted(): StoredRun[];
  /** Whether a run has a row, deleted or not. */
  has(run: string): boolean;
  /** Makes a run the one baseline, or none; returns the runs that changed. @throws ValleywalkError kind `missing` */
  pin(run: string | null): StoredRun[];
  /** Deletes a run so that it can be restored. @throws ValleywalkError kind `missing` */
  putAside(run: string): void;
  /** Takes a deletion back. @throws ValleywalkError kind `missing` when it was not deleted, or long ago */
  restore(run: string): StoredRun;
  /** Marks a deleted run as gone permanently: nobody sees it any more, and its rows and files are to be removed. */
  forget: (run: string) => void;
  /** Marks the runs deleted before a moment (ISO 8601, UTC) as gone permanently. */
  forgetBefore(moment: string): void;
  /** Runs that are gone permanently and not removed yet, with their internal keys. */
  forgotten(): { run: string; key: number }[];
  /** The runs of a study that are not deleted, oldest first. */
  ofStudy(study: string): StoredRun[];
  /** The runs that wait or compute on another machine, oldest first: no more of each than every look at all of them needs. */
  onMachines(): RunOnMachine[];
  /** Tells the runs of a study, by their revisions, that its name has changed; returns them. */
  studyRenamed(study: string): StoredRun[];
  /** Changes columns of one run. @throws ValleywalkError kind `missing` */
  change(run: string, changes: RunChanges): StoredRun;
  /** Removes the row of a run and, by cascade, what is left of its records. */
  remove(run: string): void;
  /** A rank after those of all queued runs. */
  lastRank(): number;
  /** Internal number of a run, by which its records are kept. @throws ValleywalkError kind `missing` */
  key(run: string): number;
}

/** A stored experiment; settings that came after it was stored have their defaults. */
function readExperiment(text: string): Experiment {
  const value: unknown = JSON.parse(text);
  const check = checkExperiment(value);
  return check.ok ? check.experiment : (value as Experiment);
}

interface Row extends Omit<
  RunRecord,
  | 'sequence'
  | 'experiment'
  | 'imported'
  | 'environment'
  | 'failed_attempts'
  | 'summary'
  | 'tags'
  | 'archived'
  | 'baseline'
  | 'place'
  | 'machine'
> {
  key: number;
  /** JSON. */
  place: string | null;
  /** JSON. */
  machine: string | null;
  experiment: string;
  /** JSON. */
  imported: string | null;
  environment: string | null;
  /** JSON. */
  failed_attempts: string;
  summary: string;
  backend: string;
  owner: string | null;
  owner_pid: number | null;
  checkpoint: string | null;
  threads: number | null;
  stop_requested: StopRequest;
  /** JSON. */
  tags: string;
  archived: number;
  baseline: number;
  updated_at: string;
  revision: number;
}

/** Every column of a run, and the name of its study. */
const whole = 'SELECT *, (SELECT name FROM studies WHERE studies.study = runs.study) AS study_name FROM runs';

/** A run never starts before it was made and never ends before it started, though the clock may have been set back meanwhile. */
const ordered: Readonly<Record<string, string>> = {
  started_at: 'max(?, created_at)',
  finished_at: 'max(?, coalesce(started_at, created_at))',
};

/** Prepares the statements on runs. */
export function prepareRuns(database: Database): Runs {
  const insert = database.prepare(
    `INSERT INTO runs (run, name, status, experiment, seed, created_at, iterations_total, parameters, summary, backend,
       owner, owner_pid, updated_at, queue_rank, kind, imported, study, place, estimated_seconds)
     VALUES (?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const lastRank = database.prepare<{ rank: number }>(
    "SELECT coalesce(max(queue_rank), 0) + 1 AS rank FROM runs WHERE status = 'queued'",
  );
  const get = database.prepare<Row>(`${whole} WHERE run = ? AND deleted_at IS NULL`);
  const starts = database.prepare<{ start_seconds: number }>(
    'SELECT start_seconds FROM runs WHERE backend = ? AND start_seconds IS NOT NULL ORDER BY key DESC LIMIT ?',
  );
  const list = database.prepare<Row>(`${whole} WHERE deleted_at IS NULL ORDER BY key DESC`);
  const deleted = database.prepare<Row>(
    `${whole} WHERE deleted_at IS NOT NULL AND removed = 0 ORDER BY deleted_at DESC`,
  );
  const key = database.prepare<{ key: number }>('SELECT key FROM runs WHERE run = ? AND deleted_at IS NULL');
  const has = database.prepare<{ removed: number }>('SELECT removed FROM runs WHERE run = ?');
  const baseline = database.prepare<{ run: string }>('SELECT run FROM runs WHERE baseline = 1');
  // a deleted run is no baseline any more
  const aside = database.prepare(
    'UPDATE runs SET deleted_at = ?, baseline = 0, revision = revision + 1 WHERE run = ? AND deleted_at IS NULL',
  );
  const back = database.prepare(
    'UPDATE runs SET deleted_at = NULL, revision = revision + 1 WHERE run = ? AND deleted_at IS NOT NULL AND removed = 0',
  );
  const forget = database.prepare('UPDATE runs SET removed = 1 WHERE run = ? AND deleted_at IS NOT NULL');
  const before = database.prepare<{ run: string }>('SELECT run FROM runs WHERE deleted_at < ? AND removed = 0 LIMIT 1');
  const forgetBefore = database.prepare('UPDATE runs SET removed = 1 WHERE deleted_at < ? AND removed = 0');
  const forgotten = database.prepare<{ run: string; key: number }>(
    'SELECT run, key FROM runs WHERE removed = 1 ORDER BY key',
  );
  const ofStudy = database.prepare<Row>(`${whole} WHERE study = ? AND deleted_at IS NULL ORDER BY key`);
  const onMachines = database.prepare<
    Pick<Row, 'run' | 'study' | 'owner' | 'stop_requested' | 'updated_at'> & { machine: string }
  >(
    `SELECT run, study, machine, owner, stop_requested, updated_at FROM runs WHERE machine IS NOT NULL AND status IN ('queued', 'running') AND deleted_at IS NULL ORDER BY key`,
  );
  const revise = database.prepare('UPDATE runs SET revision = revision + 1 WHERE study = ?');
  const remove = database.prepare('DELETE FROM runs WHERE run = ?');
  const updates = new Map<string, ReturnType<Database['prepare']>>();

  const find = (run: string): StoredRun => {
    const row = get.get(run);
    if (!row) throw missing(run);
    return toStored(row);
  };
  const change = (run: string, changes: RunChanges & { baseline?: 0 | 1 }): StoredRun => {
    const columns = Object.keys(changes).filter((column) => changes[column as keyof typeof changes] !== undefined);
    const sql = `UPDATE runs SET ${columns.map((column) => `${column} = ${ordered[column] ?? '?'}, `).join('')}updated_at = ?, revision = revision + 1 WHERE run = ? AND deleted_at IS NULL`;
    const statement = updates.get(sql) ?? database.prepare(sql);
    updates.set(sql, statement);
    const values = columns.map((column): Value => {
      const value = changes[column as keyof typeof changes]!;
      return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
    });
    if (statement.run(...values, new Date().toISOString(), run) === 0) throw missing(run);
    return find(run);
  };
  return {
    insert(run) {
      const now = new Date().toISOString();
      insert.run(
        run.run,
        run.experiment.name,
        JSON.stringify(run.experiment),
        run.experiment.seed,
        now,
        run.iterationsTotal,
        run.parameters,
        JSON.stringify(blankSummary()),
        run.backend,
        run.owner,
        process.pid,
        now,
        lastRank.get()!.rank,
        run.imported ? 'imported' : 'trained',
        run.imported ? JSON.stringify(run.imported) : null,
        run.study?.study ?? null,
        run.study ? JSON.stringify(run.study.place) : null,
        run.study?.estimatedSeconds ?? null,
      );
      return find(run.run);
    },
    lastRank: () => lastRank.get()!.rank,
    get: find,
    starts: (backend, most) => starts.all(backend, most).map(({ start_seconds }) => start_seconds),
    list: () => list.all().map(toStored),
    ofStudy: (study) => ofStudy.all(study).map(toStored),
    onMachines: () =>
      onMachines.all().map(({ run, study, machine, owner, stop_requested, updated_at }) => ({
        ...{ run, study, owner, updatedAt: updated_at },
        machine: JSON.parse(machine) as MachineState,
        stopRequested: stopRequests[stop_requested],
      })),
    studyRenamed(study) {
      revise.run(study);
      return ofStudy.all(study).map(toStored);
    },
    deleted: () => deleted.all().map(toStored),
    has: (run) => has.get(run) !== undefined,
    pin(run) {
      const old = baseline.get()?.run;
      if (old === (run ?? undefined)) return [];
      return [
        ...(old === undefined ? [] : [change(old, { baseline: 0 })]),
        ...(run === null ? [] : [change(run, { baseline: 1 })]),
      ];
    },
    putAside(run) {
      if (aside.run(new Date().toISOString(), run) === 0) throw missing(run);
    },
    restore(run) {
      if (back.run(run) === 0)
        throw has.get(run)?.removed === 0
          ? new ValleywalkError('missing', `run ${run} is not deleted`)
          : new ValleywalkError('missing', `run ${run} is gone for good; it cannot be restored any more`);
      return find(run);
    },
    forget: (run) => void forget.run(run),
    // most looks find nothing, and need no write lock for it
    forgetBefore: (moment) => void (before.get(moment) && forgetBefore.run(moment)),
    forgotten: () => forgotten.all(),
    change,
    remove: (run) => void remove.run(run),
    key(run) {
      const row = key.get(run);
      if (!row) throw missing(run);
      return row.key;
    },
  };
}

/** The error for a run that is not there. */
function missing(run: string): ValleywalkError {
  return new ValleywalkError(
    'missing',
    `there is no run ${run}; it may have been deleted, valleywalk list shows what there is`,
  );
}

function toStored(row: Row): StoredRun {
  return {
    record: {
      run: row.run,
      name: row.name,
      kind: row.kind,
      status: row.status,
      experiment: readExperiment(row.experiment),
      imported: row.imported === null ? null : (JSON.parse(row.imported) as Imported),
      seed: row.seed,
      sequence: row.key,
      created_at: row.created_at,
      started_at: row.started_at,
      finished_at: row.finished_at,
      environment: row.environment === null ? null : (JSON.parse(row.environment) as Environment),
      data_checksum: row.data_checksum,
      parameters: row.parameters,
      iterations_done: row.iterations_done,
      iterations_total: row.iterations_total,
      progress: row.progress,
      seconds_left: row.seconds_left,
      queue_rank: row.queue_rank,
      checkpoint_iteration: row.checkpoint_iteration,
      error: row.error,
      failed_attempts: JSON.parse(row.failed_attempts) as FailedAttempt[],
      summary: blankSummary(JSON.parse(row.summary) as RunSummary),
      tags: JSON.parse(row.tags) as string[],
      notes: row.notes,
      archived: row.archived === 1,
      baseline: row.baseline === 1,
      study: row.study,
      study_name: row.study_name,
      // a run that outlived its study has no place any more
      place: row.study === null || row.place === null ? null : (JSON.parse(row.place) as number[]),
      ...(row.machine === null ? {} : { machine: JSON.parse(row.machine) as MachineState }),
    },
    backend: row.backend,
    owner: row.owner,
    ownerPid: row.owner_pid,
    stopRequested: stopRequests[row.stop_requested],
    checkpoint: row.checkpoint === null ? null : (JSON.parse(row.checkpoint) as Checkpoint),
    threads: row.threads,
    revision: row.revision,
    updatedAt: row.updated_at,
  };
}
