/**
 * The summary of a run, added up from columns batch by batch: while it runs from what the trainer tells, at its end from what the store
 * holds. Fed with the same records in the same order, however they are cut into batches, it is the same to the last bit.
 * Epoch 0, the initialisation, is no result and does not count.
 */
import { blankSummary } from '../../../shared/blank-records.ts';
import { sliceFlags } from '../../../shared/quantities/index.ts';
import type { EpochColumns, IterationColumns, RunSummary } from '../../../shared/records.ts';
import { flagsAt, isUnresolved } from '../../../shared/resolution.ts';

/** What of iterations a summary is made of. */
export const summarised = [
  'batch_loss',
  'noise_deviation',
  'distance',
  'path_length',
  'gradient_cosine',
  'loss_before',
  'loss_after',
  'height_before',
  'height_after',
  'loss_resolution',
  'interior_floor',
  'barrier',
  'convex',
  'bounce',
] as const satisfies readonly (keyof IterationColumns)[];

/** What of epochs a summary is made of: the last one's values. */
const ofLastEpoch = [
  ...(['train_loss', 'train_accuracy', 'validation_loss', 'validation_accuracy'] as const),
  ...(['train_r_squared', 'validation_r_squared'] as const),
] as const;

/** Records that a summary takes up: those that come after the ones it has, in order. */
interface SummarisedBatch {
  iterations: Pick<IterationColumns, (typeof summarised)[number]>;
  epochs: Pick<EpochColumns, 'epoch' | (typeof ofLastEpoch)[number]>;
}

/** A summary that grows. */
export interface Summary {
  add(batch: SummarisedBatch): void;
  /** The summary of what was added until now. */
  now(): RunSummary;
}

/** Starts with nothing summed up. */
export function summarise(): Summary {
  const summary: RunSummary = blankSummary();
  const cosine = mean();
  const before = mean();
  const after = mean();
  return {
    add({ iterations, epochs }) {
      cosine.add(iterations.gradient_cosine);
      before.add(iterations.height_before);
      after.add(iterations.height_after);
      for (const value of iterations.noise_deviation)
        if (Number.isFinite(value)) summary.noise_deviation = Math.max(summary.noise_deviation ?? value, value);
      summary.interior_floors += count(iterations.interior_floor);
      summary.convex_slices += count(iterations.convex);
      summary.barriers += count(iterations.barrier);
      summary.bounces += count(iterations.bounce);
      const rows = iterations.batch_loss.length;
      const { loss_before, loss_after, loss_resolution } = iterations;
      const flags = sliceFlags.map((key) => iterations[key]);
      for (let row = 0; row < rows; row++) {
        if (Number.isFinite(loss_before[row]) || Number.isFinite(loss_after[row])) summary.probed_iterations += 1;
        if (!Number.isFinite(loss_resolution[row])) continue;
        // most slices have every answer, and are told quickly
        let answered = true;
        for (const flag of flags) answered &&= !Number.isNaN(flag[row]!);
        if (!answered && isUnresolved(flagsAt(iterations, row))) summary.unresolved_slices += 1;
      }
      if (rows > 0)
        for (const key of ['batch_loss', 'distance', 'path_length'] as const)
          summary[key] = orNull(iterations[key][rows - 1]!);
      const epoch = epochs.epoch.length - 1;
      if (epoch >= 0 && epochs.epoch[epoch]! > 0)
        for (const key of ofLastEpoch) summary[key] = orNull(epochs[key][epoch]!);
    },
    now: () => ({
      ...summary,
      mean_gradient_cosine: cosine.value(),
      mean_height_before: before.value(),
      mean_height_after: after.value(),
    }),
  };
}

/** As the store keeps a number: null where it is not finite, and no −0. */
function orNull(value: number): number | null {
  return Number.isFinite(value) ? value + 0 : null;
}

/** How many flags of a column say yes. */
function count(column: Float64Array): number {
  let found = 0;
  for (const value of column) if (value === 1) found++;
  return found;
}

/** Mean of the finite values seen, summed as SQLite's avg() does (Kahan, Babuška, Neumaier): its error does not grow with their number. */
function mean(): { add: (column: Float64Array) => void; value: () => number | null } {
  let sum = 0;
  let lost = 0;
  let number = 0;
  return {
    add(column) {
      for (const value of column) {
        if (!Number.isFinite(value)) continue;
        const next = sum + value;
        lost += Math.abs(sum) > Math.abs(value) ? sum - next + value : value - next + sum;
        sum = next;
        number++;
      }
    },
    value: () => (number === 0 ? null : (Number.isFinite(lost) ? sum + lost : sum) / number),
  };
}
