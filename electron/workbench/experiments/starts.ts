/** How long runs take to start here, beside what they compute: a process, its libraries, the data set, the first calls, and the end. */
import { runCost } from '../../../shared/cost.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import type { DataShape } from '../../../shared/networks/index.ts';
import type { Pace } from '../store/paces.ts';
import type { Store } from '../store/store.ts';

/** Seconds to start and to end a run on a typical 2-core machine, where none has finished here yet. */
export const typicalStart = 3;

/** Runs that are enough, the newest. */
const enough = 9;

/**
 * What a run took beside its updates, derivatives and evaluations, as an estimate counts them.
 * @param whole seconds from its start to its end
 * @param pace that was measured on it
 * @returns null where a pace is lacking that its work goes by
 */
export function startSeconds(
  experiment: Experiment,
  shape: DataShape,
  whole: number,
  { update, evaluate }: Pace,
): number | null {
  const cost = runCost(experiment, shape);
  if (update === null || (evaluate === null && cost.evaluate > 0)) return null;
  const computed = (cost.update + cost.derive) / update + (evaluate === null ? 0 : cost.evaluate / evaluate);
  return Math.max(0, whole - computed);
}

/** What a run of a backend is estimated to take to start and to end: the median of the newest runs that finished here. */
export function startOf({ runs }: Pick<Store, 'runs'>, backend: string): number {
  const starts = runs.starts(backend, enough).sort((a, b) => a - b);
  return starts[Math.floor((starts.length - 1) / 2)] ?? typicalStart;
}
