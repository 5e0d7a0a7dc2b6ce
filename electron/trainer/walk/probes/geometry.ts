/** The geometry of a step from its slice: where the floor lies beyond its ends, and how the loss bends along it. */
import type { MeasuredBy } from '../../../../shared/quantities/index.ts';
import { roundingOf, stepParabola } from '../../../../shared/step-parabola.ts';
import { bandErrors } from '../../../../shared/noise.ts';
import { finite, standardError } from '../measurement.ts';
import type { Measurement } from '../measurement.ts';

/** What a step's slice tells of its geometry. */
type StepGeometry = MeasuredBy<'geometry'>;

/** The geometry of a step that was not probed, or of which nothing can be told. */
export const noGeometry: StepGeometry = {
  extrapolated_floor: null,
  extrapolated_floor_error: null,
  step_curvature: null,
  step_curvature_error: null,
  predicted_edge: null,
};

/**
 * Measures it. Nothing is told where the parabola bends by no more than the error of that, and no floor where it opens downwards; all errors are
 * those of rounding, the most that it can do, and on a subset twice the standard error, from every example's own losses.
 * @param points measurements at α_k = k/K, k = 0…K, K ≥ 2
 * @param population size of the set that the examples were drawn from; their own number for a whole set
 * @param resolution ν ≥ 0, see `lossResolution`; NaN where a loss is not finite
 * @param updateNorm ‖θ_{t+1} − θ_t‖₂
 */
export function measureGeometry(
  points: readonly Measurement[],
  population: number,
  resolution: number,
  updateNorm: number,
): StepGeometry {
  const losses = points.map(({ loss }) => loss);
  if (!losses.every(Number.isFinite) || !Number.isFinite(resolution)) return noGeometry;
  const parabola = stepParabola(losses);
  const errorOf = (weights: readonly number[]): number =>
    roundingOf(weights, resolution) + bandErrors * samplingError(points, weights, population);
  const { bend } = parabola;
  const bendError = errorOf(parabola.bendWeights);
  if (!(Math.abs(bend) > bendError)) return noGeometry;
  const square = updateNorm ** 2;
  return {
    extrapolated_floor: bend > 0 ? parabola.floor : null,
    // the bend may be as much less as its error says, and the floor so much farther
    extrapolated_floor_error: bend > 0 ? (errorOf(parabola.floorWeights) * bend) / (bend - bendError) : null,
    step_curvature: finite(bend / square),
    step_curvature_error: finite(bendError / square),
    predicted_edge: bend > 0 ? finite((2 * square) / bend) : null,
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
