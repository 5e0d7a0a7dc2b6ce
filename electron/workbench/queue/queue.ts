/** The run queue: one run after the other, each in a trainer process of its own. */
import { parameterCount } from '../../../shared/cost.ts';
import type { Dataset } from '../../../shared/datasets.ts';
import { totalIterations } from '../../../shared/experiment.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import type { Publish } from '../../../shared/protocol.ts';
import { ValleywalkError } from '../../../shared/protocol.ts';
import { isOver } from '../../../shared/records.ts';
import type { RunRecord } from '../../../shared/records.ts';
import type { ParameterFile, TrainerCommand } from '../../../shared/trainer-messages.ts';
import type { Imported } from '../../../shared/trajectory.ts';
import type { Fork } from '../../processes/child.ts';
import { storeError } from '../store/errors.ts';
import type { RunChanges } from '../store/runs.ts';
import type { Store } from '../store/store.ts';
import { runningSummary } from './running-summary.ts';
import { runTrainer } from './session.ts';
import type { Outcome, Patience, Session, SessionListener } from './session.ts';
import { throttle } from './throttle.ts';

/** What the queue works with. */
export interface QueueOptions {
  store: Store;
  fork: Fork;
  publish: Publish;
  /** Runs at the same time; 1 unless told otherwise, since a run uses every core. */
  concurrency?: number;
  patience?: Partial<Patience>;
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
   * Stops a run: a queued one at once, a running one after its present iteration. One of another process is asked to by
   * way of the store; one that is over stays as it is.
   * @throws ValleywalkError kind `missing`
   */
  stop(run: string): RunRecord;
  /** How many runs of this process are queued or running. */
  active: () => number;
  /** Stops everything and waits until the trainers are gone; the records are kept. */
  close(): Promise<void>;
}

interface Waiting {
  run: string;
  command: Omit<TrainerCommand & { type: 'start' }, 'type'>;
}

/** Least time between two changes of one run that are told, in milliseconds. */
const changeInterval = 200;

/** How long trainers are waited for unless told otherwise. */
export const defaultPatience: Patience = { start: 120_000, stop: 10_000, exit: 5_000 };

/** Makes an empty queue. */
export function createQueue(options: QueueOptions): Queue {
  const { store, fork, publish, concurrency = 1 } = options;
  const patience = { ...defaultPatience, ...options.patience };
  const waiting: Waiting[] = [];
  /** Runs whose trainer is there. */
  const running = new Map<string, Session>();
  /** Runs that are queued or running, from before the first event about them to before the last. */
  const active = new Set<string>();
  let closing = false;
  let idle = (): void => undefined;

  const change = (run: string, changes: RunChanges): RunRecord => {
    const { record } = store.runs.change(run, changes);
    publish('run.changed', record);
    return record;
  };
  const now = (): string => new Date().toISOString();

  function pump(): void {
    while (!closing && running.size < concurrency) {
      const next = waiting.shift();
      if (!next) break;
      launch(next);
    }
    if (running.size === 0) idle();
  }

  function launch({ run, command }: Waiting): void {
    const gone = (): void => {
      running.delete(run);
      pump();
    };
    let key: number;
    try {
      key = store.runs.key(run);
      change(run, { status: 'running', started_at: now() });
      if (command.experiment.keepParameters !== 'none')
        command = { ...command, parametersDirectory: store.parameters.makeFolder(run), given: givenPoints(store, run) };
    } catch (error) {
      // the store is out of order: this run cannot be done, but the next may
      finish(run, { status: 'failed', message: storeError(error, store.file).message, pace: null }, command.backend);
      gone();
      return;
    }

    const summary = runningSummary();
    let backend = command.backend;
    const live: RunChanges = {};
    const flush = throttle(changeInterval, () => {
      try {
        change(run, { ...live, summary: summary.now() });
      } catch (error) {
        session.fail(storeError(error, store.file).message);
      }
    });
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
      }
    };
    const session = runTrainer(fork, { type: 'start', ...command }, patience, {
      report(report) {
        try {
          take(report);
        } catch (error) {
          throw storeError(error, store.file);
        }
      },
      ended(outcome) {
        flush.cancel();
        finish(run, outcome, backend);
      },
      gone,
    });
    running.set(run, session);
  }

  /** Writes down how a run ended; when the store cannot be written any more, at least tells it. */
  function finish(run: string, outcome: Outcome, backend: string): void {
    active.delete(run);
    const changes: RunChanges = {
      status: outcome.status,
      finished_at: now(),
      error: outcome.message,
      seconds_left: null,
      owner: null,
      owner_pid: null,
      stop_requested: 0,
      ...(outcome.status === 'finished' ? { progress: 1 } : {}),
    };
    try {
      const record = store.transaction(() => {
        const done = store.records.reach(store.runs.key(run)).iteration + 1;
        if (outcome.pace) store.paces.set(backend, outcome.pace);
        return store.runs.change(run, { ...changes, iterations_done: done, summary: store.summary(run) }).record;
      });
      publish('run.changed', record);
    } catch (error) {
      const message = storeError(error, store.file).message;
      try {
        const { record } = store.runs.get(run);
        publish('run.changed', { ...record, status: 'failed', finished_at: now(), error: message, seconds_left: null });
      } catch {
        // the row is out of reach too; the run shows as interrupted when the store is opened again
      }
    }
  }

  return {
    start(experiment, dataset, backend) {
      if (closing) throw new ValleywalkError('internal', 'the workbench is closing; start the run again afterwards');
      const { record } = store.create({
        experiment,
        iterationsTotal: totalIterations(experiment),
        parameters: parameterCount(experiment, dataset),
        backend,
      });
      active.add(record.run);
      publish('run.changed', record);
      waiting.push({
        run: record.run,
        command: { experiment, dataset, backend, parametersDirectory: null, given: null },
      });
      // the answer to this request goes out before the run's first event
      setImmediate(pump);
      return record;
    },
    startImported({ experiment, dataset, backend, imported, files, staging }) {
      if (closing) throw new ValleywalkError('internal', 'the workbench is closing; import it again afterwards');
      const parameters = parameterCount(experiment, dataset);
      const iterationsTotal = totalIterations(experiment);
      const { record } = store.adopt({ experiment, iterationsTotal, parameters, backend, imported }, files, staging);
      active.add(record.run);
      publish('run.changed', record);
      waiting.push({
        run: record.run,
        command: { experiment, dataset, backend, parametersDirectory: null, given: null },
      });
      setImmediate(pump);
      return record;
    },
    stop(run) {
      const { record, owner } = store.runs.get(run);
      if (isOver(record.status)) return record;
      if (owner !== store.owner) return change(run, { stop_requested: 1 });
      const session = running.get(run);
      if (session) {
        session.stop();
        return record;
      }
      const place = waiting.findIndex((entry) => entry.run === run);
      if (place >= 0) waiting.splice(place, 1);
      active.delete(run);
      return change(run, { status: 'stopped', finished_at: now(), owner: null, owner_pid: null });
    },
    active: () => active.size,
    async close() {
      closing = true;
      for (const session of running.values()) session.stop();
      for (const { run } of waiting.splice(0)) {
        active.delete(run);
        try {
          change(run, { status: 'stopped', finished_at: now(), owner: null, owner_pid: null });
        } catch {
          // the store cannot be written: the run shows as interrupted when it is opened again
        }
      }
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
