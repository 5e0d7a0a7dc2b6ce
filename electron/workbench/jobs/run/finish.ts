/** How a run ends: its row, its summary, the pace that was measured, and its checkpoints. */
import { availableParallelism } from 'node:os';
import { vectorPlaceOf } from '../../../../shared/backends.ts';
import { workAtATime } from '../../../../shared/cost.ts';
import { resumableFrom } from '../../../../shared/records.ts';
import { sequentialOf } from '../../../../shared/sequential/settings.ts';
import type { JobContext } from '../context.ts';
import type { Ending } from '../kind.ts';
import type { Outcome } from '../session.ts';
import { startSeconds } from '../../experiments/starts.ts';
import type { RunChanges } from '../../store/runs.ts';
import type { RunJob, RunState } from './begin.ts';

/** Writes down how a run ended. @param state null where it could not be begun */
export function finishRun(
  { store, publish, runFinished }: JobContext,
  { id: run, experiment, dataset, backend: asked, resumed }: RunJob,
  state: RunState | null,
  outcome: Outcome,
): Ending {
  const ended = performance.now();
  // an imported run has no pace: it computes nothing that an estimate counts
  const isWhole = outcome.status === 'finished' && !resumed && typeof outcome.pace?.update === 'number';
  const start = state && isWhole ? startSeconds({ ...state.times, ended }) : null;
  const resumable = resumableFrom({ status: outcome.status, checkpoint_iteration: 0 }) !== null;
  const progress = state?.live.progress;
  const changes: RunChanges = {
    status: outcome.status,
    finished_at: new Date().toISOString(),
    error: outcome.message,
    seconds_left: null,
    owner: null,
    owner_pid: null,
    queue_rank: null,
    stop_requested: 0,
    ...(outcome.status === 'finished' ? { progress: 1 } : progress === undefined ? {} : { progress }),
    ...(resumable ? {} : { checkpoint: null, checkpoint_iteration: null }),
  };
  // these read every iteration: not while others wait for the write lock
  const done = store.records.reach(store.runs.key(run)).iteration + 1;
  const summary = store.summary(run);
  const { record } = store.transaction(() => {
    const backend = state?.backend ?? asked;
    const share = shareOfMachine(store.runs.get(run).threads);
    for (const kind of ['update', 'evaluate'] as const) {
      const pace = outcome.pace?.[kind];
      // what a sequential slice takes is told in the work of a typical one
      const isTypical = kind === 'evaluate' && sequentialOf(experiment.probes.interpolation.evaluateOn) !== null;
      if (!pace || isTypical) continue;
      const { architecture } = experiment.model;
      const work = workAtATime(experiment, dataset, vectorPlaceOf(backend))[kind];
      store.paces.add(backend, { architecture, kind, work, pace: pace / share });
    }
    return store.runs.change(run, {
      ...changes,
      iterations_done: done,
      summary,
      ...(start === null ? {} : { start_seconds: start }),
    });
  });
  return {
    follow() {
      if (!resumable) store.checkpoints.removeFolder(run);
      if (record.status === 'finished') runFinished(record);
    },
    tell: () => publish('run.changed', record),
  };
}

/** Tells that a run ended whose end the store could not take. */
export function tellUnwritten({ store, publish }: JobContext, run: string, message: string): void {
  try {
    const { record } = store.runs.get(run);
    publish('run.changed', {
      ...record,
      status: 'failed',
      finished_at: new Date().toISOString(),
      error: message,
      seconds_left: null,
    });
  } catch {
    // the row is out of reach too; the run shows as interrupted when the store is opened again
  }
}

/** Share of the machine's threads that a run has, in (0, 1]. */
function shareOfMachine(threads: number | null): number {
  return Math.min(1, (threads ?? availableParallelism()) / availableParallelism());
}
