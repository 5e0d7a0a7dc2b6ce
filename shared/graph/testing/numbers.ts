/** Comparing numbers, and numeric derivatives, for tests. */

/** Greatest |a − b| / (1 + |b|) over two lists; infinite when their lengths differ or something is NaN. */
export function greatestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let greatest = 0;
  for (let index = 0; index < a.length; index++) {
    const difference = Math.abs(a[index]! - b[index]!) / (1 + Math.abs(b[index]!));
    if (!(difference <= greatest)) greatest = Number.isNaN(difference) ? Infinity : difference;
  }
  return greatest;
}

/**
 * Central differences of a scalar function at a point, one for every coordinate: (8 (f₁ − f₋₁) − (f₂ − f₋₂)) / 12h, of fourth order, so that a step
 * may be long enough for the rounding of large values, some 10⁻¹² of them, to stay below what tests ask for.
 * @param step h; the function must be smooth within twice as much
 */
export function centralDifferences(
  at: ArrayLike<number>,
  value: (point: Float64Array) => number,
  step = 1e-4,
): Float64Array {
  const point = Float64Array.from(at);
  return point.map((here, index) => {
    const difference = (steps: number): number => {
      point[index] = here + steps * step;
      const above = value(point);
      point[index] = here - steps * step;
      return above - value(point);
    };
    const slope = (8 * difference(1) - difference(2)) / (12 * step);
    point[index] = here;
    return slope;
  });
}
