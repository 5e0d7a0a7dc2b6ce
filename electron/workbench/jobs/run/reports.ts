/** What a run's trainer reports, stored and published. */
import type { RecordBatch } from '../../../../shared/trainer-messages.ts';
import type { JobContext } from '../context.ts';
import type { RunReport } from '../session.ts';
import type { RunState } from './begin.ts';

/** Takes a report. @returns whether how far the run is has changed */
export function takeReport({ store, publish }: JobContext, run: string, state: RunState, report: RunReport): boolean {
  const { key, live, summary } = state;
  switch (report.type) {
    case 'started': {
      state.times.ready ??= performance.now();
      const { environment, parameters, dataChecksum } = report;
      state.backend = environment.backend;
      const { record } = store.runs.change(run, { environment, parameters, data_checksum: dataChecksum });
      publish('run.changed', record);
      return false;
    }
    case 'records':
      store.transaction(() => store.records.append(key, report.batch));
      summary.add(report.batch);
      live.iterations_done = Math.max(live.iterations_done ?? 0, (report.batch.iterations.iteration.at(-1) ?? -1) + 1);
      publish('run.records', { run, batch: report.batch });
      return true;
    case 'progress':
      state.times.told = performance.now();
      live.iterations_done = Math.max(live.iterations_done ?? 0, report.iterationsDone);
      live.progress = report.progress;
      live.seconds_left = report.secondsLeft;
      return true;
    case 'parameters':
      store.parameters.add(run, key, report.file);
      return false;
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
      return false;
    }
    default:
      return false;
  }
}

/** Bytes that the records in a report take in memory. */
export function bytesOf(report: RunReport): number {
  if (report.type !== 'records') return 0;
  const batch: RecordBatch = report.batch;
  const columns = Object.values(batch).flatMap((table): Float64Array[] => Object.values(table));
  return columns.reduce((sum, column) => sum + column.byteLength, 0);
}
