/**
 * The parabola of a step: least squares through all losses of a slice ℓ(α_k), α_k = k/K. Where it is lowest, also off the segment, is the
 * extrapolated floor; how it bends is the curvature along the step. Both are linear in the losses (the floor's place to first order), so that
 * what rounding and sampling do to them follows from weights.
 */

/** Beyond so many steps a parabola through one only says that the floor lies farther (docs/definitions.md, the parabola of a step). */
export const mostBelieved = 3;

/** What a step's parabola says, and the weights by which it says it. */
export interface StepParabola {
  /** ℓ'' = d²ℓ/dα², in units of the loss; of any sign. */
  bend: number;
  /** Weight of each loss in `bend`. */
  bendWeights: readonly number[];
  /** α where it is lowest, anywhere; NaN where it does not open upwards. */
  floor: number;
  /** What a change of the losses by δ_k moves `floor` by, to first order: Σ weight_k · δ_k. */
  floorWeights: readonly number[];
  /** Its value at α. */
  at: (alpha: number) => number;
}

/**
 * Fits it. With u_k = α_k − ½ and q_k = u_k² − mean u², which are orthogonal on such a grid, ℓ'' = 2·Σ q_k·ℓ_k / Σ q_k², the slope at ½ is
 * s = Σ u_k·ℓ_k / Σ u_k², and the lowest point α* = ½ − s/ℓ''. Of three losses it is the parabola through them: ℓ'' = 4·(ℓ(0) − 2·ℓ(½) + ℓ(1)).
 * @param losses at α_k = k/K, k = 0…K, K ≥ 2, all of them finite
 */
export function stepParabola(losses: readonly number[]): StepParabola {
  const intervals = losses.length - 1;
  const from = losses.map((_, k) => k / intervals - 0.5);
  const square = from.reduce((sum, u) => sum + u * u, 0);
  const mean = square / losses.length;
  const bends = from.map((u) => u * u - mean);
  const bendSquare = bends.reduce((sum, q) => sum + q * q, 0);
  const bendWeights = bends.map((q) => (2 * q) / bendSquare);
  const slopeWeights = from.map((u) => u / square);
  // from the first loss, so that small differences of large losses keep their digits
  const along = (weights: readonly number[]): number =>
    weights.reduce((sum, weight, k) => sum + weight * (losses[k]! - losses[0]!), 0);
  const [bend, slope] = [along(bendWeights), along(slopeWeights)];
  const middle = losses[0]! + losses.reduce((sum, loss) => sum + (loss - losses[0]!), 0) / losses.length;
  const floor = bend > 0 ? 0.5 - slope / bend : NaN;
  return {
    bend,
    bendWeights,
    floor,
    floorWeights: slopeWeights.map((weight, k) => -(weight + (floor - 0.5) * bendWeights[k]!) / bend),
    at: (alpha) => middle + slope * (alpha - 0.5) + (bend / 2) * ((alpha - 0.5) ** 2 - mean),
  };
}

/**
 * The most that rounding moves Σ weight_k · ℓ_k by. A resolution ν is told such that a second difference ℓ_{k−1} − 2ℓ_k + ℓ_{k+1} is at most ν
 * away (shared/resolution.ts): single losses ν/4.
 */
export function roundingOf(weights: readonly number[], resolution: number): number {
  return (resolution / 4) * weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
}
