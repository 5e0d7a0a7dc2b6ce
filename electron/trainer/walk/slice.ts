/** Measures of a slice ℓ_t(α_k), k = 0…K: floor, heights, barrier, convexity, bounce. */
import { roundingShare } from '../../../shared/noise.ts';
import type { IterationRecord } from '../../../shared/records.ts';
import { standardError } from './measurement.ts';
import type { Measurement } from './measurement.ts';

/** The columns of an iteration's record that its slice decides. */
export type SliceMeasures = Pick<
  IterationRecord,
  | 'loss_before'
  | 'loss_after'
  | 'floor_loss'
  | 'floor_alpha'
  | 'height_before'
  | 'height_after'
  | 'barrier_height'
  | 'convex'
  | 'bounce'
>;

/** The measures of an iteration that was not probed. */
export const noSlice: SliceMeasures = {
  loss_before: null,
  loss_after: null,
  floor_loss: null,
  floor_alpha: null,
  height_before: null,
  height_after: null,
  barrier_height: null,
  convex: null,
  bounce: null,
};

/**
 * Measures a slice. Where any of its losses is not finite only the finite ends are told and everything else is null.
 * @param losses ℓ(α_k) at α_k = k/K, k = 0…K, K ≥ 2
 * @param tolerance ε_k ≥ 0 for every interior k = 1…K−1 in order: how far a second difference may lie below zero and still
 *   count as convex, see {@link convexityTolerance}
 * @param cosine cos(g_{t−1}, g_t), null where there is none; then there is no telling a bounce
 */
export function measureSlice(
  losses: readonly number[],
  tolerance: readonly number[],
  cosine: number | null,
): SliceMeasures {
  const intervals = losses.length - 1;
  const [before, after] = [losses[0]!, losses[intervals]!];
  if (!losses.every(Number.isFinite)) return { ...noSlice, loss_before: finite(before), loss_after: finite(after) };

  const floor = Math.min(...losses);
  const place = losses.indexOf(floor);
  const interior = losses.slice(1, -1);
  return {
    loss_before: before,
    loss_after: after,
    floor_loss: floor,
    floor_alpha: place / intervals,
    height_before: before - floor,
    height_after: after - floor,
    barrier_height: Math.max(0, Math.max(...interior) - Math.max(before, after)),
    convex: !tolerance.every(Number.isFinite)
      ? null
      : interior.every((loss, index) => losses[index]! - 2 * loss + losses[index + 2]! >= -tolerance[index]!),
    bounce: cosine === null ? null : place > 0 && place < intervals && cosine < 0,
  };
}

/**
 * The noise ε_k of every interior second difference D_k = ℓ_{k−1} − 2ℓ_k + ℓ_{k+1}:
 *
 *   ε_k = 2⁻²² · (1 + max |ℓ|) + 2 · se(D_k)
 *
 * First term: losses of single examples are rounded to float32 (unit roundoff 2⁻²⁴) on their way through the network; averaged
 * over the set little of that is left. Measured on segments of a fiftieth of a step (MLPs and linear softmax, 500 and 6,000
 * examples, losses of 0.006 to 2.3) noise was mostly below 10⁻⁷ and never above six tenths of this term. Second term, only
 * where the loss is estimated on a subset: twice the standard error of D_k, taken from the second differences of every
 * example, since all points of a slice are evaluated on the same examples.
 * @param points measurements at α_0…α_K
 * @param population size of the set that the examples were drawn from; their own number for a whole set
 */
export function convexityTolerance(points: readonly Measurement[], population: number): number[] {
  const rounding = roundingShare * (1 + Math.max(...points.map(({ loss }) => Math.abs(loss))));
  return points.slice(1, -1).map(({ losses: middle }, index) => {
    if (population <= middle.length) return rounding;
    const [left, right] = [points[index]!.losses, points[index + 2]!.losses];
    const differences = Float64Array.from(middle, (loss, example) => left[example]! - 2 * loss + right[example]!);
    return rounding + 2 * standardError(differences, population);
  });
}

/**
 * Whether a slice has a barrier higher than the evaluation's noise ν: the greatest interior loss exceeds the higher end by more
 * than ν = 2⁻²² · (1 + max |ℓ|), the rounding of {@link convexityTolerance}, and where the loss is estimated on a subset
 * by twice the standard error of that difference, taken from every example's own, more.
 * @param points measurements at α_0…α_K
 * @param population size of the set that the examples were drawn from; their own number for a whole set
 */
export function barrierAboveNoise(points: readonly Measurement[], population: number): boolean {
  if (!points.every(({ loss }) => Number.isFinite(loss))) return false;
  const higher = (a: Measurement, b: Measurement): Measurement => (b.loss > a.loss ? b : a);
  const top = points.slice(1, -1).reduce(higher);
  const end = higher(points[0]!, points.at(-1)!);
  const height = top.loss - end.loss;
  const rounding = roundingShare * (1 + Math.max(...points.map(({ loss }) => Math.abs(loss))));
  if (height <= rounding || population <= top.losses.length) return height > rounding;
  const differences = Float64Array.from(top.losses, (loss, example) => loss - end.losses[example]!);
  return height > rounding + 2 * standardError(differences, population);
}

/** A number, or null where it is not finite: how records say that a loss is gone. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
