/** The parabola around a slice's floor. */

/** ℓ(α) ≈ a·α² + b·α + c. */
export interface Parabola {
  a: number;
  b: number;
  c: number;
  /** Number of points it was fitted to: 3 are met exactly, more by least squares. */
  points: number;
  /** Where it is lowest; null when it opens downwards, or is lowest off the segment, where nothing was measured. */
  vertex: { alpha: number; loss: number } | null;
}

/**
 * Fits a parabola by least squares to the floor and up to two points on each side of it; where the floor is at an end,
 * to the points next to it, at least three.
 * @param alphas ascending
 * @returns null when there are fewer than three finite points
 */
export function fitParabola(alphas: readonly number[], losses: readonly number[]): Parabola | null {
  const usable = alphas
    .map((alpha, index) => [alpha, losses[index]!] as const)
    .filter(([, loss]) => Number.isFinite(loss));
  if (usable.length < 3) return null;
  let floor = 0;
  for (const [index, [, loss]] of usable.entries()) if (loss < usable[floor]![1]) floor = index;
  const from = Math.max(0, Math.min(floor - 2, usable.length - 3));
  const to = Math.min(usable.length, Math.max(floor + 3, 3));
  const near = usable.slice(from, to);

  // around the mean α, so that the normal equations are well conditioned
  const centre = near.reduce((sum, [alpha]) => sum + alpha, 0) / near.length;
  let [s0, s1, s2, s3, s4, t0, t1, t2] = [0, 0, 0, 0, 0, 0, 0, 0];
  const base = usable[floor]![1];
  for (const [alpha, loss] of near) {
    const u = alpha - centre;
    const v = loss - base;
    s0 += 1;
    s1 += u;
    s2 += u * u;
    s3 += u ** 3;
    s4 += u ** 4;
    t0 += v;
    t1 += v * u;
    t2 += v * u * u;
  }
  const determinant = s4 * (s2 * s0 - s1 * s1) - s3 * (s3 * s0 - s1 * s2) + s2 * (s3 * s1 - s2 * s2);
  const a = (t2 * (s2 * s0 - s1 * s1) - s3 * (t1 * s0 - s1 * t0) + s2 * (t1 * s1 - s2 * t0)) / determinant;
  const slope = (s4 * (t1 * s0 - t0 * s1) - t2 * (s3 * s0 - s1 * s2) + s2 * (s3 * t0 - t1 * s2)) / determinant;
  const height = (s4 * (s2 * t0 - s1 * t1) - s3 * (s3 * t0 - s2 * t1) + t2 * (s3 * s1 - s2 * s2)) / determinant;
  const b = slope - 2 * a * centre;
  const c = height - slope * centre + a * centre * centre + base;
  const at = centre - slope / (2 * a);
  // a hair beyond the ends is rounding
  const vertex =
    a > 0 && at >= -1e-3 && at <= 1 + 1e-3 ? { alpha: at, loss: height - (slope * slope) / (4 * a) + base } : null;
  return { a, b, c, points: near.length, vertex };
}

/** The parabola's value at α. */
export function parabolaAt({ a, b, c }: Parabola, alpha: number): number {
  return (a * alpha + b) * alpha + c;
}
