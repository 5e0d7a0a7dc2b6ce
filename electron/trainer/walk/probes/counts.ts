/** What the slices of an epoch are counted as, and a slice's points as records. */
import type { MeasuredAtEpoch } from '../../../../shared/quantities/index.ts';
import type { SliceRecord } from '../../../../shared/records.ts';
import { isUnresolved } from '../../../../shared/resolution.ts';
import { accuracyOf, finite } from '../measurement.ts';
import type { Measurement } from '../measurement.ts';
import type { SliceMeasures } from './slice.ts';

/** Counts of one epoch's slices; each counts what exceeds the evaluation's resolution. `barriers_above_noise` is the same as `barriers`. */
export type Counts = Record<Exclude<keyof MeasuredAtEpoch<'slices'>, 'expected_errors'>, number> & {
  /** Slices that a sample decided; absent where there are none, as in checkpoints from before there were any. */
  sampled_slices?: number | undefined;
};

/** Before the first slice of an epoch. */
export const noCounts: Counts = {
  barriers: 0,
  barriers_above_noise: 0,
  probed_iterations: 0,
  interior_floors: 0,
  convex_slices: 0,
  unresolved_slices: 0,
};

/** Counts one more slice. */
export function count(counts: Counts, slice: SliceMeasures): Counts {
  // a checkpoint from before counted every rise in `barriers`
  const barriers = counts.barriers_above_noise + Number(slice.barrier === true);
  return {
    probed_iterations: counts.probed_iterations + 1,
    barriers,
    barriers_above_noise: barriers,
    interior_floors: counts.interior_floors + Number(slice.interior_floor === true),
    convex_slices: counts.convex_slices + Number(slice.convex === true),
    unresolved_slices: counts.unresolved_slices + Number(isUnresolved({ ...slice, gradient_cosine: null })),
    ...sampledSlices((counts.sampled_slices ?? 0) + Number(isSampled(slice))),
  };
}

/** Whether a sample decided a slice; one that was evaluated on the whole set in the end has no tolerance. */
function isSampled({ slice_tolerance: tolerance }: SliceMeasures): boolean {
  return tolerance !== null && tolerance > 0;
}

function sampledSlices(count: number): Pick<Counts, 'sampled_slices'> {
  return count === 0 ? {} : { sampled_slices: count };
}

/**
 * What an epoch's record says of its slices.
 * @param confidence of each slice that a sample decided; null where none is asked for
 */
export function countsOfEpoch(
  { sampled_slices: sampled = 0, ...counts }: Counts,
  confidence: number | null,
): MeasuredAtEpoch<'slices'> {
  return { ...counts, expected_errors: confidence === null ? null : sampled * (1 - confidence) };
}

/** A point of a slice as its record. */
export function sliceRecord(iteration: number, alpha: number, point: Measurement): SliceRecord {
  return {
    iteration,
    alpha,
    loss: finite(point.loss),
    accuracy: accuracyOf(point),
    standard_error: point.standardError === null ? null : finite(point.standardError),
    batch_loss: null,
  };
}
