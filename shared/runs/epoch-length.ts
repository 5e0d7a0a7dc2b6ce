/** Where epochs begin among the iterations of a run. */
import { iterationsPerEpoch } from '../experiment.ts';
import type { RunRecord } from '../records.ts';

/** Iterations of an epoch; an imported trajectory that does not tell its batch size is one epoch. */
export function epochLength(run: Pick<RunRecord, 'imported' | 'iterations_total' | 'experiment'>): number {
  return run.imported?.batch_size === null ? Math.max(1, run.iterations_total) : iterationsPerEpoch(run.experiment);
}
