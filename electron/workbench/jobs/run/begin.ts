/** How a run begins, or goes on from its newest checkpoint. */
import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import type { Dataset } from '../../../../shared/datasets.ts';
import type { Experiment } from '../../../../shared/experiment.ts';
import type { TrainerCommand } from '../../../../shared/trainer-messages.ts';
import type { RunTimes } from '../../experiments/starts.ts';
import { pieceMilliseconds } from '../../store/removal.ts';
import type { RunChanges } from '../../store/runs.ts';
import type { Store } from '../../store/store.ts';
import { summarise, summarised } from '../../store/summary.ts';
import type { JobContext } from '../context.ts';
import type { Job } from '../kind.ts';

/** A run that waits or computes; `id` is the run's. */
export interface RunJob extends Job {
  experiment: Experiment;
  dataset: Dataset;
  backend: string;
  /** It has begun before. */
  resumed: boolean;
}

/** What is remembered of a run while it computes. */
export interface RunState {
  /** Key of its rows. */
  key: number;
  /** The backend that it computes with. */
  backend: string;
  /** How far it is, perhaps not persisted yet. */
  live: RunChanges;
  summary: ReturnType<typeof summarise>;
  /** When it was begun and what its trainer told so far, by performance.now. */
  times: Omit<RunTimes, 'ended'>;
}

/** The command of a run. */
type Start = TrainerCommand & { type: 'start' };

/** Cuts a piece of the records that a run goes back behind. @returns what to wait for before the next; null when all are gone */
export function prepareRun(store: Store, { id, resumed }: RunJob): Promise<void> | null {
  return resumed && store.rewindPiece(id) ? setTimeout(pieceMilliseconds) : null;
}

/**
 * Makes a run a running one, set back to where it goes on.
 * @param slots how many runs share the machine
 * @returns what its trainer is told
 */
export function beginRun(
  { store, publish }: JobContext,
  { id: run, experiment, dataset, backend, resumed }: RunJob,
  slots: number,
): { command: Start; state: RunState } {
  const key = store.runs.key(run);
  const { threads, record } = store.runs.get(run);
  const command = {
    type: 'start' as const,
    experiment,
    dataset,
    backend,
    parametersDirectory: experiment.keepParameters === 'none' ? null : store.parameters.makeFolder(run),
    imported: importedPoints(store, run),
    checkpointDirectory: store.checkpoints.makeFolder(run),
    // a run that goes on keeps its threads: sums may be rounded otherwise with others
    threads: threads ?? Math.max(1, Math.floor(availableParallelism() / slots)),
  };
  const change = (changes: RunChanges): void => publish('run.changed', store.runs.change(run, changes).record);
  const { checkpoint, removeFiles } = store.transaction(() => {
    const rewound = resumed ? store.rewind(run) : { checkpoint: null, removeFiles: () => undefined };
    change({
      status: 'running',
      started_at: record.started_at ?? new Date().toISOString(),
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
  const stored = resumed ? store.summary(run) : null;
  if (stored) store.lock.briefly(() => change({ summary: stored }));
  if (resumed) publish('run.rewound', { run });
  const elapsedSeconds = store.records.elapsed(key);
  const times = { began: performance.now(), ready: null, told: null };
  const from = checkpoint?.iteration ?? 0;
  const summary = summarise();
  if (from > 0)
    summary.add({ iterations: store.records.iterations(key, 0, summarised), epochs: store.records.epochs(key) });
  return {
    command: { ...command, resumeFrom: checkpoint, elapsedSeconds },
    state: { key, backend, live: { iterations_done: from }, summary, times },
  };
}

/** The points that an imported run walks along; null for a run that trains. */
function importedPoints({ runs, parameters }: Store, run: string): Start['imported'] {
  const { imported } = runs.get(run).record;
  if (imported === null) return null;
  return {
    files: parameters.list(runs.key(run)),
    learningRate: imported.learning_rate,
    knowsBatchSize: imported.batch_size !== null,
  };
}
