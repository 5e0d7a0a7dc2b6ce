/** Measures of a slice ℓ_t(α_k), k = 0…K: floor, heights, barrier, convexity, bounce. */
import type { MeasuredBy } from '../../../../shared/quantities/index.ts';
import { bounceOf, judgeSlice } from '../../../../shared/resolution.ts';
import type { SliceTolerances } from '../../../../shared/resolution.ts';
import type { DecidedSlice } from '../../../../shared/sequential/slice.ts';
import { finite, standardError } from '../measurement.ts';
import type { Measurement } from '../measurement.ts';

/** What a slice decides of an iteration's record. */
export type SliceMeasures = MeasuredBy<'slices'>;

/** What a slice that is not sequential says of samples. */
const noSample = { slice_examples: null, slice_tolerance: null, slice_confidence: null } as const;

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
  loss_resolution: null,
  interior_floor: null,
  barrier: null,
  ...noSample,
};

/**
 * Measures a slice. Where any of its losses is not finite only the finite ends are told and everything else is null.
 * @param points measurements at α_k = k/K, k = 0…K, K ≥ 2
 * @param population size of the set that the examples were drawn from; their own number for a whole set
 * @param resolution ν ≥ 0: what differences of these losses have to exceed, see `lossResolution`
 * @param cosine cos(g_{t−1}, g_t), null where there is none; then there is no telling a bounce
 */
export function measureSlice(
  points: readonly Measurement[],
  population: number,
  resolution: number,
  cosine: number | null,
): SliceMeasures {
  const losses = points.map(({ loss }) => loss);
  const intervals = losses.length - 1;
  const [before, after] = [losses[0]!, losses[intervals]!];
  if (!losses.every(Number.isFinite)) return { ...noSlice, loss_before: finite(before), loss_after: finite(after) };

  return {
    ...shapeOf(losses),
    loss_resolution: resolution,
    ...judgeSlice(losses, tolerancesOf(points, population, resolution), cosine),
    ...noSample,
  };
}

/** Floor, heights and barrier of losses that are all finite. */
function shapeOf(losses: readonly number[]) {
  const intervals = losses.length - 1;
  const [before, after] = [losses[0]!, losses[intervals]!];
  const floor = Math.min(...losses);
  return {
    loss_before: before,
    loss_after: after,
    floor_loss: floor,
    floor_alpha: losses.indexOf(floor) / intervals,
    height_before: before - floor,
    height_after: after - floor,
    barrier_height: Math.max(0, Math.max(...losses.slice(1, -1)) - Math.max(before, after)),
  };
}

/**
 * Measures a sequential slice that a sample decided.
 * @param start loss at α = 0
 * @param end loss at α = 1
 * @param confidence of its answers together
 * @param cosine as in {@link measureSlice}
 */
export function measureDecided(
  { inner, decision, examples, resolution }: DecidedSlice,
  [start, end]: readonly [Measurement, Measurement],
  confidence: number,
  cosine: number | null,
): SliceMeasures {
  const { interior_floor, barrier, convex, tolerance } = decision;
  return {
    ...shapeOf([start.loss, ...inner.map(({ loss }) => loss), end.loss]),
    loss_resolution: resolution,
    interior_floor,
    barrier,
    convex,
    bounce: bounceOf(interior_floor, cosine),
    slice_examples: examples,
    slice_tolerance: tolerance,
    slice_confidence: confidence,
  };
}

/**
 * What the answers to the questions about a slice have to exceed: the resolution ν and, where the loss is estimated on a subset, twice
 * the standard error of the very difference in question, taken from every example's own, since all points of a slice are evaluated
 * on the same examples.
 * @param points measurements at α_0…α_K, of finite losses
 * @param population size of the set that the examples were drawn from; their own number for a whole set
 * @param resolution ν ≥ 0
 */
export function tolerancesOf(points: readonly Measurement[], population: number, resolution: number): SliceTolerances {
  const interior = points.slice(1, -1);
  if (population <= points[0]!.losses.length)
    return { floor: resolution, barrier: resolution, bends: interior.map(() => resolution) };
  const errorOf = (difference: (example: number) => number): number =>
    resolution +
    2 *
      standardError(
        Float64Array.from(points[0]!.losses, (_, example) => difference(example)),
        population,
      );
  const between = (inner: Measurement, end: Measurement): number =>
    errorOf((example) => inner.losses[example]! - end.losses[example]!);
  const lower = (a: Measurement, b: Measurement): Measurement => (b.loss < a.loss ? b : a);
  const higher = (a: Measurement, b: Measurement): Measurement => (b.loss > a.loss ? b : a);
  const [start, end] = [points[0]!, points.at(-1)!];
  return {
    floor: between(interior.reduce(lower), lower(start, end)),
    barrier: between(interior.reduce(higher), higher(start, end)),
    bends: interior.map(({ losses: middle }, index) => {
      const [left, right] = [points[index]!.losses, points[index + 2]!.losses];
      return errorOf((example) => left[example]! - 2 * middle[example]! + right[example]!);
    }),
  };
}
