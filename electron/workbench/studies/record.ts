/** The record of a study: what is stored of it, and the progress of the whole. */
import type { Dataset } from '../../../shared/datasets.ts';
import { runStatuses } from '../../../shared/records.ts';
import type { RunStatus } from '../../../shared/records.ts';
import { doneStatuses, studyIsActive, studyStatus } from '../../../shared/study-record.ts';
import type { StudyRecord } from '../../../shared/study-record.ts';
import { combinationCount } from '../../../shared/sweep.ts';
import { estimateRun } from '../experiments/estimate.ts';
import { measuredPaces } from '../experiments/paces.ts';
import { startOf } from '../experiments/starts.ts';
import type { Store } from '../store/store.ts';
import type { StoredStudy, Tally } from '../store/studies.ts';

/** Makes the record of a study from its row and its runs. */
export function studyRecord(
  { revision: _, ...stored }: StoredStudy,
  store: Store,
  datasets: readonly Dataset[],
): StudyRecord {
  const tallies = store.studies.tally(stored.study);
  const counts = Object.fromEntries(runStatuses.map((status) => [status, 0])) as Record<RunStatus, number>;
  for (const { status, runs } of tallies) counts[status] = runs;
  const status = studyStatus(counts);
  const runs = tallies.reduce((sum, { runs }) => sum + runs, 0);
  const whole = tallies.reduce((sum, { estimated }) => sum + estimated, 0);
  const notDone = tallies.filter(({ status }) => !doneStatuses.has(status));
  // nobody retries by themselves what failed while the others go on
  const left = studyIsActive({ status }) ? notDone.filter(({ status }) => status !== 'failed') : notDone;
  return {
    ...stored,
    status,
    runs,
    deleted: Math.max(0, gridSize(stored) - runs),
    counts,
    progress: whole > 0 ? Math.min(1, Math.max(0, 1 - workOf(notDone) / whole)) : 0,
    seconds_left: left.length === 0 ? null : workOf(left) * paceFactor(stored, left, store, datasets),
  };
}

/** Runs that its grid makes. */
function gridSize({ sweep, seeds, draws }: Pick<StoredStudy, 'sweep' | 'seeds' | 'draws'>): number {
  return combinationCount(sweep, draws) * seeds.length;
}

/** What is left of runs, in seconds as they were estimated. */
function workOf(tallies: readonly Tally[]): number {
  return tallies.reduce((sum, { estimated, done }) => sum + estimated - done, 0);
}

/** How much longer than estimated when they were queued the runs take at the pace measured by now. */
function paceFactor(
  { study, backend }: Pick<StoredStudy, 'study' | 'backend'>,
  left: readonly Tally[],
  store: Store,
  datasets: readonly Dataset[],
): number {
  const sample = store.studies.sample(study, left[0]!.status);
  const dataset = datasets.find(({ id }) => id === sample?.experiment.data.set);
  if (!sample || !dataset || sample.estimatedSeconds <= 0) return 1;
  const paces = measuredPaces(store, backend);
  const { seconds } = estimateRun(sample.experiment, dataset, backend, paces, undefined, startOf(store, backend));
  return seconds / sample.estimatedSeconds;
}
