/** What the slices of an epoch are counted as, and a slice's points as records. */
import type { SliceRecord } from '../../../shared/records.ts';
import type { Measurement } from './measurement.ts';
import { finite } from './slice.ts';
import type { SliceMeasures } from './slice.ts';

/** Counts of one epoch's slices. */
export interface Counts {
  barriers: number;
  barriers_above_noise: number;
  probed_iterations: number;
  interior_floors: number;
  convex_slices: number;
}

/** Before the first slice of an epoch. */
export const noCounts: Counts = {
  barriers: 0,
  barriers_above_noise: 0,
  probed_iterations: 0,
  interior_floors: 0,
  convex_slices: 0,
};

/** Counts one more slice. */
export function count(
  counts: Counts,
  { barrier_height, floor_alpha, convex }: SliceMeasures,
  aboveNoise: boolean,
): Counts {
  return {
    probed_iterations: counts.probed_iterations + 1,
    barriers: counts.barriers + Number(barrier_height !== null && barrier_height > 0),
    barriers_above_noise: counts.barriers_above_noise + Number(aboveNoise),
    interior_floors: counts.interior_floors + Number(floor_alpha !== null && floor_alpha > 0 && floor_alpha < 1),
    convex_slices: counts.convex_slices + Number(convex === true),
  };
}

/** Accuracy of a measurement; null where its loss is not finite. */
export function accuracyOf({ loss, accuracy }: Measurement): number | null {
  return Number.isFinite(loss) ? accuracy : null;
}

/** A point of a slice as its record. */
export function sliceRecord(iteration: number, alpha: number, point: Measurement): SliceRecord {
  return {
    iteration,
    alpha,
    loss: finite(point.loss),
    accuracy: accuracyOf(point),
    standard_error: point.standardError === null ? null : finite(point.standardError),
  };
}
