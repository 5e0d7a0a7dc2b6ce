/** The summary of a run while it runs, kept up to date batch by batch; at the end the exact one comes from the store. */
import type { RunSummary } from '../../../shared/records.ts';
import { flagsAt, isUnresolved } from '../../../shared/resolution.ts';
import type { RecordBatch } from '../../../shared/trainer-messages.ts';

/** Sums up batches as they come. */
export interface RunningSummary {
  add(batch: RecordBatch): void;
  now(): RunSummary;
}

/** Starts with nothing summed up. */
export function runningSummary(): RunningSummary {
  const cosine = mean();
  const before = mean();
  const after = mean();
  const counts = {
    probed_iterations: 0,
    interior_floors: 0,
    convex_slices: 0,
    barriers: 0,
    bounces: 0,
    unresolved_slices: 0,
  };
  let epoch = { train_loss: NaN, train_accuracy: NaN, validation_loss: NaN, validation_accuracy: NaN };
  let iteration = { batch_loss: NaN, distance: NaN, path_length: NaN, noise_deviation: NaN };
  return {
    add({ iterations, epochs }) {
      iterations.gradient_cosine.forEach(cosine.add);
      iterations.height_before.forEach(before.add);
      iterations.height_after.forEach(after.add);
      counts.probed_iterations += iterations.loss_before.filter(
        (before, row) => Number.isFinite(before) || Number.isFinite(iterations.loss_after[row]),
      ).length;
      counts.convex_slices += count(iterations.convex, (value) => value === 1);
      counts.interior_floors += count(iterations.interior_floor, (value) => value === 1);
      counts.barriers += count(iterations.barrier, (value) => value === 1);
      counts.bounces += count(iterations.bounce, (value) => value === 1);
      counts.unresolved_slices += iterations.iteration.filter((_, row) =>
        isUnresolved(flagsAt(iterations, row)),
      ).length;
      const last = iterations.iteration.length - 1;
      if (last >= 0)
        iteration = {
          batch_loss: iterations.batch_loss[last]!,
          distance: iterations.distance[last]!,
          path_length: iterations.path_length[last]!,
          noise_deviation: iterations.noise_deviation[last]!,
        };
      const lastEpoch = epochs.epoch.length - 1;
      // epoch 0 is the initialisation, no result
      if (lastEpoch >= 0 && epochs.epoch[lastEpoch]! > 0)
        epoch = {
          train_loss: epochs.train_loss[lastEpoch]!,
          train_accuracy: epochs.train_accuracy[lastEpoch]!,
          validation_loss: epochs.validation_loss[lastEpoch]!,
          validation_accuracy: epochs.validation_accuracy[lastEpoch]!,
        };
    },
    now: () => ({
      train_loss: orNull(epoch.train_loss),
      train_accuracy: orNull(epoch.train_accuracy),
      validation_loss: orNull(epoch.validation_loss),
      validation_accuracy: orNull(epoch.validation_accuracy),
      batch_loss: orNull(iteration.batch_loss),
      distance: orNull(iteration.distance),
      path_length: orNull(iteration.path_length),
      noise_deviation: orNull(iteration.noise_deviation),
      mean_gradient_cosine: cosine.value(),
      ...counts,
      mean_height_before: before.value(),
      mean_height_after: after.value(),
    }),
  };
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function count(column: Float64Array, test: (value: number) => boolean): number {
  let found = 0;
  for (const value of column) if (test(value)) found++;
  return found;
}

/** Mean of the finite values seen. */
function mean(): { add: (value: number) => void; value: () => number | null } {
  let sum = 0;
  let number = 0;
  return {
    add(value) {
      if (!Number.isFinite(value)) return;
      sum += value;
      number++;
    },
    value: () => (number === 0 ? null : sum / number),
  };
}
