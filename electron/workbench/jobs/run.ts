/** The run queue: runs one after the other, or some at a time, each in a trainer process of its own. */
import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { parameterCount, workAtATime } from '../../../shared/cost.ts';
import type { Dataset } from '../../../shared/datasets.ts';
import { totalIterations } from '../../../shared/experiment.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import type { Publish } from '../../../shared/protocol.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import { isOver, resumableFrom } from '../../../shared/records.ts';
import type { FailedAttempt, RunRecord } from '../../../shared/records.ts';
import type { ParameterFile, RecordBatch, TrainerCommand } from '../../../shared/trainer-messages.ts';
import type { Imported } from '../../../shared/trajectory.ts';
import type { Fork } from '../../processes/child.ts';
import { readSettings } from '../settings.ts';
import { isBusy, storeError } from '../store/errors.ts';
import { pieceMilliseconds } from '../store/removal.ts';
import type { RunChanges, RunOfStudy } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import { summarise, summarised } from '../store/summary.ts';
import { inTurn } from './in-turn.ts';
import { runTrainer } from './session.ts';
import type { Outcome, TrainerTimeouts, Session, SessionListener } from './session.ts';
import { throttle } from './throttle.ts';

/** What the queue works with. */
export interface QueueOptions {
  store: Store;
  fork: Fork;
  publish: Publish;
  timeouts?: Partial<TrainerTimeouts>;
  /** Called when a run has finished, before that is told. */
  finished?: (run: RunRecord) => void;
}

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
export interface Queue {
  /** Queues a checked experiment. */
  start(experiment: Experiment, dataset: Dataset, backend: string): RunRecord;
  /** Queues the walk along an imported trajectory, whose files are taken over from a staging folder. */
  startImported(given: ImportedWalk): RunRecord;
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
  /** As {@link Queue.stop}, for a run that is to go on later. @throws ValleywalkError kind `missing` */
  pause(run: string): RunRecord;
  /**
   * Queues a run again, last, to go on from its newest checkpoint or from the start.
   * @throws ValleywalkError `missing`; `input` when it has nothing left to do or its checkpoint is gone
   */
  resume(run: string, experiment: Experiment, dataset: Dataset): RunRecord;
  /**
   * Ends the trainer of a run that computes here at once, and has the run go on from its newest checkpoint, before those that wait.
   * @throws ValleywalkError as {@link Queue.resume}, and `input` when it does not compute here
   */
  restart(run: string, experiment: Experiment, dataset: Dataset): Promise<RunRecord>;
  /**
   * Puts a waiting run in front of another, or last.
   * @throws ValleywalkError kind `input` when one of them does not wait in this process
   */
  move(run: string, before: string | null): RunRecord;
  /** Starts what may start, after the settings have changed. */
  settle(): void;
  /** How many runs of this process are queued or running. */
  active: () => number;
  /** Stops everything and waits until the trainers are gone; the records are kept. */
  close(): Promise<void>;
}

/** An experiment to be queued. */
interface NewQueuedRun {
  experiment: Experiment;
  dataset: Dataset;
  backend: string;
  /** The study that it belongs to. */
  study?: RunOfStudy;
}

interface Waiting {
  run: string;
  experiment: Experiment;
  dataset: Dataset;
  backend: string;
  /** It has begun before. */
  resumed: boolean;
}

/** Least time between two changes of one run that are told, in milliseconds. */
const changeInterval = 200;

/** Bytes of records that wait at most for a store that another process keeps locked; with more, their run pauses by itself. */
const largestBacklog = 256 * 1024 * 1024;

const lockedTooLong =
  'another process kept the store locked for so long that the run was paused before its records filled the memory; nothing is lost; resume it';

/** Milliseconds after which an end that could not be written is tried again. */
const owedInterval = 2_000;

/** How long trainers are waited for unless told otherwise. */
export const defaultTimeouts: TrainerTimeouts = {
  start: 120_000,
  stop: 10_000,
  exit: 5_000,
  silent: 10_000,
  computing: 60_000,
};

/** Makes an empty queue. */
export function createQueue(options: QueueOptions): Queue {
  const { store, fork, publish } = options;
  const timeouts = { ...defaultTimeouts, ...options.timeouts };
  const waiting: Waiting[] = [];
  /** Runs whose trainer is there. */
  const running = new Map<string, Session>();
  /** Runs that are queued or running, from before the first event about them to before the last. */
  const active = new Set<string>();
  /** What writes the ends that the store could not take (a full disk, most often), by run. */
  const owed = new Map<string, () => void>();
  let owing = false;
  /** What happens once a run's trainer is gone, before others start. */
  const leaving = new Map<string, () => void>();
  let { concurrentRuns } = readSettings(store);
  let closing = false;
  let idle = (): void => undefined;
  /** What the run in front waits for before it can be launched. */
  let preparing: Promise<void> | null = null;

  const change = (run: string, changes: RunChanges): RunRecord => {
    const { record } = store.runs.change(run, changes);
    publish('run.changed', record);
    return record;
  };
  const now = (): string => new Date().toISOString();

  function pump(): void {
    while (!closing && !preparing && running.size < concurrentRuns) {
      const next = waiting.shift();
      if (!next) break;
      const notYet = launch(next);
      if (!notYet) continue;
      // it stays in the queue meanwhile, where it can be stopped
      waiting.unshift(next);
      preparing = notYet
        .catch(() => undefined)
        .then(() => {
          preparing = null;
          pump();
        });
    }
    if (running.size === 0) idle();
  }

  /** Makes a run a running one, set back to where it goes on, and says what its trainer is told. */
  function begin({ run, experiment, dataset, backend, resumed }: Waiting): {
    command: TrainerCommand & { type: 'start' };
    from: number;
  } {
    const { threads, record } = store.runs.get(run);
    const command = {
      type: 'start' as const,
      experiment,
      dataset,
      backend,
      parametersDirectory: experiment.keepParameters === 'none' ? null : store.parameters.makeFolder(run),
      given: givenPoints(store, run),
      checkpointDirectory: store.checkpoints.makeFolder(run),
      // a run that goes on keeps its threads: sums may be rounded otherwise with others
      threads: threads ?? Math.max(1, Math.floor(availableParallelism() / concurrentRuns)),
    };
    const { checkpoint, removeFiles } = store.transaction(() => {
      const rewound = resumed ? store.rewind(run) : { checkpoint: null, removeFiles: () => undefined };
      change(run, {
        status: 'running',
        started_at: record.started_at ?? now(),
        queue_rank: null,
        threads: command.threads,
        ...(resumed ? { iterations_done: rewound.checkpoint?.iteration ?? 0 } : {}),
      });
      return rewound;
    });
    // before what may find the lock taken: begun again, there is nothing left to rewind
    removeFiles();
    store.checkpoints.prune(run, checkpoint);
    // it reads every iteration: not while others wait for the write lock
    const summary = resumed ? store.summary(run) : null;
    if (summary) store.lock.briefly(() => change(run, { summary }));
    if (resumed) publish('run.rewound', { run });
    const elapsedSeconds = store.records.elapsed(store.runs.key(run));
    return { command: { ...command, resumeFrom: checkpoint, elapsedSeconds }, from: checkpoint?.iteration ?? 0 };
  }

  /** Starts the trainer of a run. @returns what must be waited for first, if anything */
  function launch(waited: Waiting): Promise<void> | null {
    const { run } = waited;
    const gone = (): void => {
      running.delete(run);
      leaving.get(run)?.();
      pump();
    };
    let key: number;
    let begun: ReturnType<typeof begin>;
    const summary = summarise();
    try {
      key = store.runs.key(run);
      if (waited.resumed && store.lock.briefly(() => store.rewindPiece(run))) return setTimeout(pieceMilliseconds);
      begun = store.lock.briefly(() => begin(waited));
      if (begun.from > 0)
        summary.add({ iterations: store.records.iterations(key, 0, summarised), epochs: store.records.epochs(key) });
    } catch (error) {
      if (isBusy(error)) return store.lock.free();
      // the store is out of order: this run cannot be done, but the next may
      const message = storeError(error, store.file).message;
      const failed: Outcome = { status: 'failed', message, pace: null };
      inTurn(store.lock)(() => finish(waited, failed, waited.backend));
      gone();
      return null;
    }

    let { backend } = waited;
    const live: RunChanges = { iterations_done: begun.from };
    const turn = inTurn(store.lock);
    /** Why the store could not take what the trainer told. */
    let failure: string | null = null;
    /** Writes something down in its turn; what the store cannot take ends the run. */
    const write = (work: () => void): void =>
      turn(() => {
        if (failure !== null) return;
        try {
          work();
        } catch (error) {
          if (isBusy(error)) throw error;
          failure = storeError(error, store.file).message;
          session.fail(failure);
        }
      });
    let flushing = false;
    const flush = throttle(changeInterval, () => {
      if (flushing) return;
      flushing = true;
      write(() => {
        change(run, { ...live, summary: summary.now() });
        flushing = false;
      });
    });
    /** Bytes of records that wait for the store, and whether they have become too many. */
    let backlog = 0;
    let overfull = false;
    const take: SessionListener['report'] = (report) => {
      switch (report.type) {
        case 'started':
          backend = report.environment.backend;
          change(run, {
            environment: report.environment,
            parameters: report.parameters,
            data_checksum: report.dataChecksum,
          });
          return;
        case 'records':
          store.transaction(() => store.records.append(key, report.batch));
          summary.add(report.batch);
          live.iterations_done = Math.max(
            live.iterations_done ?? 0,
            (report.batch.iterations.iteration.at(-1) ?? -1) + 1,
          );
          publish('run.records', { run, batch: report.batch });
          flush.call();
          return;
        case 'progress':
          live.iterations_done = Math.max(live.iterations_done ?? 0, report.iterationsDone);
          live.progress = report.progress;
          live.seconds_left = report.secondsLeft;
          flush.call();
          return;
        case 'parameters':
          store.parameters.add(run, key, report.file);
          return;
        case 'checkpoint': {
          const { checkpoint } = report;
          store.checkpoints.require(run, checkpoint);
          // the one before is removed only when nothing can take this one's records back
          const { checkpoint: before } = store.runs.get(run);
          const { record } = store.durably(() =>
            store.runs.change(run, {
              ...live,
              summary: summary.now(),
              checkpoint,
              checkpoint_iteration: checkpoint.iteration,
            }),
          );
          if (before && before.file !== checkpoint.file) store.checkpoints.remove(run, before);
          publish('run.changed', record);
        }
      }
    };
    const session = runTrainer(fork, begun.command, timeouts, {
      report(report) {
        const bytes = report.type === 'records' ? bytesOf(report.batch) : 0;
        backlog += bytes;
        if (backlog > largestBacklog && !overfull) {
          overfull = true;
          session.stop('paused');
        }
        write(() => {
          take(report);
          backlog -= bytes;
        });
      },
      silent: (silence) => publish('trainer.silent', { run, analysis: null, ...silence }),
      ended(outcome) {
        flush.cancel();
        turn(() => {
          if (failure !== null)
            finish(waited, { status: 'failed', message: failure, pace: null }, backend, live.progress);
          else if (overfull && outcome.status === 'paused')
            finish(waited, { ...outcome, message: lockedTooLong }, backend, live.progress);
          else finish(waited, outcome, backend, live.progress);
        });
      },
      gone: () => turn(gone),
    });
    running.set(run, session);
    return null;
  }

  /**
   * Writes down how a run ended; when the store cannot be written any more, at least tells it. Where another process holds its lock,
   * it throws (`SQLITE_BUSY`) and is to be called again.
   * @param backend that it computed with
   * @param progress as it was last told, though perhaps not written down
   */
  function finish(waited: Waiting, outcome: Outcome, backend: string, progress?: number): void {
    const { run, experiment, dataset } = waited;
    const resumable = resumableFrom({ status: outcome.status, checkpoint_iteration: 0 }) !== null;
    const changes: RunChanges = {
      status: outcome.status,
      finished_at: now(),
      error: outcome.message,
      seconds_left: null,
      owner: null,
      owner_pid: null,
      queue_rank: null,
      stop_requested: 0,
      ...(outcome.status === 'finished' ? { progress: 1 } : progress === undefined ? {} : { progress }),
      ...(resumable ? {} : { checkpoint: null, checkpoint_iteration: null }),
    };
    let record: RunRecord;
    try {
      // these read every iteration: not while others wait for the write lock
      const done = store.records.reach(store.runs.key(run)).iteration + 1;
      const summary = store.summary(run);
      ({ record } = store.transaction(() => {
        const share = shareOfMachine(store.runs.get(run).threads);
        for (const kind of ['update', 'evaluate'] as const) {
          const pace = outcome.pace?.[kind];
          if (!pace) continue;
          const work = workAtATime(experiment, dataset)[kind];
          store.paces.add(backend, { architecture: experiment.model.architecture, kind, work, pace: pace / share });
        }
        return store.runs.change(run, { ...changes, iterations_done: done, summary });
      }));
    } catch (error) {
      if (isBusy(error)) throw error;
      active.delete(run);
      const message = storeError(error, store.file).message;
      try {
        const known = store.runs.get(run).record;
        if (!owed.has(run))
          publish('run.changed', {
            ...known,
            status: 'failed',
            finished_at: now(),
            error: message,
            seconds_left: null,
          });
      } catch {
        // the row is out of reach too; the run shows as interrupted when the store is opened again
      }
      owed.set(run, () => finish(waited, outcome, backend, progress));
      writeOwedLater();
      return;
    }
    owed.delete(run);
    if (!resumable) store.checkpoints.removeFolder(run);
    // a turn of its own: whatever becomes of what follows the run, it has ended as it is written
    inTurn(store.lock)(() => {
      try {
        if (record.status === 'finished') options.finished?.(record);
      } catch (error) {
        if (isBusy(error)) throw error;
        // the store takes no more work; the run stands, and its study of the valley floor can be started by hand
      }
      active.delete(run);
      publish('run.changed', record);
    });
  }

  /** Tries again in a while to write the ends that the store could not take. */
  function writeOwedLater(): void {
    if (owing || closing) return;
    owing = true;
    void setTimeout(owedInterval, undefined, { ref: false }).then(() => {
      owing = false;
      for (const end of [...owed.values()]) inTurn(store.lock)(end);
    });
  }

  function enqueue(waits: Waiting, first = false): void {
    active.add(waits.run);
    if (first) waiting.unshift(waits);
    else waiting.push(waits);
    // the answer to this request goes out before the run's first event
    setImmediate(pump);
  }

  function requireOpen(): void {
    if (closing) throw new ValleywalkError('internal', 'the workbench is closing; start the run again afterwards');
  }

  /** Place among the runs that wait here. */
  function placeOf(run: string): number {
    const place = waiting.findIndex((entry) => entry.run === run);
    if (place >= 0) return place;
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
    const session = running.get(run);
    if (session) {
      session.stop(as);
      return record;
    }
    const place = waiting.findIndex((entry) => entry.run === run);
    if (place >= 0) waiting.splice(place, 1);
    active.delete(run);
    return leave(run, as);
  }

  /** A waiting run leaves the queue. */
  function leave(run: string, status: 'stopped' | 'paused'): RunRecord {
    return change(run, { status, finished_at: now(), queue_rank: null, owner: null, owner_pid: null });
  }

  function startAll(runs: readonly NewQueuedRun[], write: () => void): RunRecord[] {
    requireOpen();
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
    records.forEach((record, index) => {
      const { experiment, dataset, backend } = runs[index]!;
      active.add(record.run);
      publish('run.changed', record);
      enqueue({ run: record.run, experiment, dataset, backend, resumed: false });
    });
    return records;
  }

  function resume(run: string, experiment: Experiment, dataset: Dataset, first = false): RunRecord {
    requireOpen();
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
    active.add(run);
    publish('run.changed', record);
    enqueue({ run, experiment, dataset, backend, resumed: true }, first);
    return record;
  }

  return {
    start: (experiment, dataset, backend) => startAll([{ experiment, dataset, backend }], () => undefined)[0]!,
    startAll,
    startImported({ experiment, dataset, backend, imported, files, staging }) {
      requireOpen();
      const parameters = parameterCount(experiment, dataset);
      const iterationsTotal = totalIterations(experiment);
      const { record } = store.adopt({ experiment, iterationsTotal, parameters, backend, imported }, files, staging);
      active.add(record.run);
      publish('run.changed', record);
      enqueue({ run: record.run, experiment, dataset, backend, resumed: false });
      return record;
    },
    stop: (run) => stop(run, 'stopped'),
    pause: (run) => stop(run, 'paused'),
    resume,
    restart(run, experiment, dataset) {
      requireOpen();
      const { record, owner } = store.runs.get(run);
      const session = running.get(run);
      const cannot = (why: string): ValleywalkError =>
        new ValleywalkError('input', `run ${run} (${record.name}) cannot be ended and resumed: ${why}`);
      if (isOver(record.status)) throw cannot(`it is ${record.status}`);
      if (owner !== store.owner) throw cannot('another Valleywalk on this store computes it; end it there');
      if (!session) throw cannot('it waits for its turn');
      if (leaving.has(run)) throw cannot('it is being ended already');
      return new Promise((resolve, reject) => {
        leaving.set(run, () => {
          leaving.delete(run);
          try {
            resolve(resume(run, experiment, dataset, true));
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        });
        session.abandon();
      });
    },
    move(run, before) {
      const from = placeOf(run);
      if (before !== null) placeOf(before);
      if (before === run) return store.runs.get(run).record;
      const [entry] = waiting.splice(from, 1) as [Waiting];
      const to = before === null ? waiting.length : placeOf(before);
      waiting.splice(to, 0, entry);
      const rankOf = (neighbour: Waiting | undefined): number | null =>
        neighbour ? store.runs.get(neighbour.run).record.queue_rank : null;
      const low = rankOf(waiting[to - 1]);
      const high = rankOf(waiting[to + 1]);
      const between = high === null ? (low ?? 0) + 1 : low === null ? high - 1 : (low + high) / 2;
      if (between !== low && between !== high) return change(run, { queue_rank: between });
      // no number is left between them
      waiting.forEach((each, index) => change(each.run, { queue_rank: index + 1 }));
      return store.runs.get(run).record;
    },
    settle() {
      ({ concurrentRuns } = readSettings(store));
      pump();
    },
    active: () => active.size,
    async close() {
      closing = true;
      for (const session of running.values()) session.stop();
      const turn = inTurn(store.lock);
      for (const { run } of waiting.splice(0)) {
        active.delete(run);
        turn(() => {
          try {
            leave(run, 'stopped');
          } catch (error) {
            if (isBusy(error)) throw error;
            // the store cannot be written: the run shows as interrupted when it is opened again
          }
        });
      }
      await new Promise<void>((resolve) => turn(resolve));
      if (running.size > 0) await new Promise<void>((resolve) => (idle = resolve));
    },
  };
}

/** The points that an imported run walks along; null for a run that trains. */
function givenPoints({ runs, parameters }: Store, run: string): (TrainerCommand & { type: 'start' })['given'] {
  const { imported } = runs.get(run).record;
  if (imported === null) return null;
  return {
    files: parameters.list(runs.key(run)),
    learningRate: imported.learning_rate,
    knowsBatchSize: imported.batch_size !== null,
  };
}

/** Bytes that the records of a batch take in memory. */
function bytesOf(batch: RecordBatch): number {
  const columns = Object.values(batch).flatMap((table): Float64Array[] => Object.values(table));
  return columns.reduce((sum, column) => sum + column.byteLength, 0);
}

/** What has failed of a run that is about to be resumed. */
function attemptsAfter({ status, finished_at, iterations_done, error, failed_attempts }: RunRecord): FailedAttempt[] {
  if (status !== 'failed' && status !== 'interrupted') return failed_attempts;
  return [...failed_attempts, { status, ended_at: finished_at, iterations_done, error: error ?? status }];
}

/** Share of the machine's threads that a run has, in (0, 1]. */
function shareOfMachine(threads: number | null): number {
  return Math.min(1, (threads ?? availableParallelism()) / availableParallelism());
}
