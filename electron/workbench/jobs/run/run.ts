/** Runs as a kind of job: one after the other, or some at a time, each in a trainer process of its own. */
import { parameterCount } from '../../../../shared/cost.ts';
import type { Dataset } from '../../../../shared/datasets.ts';
import { ValleywalkError } from '../../../../shared/errors.ts';
import { totalIterations } from '../../../../shared/experiment.ts';
import type { Experiment } from '../../../../shared/experiment.ts';
import { isOver, resumableFrom } from '../../../../shared/records.ts';
import type { FailedAttempt, RunRecord } from '../../../../shared/records.ts';
import type { ParameterFile } from '../../../../shared/trainer-messages.ts';
import type { Imported } from '../../../../shared/trajectory.ts';
import { readSettings } from '../../settings.ts';
import type { RunChanges, RunOfStudy } from '../../store/runs.ts';
import type { JobContext, JobService } from '../context.ts';
import type { JobKind } from '../kind.ts';
import { createJobQueue } from '../queue.ts';
import { runTrainer } from '../session.ts';
import type { RunReport } from '../session.ts';
import { beginRun, prepareRun } from './begin.ts';
import type { RunJob, RunState } from './begin.ts';
import { finishRun, tellUnwritten } from './finish.ts';
import { bytesOf, takeReport } from './reports.ts';

/** A trajectory that was checked, its files copied. */
interface ImportedWalk {
  experiment: Experiment;
  dataset: Dataset;
  backend: string;
  imported: Imported;
  files: readonly ParameterFile[];
  /** Folder inside the store that holds the copies. */
  staging: string;
}

/** Runs of this process. */
export interface RunQueue extends JobService {
  /** Queues a checked experiment. */
  start(experiment: Experiment, dataset: Dataset, backend: string): RunRecord;
  /** Queues the walk along an imported trajectory, whose files are taken over from a staging folder. */
  startImported(walk: ImportedWalk): RunRecord;
  /**
   * Queues checked experiments in order, all of them or none.
   * @param write what else is written in the same transaction, before the runs
   */
  startAll(runs: readonly NewQueuedRun[], write: () => void): RunRecord[];
  /**
   * Stops a run: a queued one at once, a running one after its present iteration. One of another process is asked to by
   * way of the store; one that is over stays as it is.
   * @throws ValleywalkError kind `missing`
   */
  stop(run: string): RunRecord;
  /** As {@link RunQueue.stop}, for a run that is to go on later. @throws ValleywalkError kind `missing` */
  pause(run: string): RunRecord;
  /**
   * Queues a run again, last, to go on from its newest checkpoint or from the start.
   * @throws ValleywalkError `missing`; `input` when it has nothing left to do or its checkpoint is gone
   */
  resume(run: string, experiment: Experiment, dataset: Dataset): RunRecord;
  /**
   * Ends the trainer of a run that computes here at once, and has the run go on from its newest checkpoint, before those that wait.
   * @throws ValleywalkError as {@link RunQueue.resume}, and `input` when it does not compute here
   */
  restart(run: string, experiment: Experiment, dataset: Dataset): Promise<RunRecord>;
  /**
   * Puts a waiting run in front of another, or last.
   * @throws ValleywalkError kind `input` when one of them does not wait in this process
   */
  move(run: string, before: string | null): RunRecord;
}

/** An experiment to be queued. */
interface NewQueuedRun {
  experiment: Experiment;
  dataset: Dataset;
  backend: string;
  /** The study that it belongs to. */
  study?: RunOfStudy;
}

const lockedTooLong =
  'another process kept the store locked for so long that the run was paused before its records filled the memory; nothing is lost; resume it';

/** Opens the runs of a workbench, of which none waits. */
export function openRuns(context: JobContext): RunQueue {
  const { store, fork, publish, timeouts } = context;
  let { concurrentRuns } = readSettings(store);
  const change = (run: string, changes: RunChanges): RunRecord => {
    const { record } = store.runs.change(run, changes);
    publish('run.changed', record);
    return record;
  };
  /** A waiting run leaves the queue. */
  const leave = (run: string, status: 'stopped' | 'paused'): RunRecord =>
    change(run, {
      status,
      finished_at: new Date().toISOString(),
      queue_rank: null,
      owner: null,
      owner_pid: null,
    });

  const kind: JobKind<RunJob, RunState, RunReport> = {
    slots: () => concurrentRuns,
    prepare: (job) => prepareRun(store, job),
    launch(job) {
      const { command, state } = beginRun(context, job, concurrentRuns);
      return { state, start: (listener) => runTrainer(fork, command, timeouts, listener) };
    },
    report: ({ id }, state, report) => takeReport(context, id, state, report),
    persist: ({ id }, { live, summary }) => void change(id, { ...live, summary: summary.now() }),
    silent: ({ id }, silence) => publish('trainer.silent', { run: id, analysis: null, ...silence }),
    backlog: { bytes: bytesOf, message: lockedTooLong },
    ended: (job, state, outcome) => finishRun(context, job, state, outcome),
    unwritten: ({ id }, message) => tellUnwritten(context, id, message),
    left: ({ id }) => void leave(id, 'stopped'),
  };
  const queue = createJobQueue(store, kind);

  /** A run that waits here. */
  function waitingOf(run: string): RunJob {
    const job = queue.waiting.find(({ id }) => id === run);
    if (job) return job;
    const { record } = store.runs.get(run);
    throw new ValleywalkError(
      'input',
      record.status === 'queued'
        ? `run ${run} (${record.name}) waits in another Valleywalk on this store; move it there`
        : `run ${run} (${record.name}) does not wait, it is ${record.status}; only waiting runs can be moved`,
    );
  }

  function stop(run: string, as: 'stopped' | 'paused'): RunRecord {
    const { record, owner } = store.runs.get(run);
    if (isOver(record.status)) return record;
    if (owner !== store.owner) return change(run, { stop_requested: as === 'paused' ? 2 : 1 });
    return queue.stop(run, as) ? record : leave(run, as);
  }

  /** Has a run that is in the store wait for its turn. */
  function add(record: RunRecord, job: Omit<RunJob, 'id'>, first = false): RunRecord {
    const { experiment, dataset, backend, resumed } = job;
    const waits = { id: record.run, experiment, dataset, backend, resumed };
    queue.add(waits, () => publish('run.changed', record), first);
    return record;
  }

  function startAll(runs: readonly NewQueuedRun[], write: () => void): RunRecord[] {
    queue.requireOpen('the run');
    const records = store.transaction(() => {
      write();
      return runs.map(
        ({ experiment, dataset, backend, study }) =>
          store.create({
            experiment,
            iterationsTotal: totalIterations(experiment),
            parameters: parameterCount(experiment, dataset),
            backend,
            ...(study ? { study } : {}),
          }).record,
      );
    });
    return records.map((record, index) => add(record, { ...runs[index]!, resumed: false }));
  }

  function resume(run: string, experiment: Experiment, dataset: Dataset, first = false): RunRecord {
    queue.requireOpen('the run');
    const { backend } = store.runs.get(run);
    const { record } = store.transaction(() => {
      // asked for inside the transaction: two processes may resume it at the same time
      const { record: before, checkpoint } = store.runs.get(run);
      if (resumableFrom(before) === null)
        throw new ValleywalkError(
          'input',
          `run ${run} (${before.name}) is ${before.status}; only a paused, stopped, failed or interrupted run can be resumed`,
        );
      if (checkpoint) store.checkpoints.require(run, checkpoint);
      return store.runs.change(run, {
        status: 'queued',
        queue_rank: store.runs.lastRank(),
        finished_at: null,
        error: null,
        failed_attempts: attemptsAfter(before),
        stop_requested: 0,
        owner: store.owner,
        owner_pid: process.pid,
      });
    });
    return add(record, { experiment, dataset, backend, resumed: true }, first);
  }

  return {
    start: (experiment, dataset, backend) => startAll([{ experiment, dataset, backend }], () => undefined)[0]!,
    startAll,
    startImported({ experiment, dataset, backend, imported, files, staging }) {
      queue.requireOpen('the run');
      const parameters = parameterCount(experiment, dataset);
      const iterationsTotal = totalIterations(experiment);
      const { record } = store.adopt({ experiment, iterationsTotal, parameters, backend, imported }, files, staging);
      return add(record, { experiment, dataset, backend, resumed: false });
    },
    stop: (run) => stop(run, 'stopped'),
    pause: (run) => stop(run, 'paused'),
    resume,
    restart(run, experiment, dataset) {
      queue.requireOpen('the run');
      const { record, owner } = store.runs.get(run);
      const cannot = (why: string): ValleywalkError =>
        new ValleywalkError('input', `run ${run} (${record.name}) cannot be ended and resumed: ${why}`);
      if (isOver(record.status)) throw cannot(`it is ${record.status}`);
      if (owner !== store.owner) throw cannot('another Valleywalk on this store computes it; end it there');
      return new Promise((resolve, reject) => {
        const refused = queue.abandon(run, () => {
          try {
            resolve(resume(run, experiment, dataset, true));
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        });
        if (refused !== null) reject(cannot(refused));
      });
    },
    move(run, before) {
      const job = waitingOf(run);
      const next = before === null ? null : waitingOf(before);
      if (before === run) return store.runs.get(run).record;
      queue.move(job, next);
      const place = queue.waiting.indexOf(job);
      const rankOf = (neighbour: RunJob | undefined): number | null =>
        neighbour ? store.runs.get(neighbour.id).record.queue_rank : null;
      const low = rankOf(queue.waiting[place - 1]);
      const high = rankOf(queue.waiting[place + 1]);
      const between = high === null ? (low ?? 0) + 1 : low === null ? high - 1 : (low + high) / 2;
      if (between !== low && between !== high) return change(run, { queue_rank: between });
      // no number is left between them
      queue.waiting.forEach((each, index) => change(each.id, { queue_rank: index + 1 }));
      return store.runs.get(run).record;
    },
    settle() {
      ({ concurrentRuns } = readSettings(store));
      queue.settle();
    },
    active: queue.active,
    close: queue.close,
  };
}

/** What has failed of a run that is about to be resumed. */
function attemptsAfter({ status, finished_at, iterations_done, error, failed_attempts }: RunRecord): FailedAttempt[] {
  if (status !== 'failed' && status !== 'interrupted') return failed_attempts;
  return [...failed_attempts, { status, ended_at: finished_at, iterations_done, error: error ?? status }];
}
