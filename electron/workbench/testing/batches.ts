/** Hand-made records, for tests. */
import { blankCurvature, blankEpoch, blankIteration, blankSlice } from '../../../shared/blank-records.ts';
import {
  curvatureColumns,
  epochColumns,
  iterationColumns,
  smallestRank,
  sliceColumns,
  timeColumns,
  toColumns,
} from '../../../shared/records.ts';
import type { CurvatureRecord, EpochRecord, IterationRecord, SliceRecord } from '../../../shared/records.ts';
import type { RecordBatch } from '../../../shared/trainer-messages.ts';

/** An iteration whose numbers tell its place; odd ones are not probed, every fourth has a barrier, and of some of the others it lies below. */
export function iterationOf(iteration: number): IterationRecord {
  const probed = iteration % 2 === 0;
  const where = <T>(value: T): T | null => (probed ? value : null);
  return blankIteration({
    iteration,
    epoch: 1 + Math.floor(iteration / 10),
    learning_rate: 0.1,
    batch_loss: 1 / (iteration + 1),
    gradient_norm: 0.5,
    gradient_cosine: iteration === 0 ? null : Math.cos(iteration),
    update_norm: 0.05,
    distance: Math.sqrt(iteration + 1) / 3,
    path_length: 0.05 * (iteration + 1),
    loss_before: where(2),
    loss_after: where(1.9),
    floor_loss: where(1.8),
    floor_alpha: where(iteration % 6 === 0 ? 1 : 0.4),
    height_before: where(0.1 + iteration),
    height_after: where(0.1 / 3),
    barrier_height: where(iteration % 4 === 0 ? 0.01 : 0),
    convex: where(iteration % 4 !== 0),
    bounce: where(iteration % 6 === 2),
    loss_resolution: where(1e-6),
    interior_floor: where(iteration % 6 !== 0),
    barrier: where(iteration % 4 === 0 ? true : iteration % 10 === 2 ? null : false),
  });
}

/** The slice of an iteration, three points. */
export function sliceOf(iteration: number): SliceRecord[] {
  return [0, 0.5, 1].map((alpha) => blankSlice({ iteration, alpha, loss: iteration + alpha / 3, accuracy: 0.25 }));
}

/** An epoch whose numbers tell its place. */
export function epochOf(epoch: number): EpochRecord {
  return blankEpoch({
    epoch,
    iterations: epoch === 0 ? 0 : 10,
    train_loss: 2 / (epoch + 1),
    train_accuracy: 0.5,
    validation_loss: 2.1 / (epoch + 1),
    validation_accuracy: 0.4,
    distance: epoch,
    barriers: 1,
    probed_iterations: 5,
    interior_floors: 4,
    convex_slices: 3,
    barriers_above_noise: 1,
    unresolved_slices: 2,
  });
}

/** The smallest and the two largest eigenvalues at an iteration. */
export function curvatureOf(iteration: number): CurvatureRecord[] {
  return [smallestRank, 1, 2].map((rank) =>
    blankCurvature({
      iteration,
      epoch: iteration / 10,
      rank,
      eigenvalue: 20 / rank,
      residual: 0.01,
      alignment: 0.25,
      products: null,
    }),
  );
}

/** Packs records into a batch. */
export function batchFrom(
  iterations: IterationRecord[],
  slices: SliceRecord[] = [],
  epochs: EpochRecord[] = [],
  curvature: CurvatureRecord[] = [],
): RecordBatch {
  return {
    iterations: toColumns(iterationColumns, iterations),
    slices: toColumns(sliceColumns, slices),
    epochs: toColumns(epochColumns, epochs),
    curvature: toColumns(curvatureColumns, curvature),
    times: toColumns(
      timeColumns,
      iterations.map(({ iteration }) => ({ iteration, elapsed_seconds: 0.25 * (iteration + 1) })),
    ),
  };
}

/** A batch of `count` iterations from `from` on, with the slices of the probed ones and epochs where ten are full. */
export function batchOf(from: number, count: number): RecordBatch {
  const numbers = Array.from({ length: count }, (_, index) => from + index);
  return batchFrom(
    numbers.map(iterationOf),
    numbers.filter((iteration) => iteration % 2 === 0).flatMap(sliceOf),
    numbers.filter((iteration) => iteration % 10 === 9).map((iteration) => epochOf((iteration + 1) / 10)),
  );
}
