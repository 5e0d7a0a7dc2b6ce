/** The geometry of a step from its slice: where the floor lies beyond its ends, and how the loss bends along it. */
import type { MeasuredBy } from '../../../../shared/quantities/index.ts';
import { roundingOf, stepParabola } from '../../../../shared/step-parabola.ts';
import { bandErrors } from '../../../../shared/noise.ts';
import { standardError } from '../measurement.ts';
import type { Measurement } from '../measurement.ts';

/** What a step's slice tells of its geometry. */
export type StepGeometry = MeasuredBy<'geometry'>;

/** The geometry of a step that was not probed, or of which nothing can be told. */
export const noGeometry: StepGeometry = {
  extrapolated_floor: null,
  extrapolated_floor_error: null,
};

/**
 * Measures it. A floor is told only where the parabola opens upwards by more than the error of that; both errors are those of rounding, the
 * most that it can do, and on a subset twice the standard error, from every example's own losses.
 * @param points measurements at α_k = k/K, k = 0…K, K ≥ 2
 * @param population size of the set that the examples were drawn from; their own number for a whole set
 * @param resolution ν ≥ 0, see `lossResolution`; NaN where a loss is not finite
 */
export function measureGeometry(points: readonly Measurement[], population: number, resolution: number): StepGeometry {
  const losses = points.map(({ loss }) => loss);
  if (!losses.every(Number.isFinite) || !Number.isFinite(resolution)) return noGeometry;
  const parabola = stepParabola(losses);
  const errorOf = (weights: readonly number[]): number =>
    roundingOf(weights, resolution) + bandErrors * samplingError(points, weights, population);
  const bendError = errorOf(parabola.bendWeights);
  if (!(parabola.bend > bendError)) return noGeometry;
  return {
    extrapolated_floor: parabola.floor,
    // the bend may be as much less as its error says, and the floor so much farther
    extrapolated_floor_error: (errorOf(parabola.floorWeights) * parabola.bend) / (parabola.bend - bendError),
  };
}

/** Standard error of Σ weight_k · ℓ_k over the examples that all points share; 0 on a whole set. */
function samplingError(points: readonly Measurement[], weights: readonly number[], population: number): number {
  const count = points[0]!.losses.length;
  if (population <= count) return 0;
  const sums = new Float64Array(count);
  for (const [k, { losses }] of points.entries())
    for (let example = 0; example < count; example++) sums[example]! += weights[k]! * losses[example]!;
  return standardError(sums, population);
}
