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

/** Central differences of a scalar function at a point, one for every coordinate. */
export function centralDifferences(
  at: ArrayLike<number>,
  value: (point: Float64Array) => number,
  step = 1e-5,
): Float64Array {
  const point = Float64Array.from(at);
  return point.map((here, index) => {
    point[index] = here + step;
    const above = value(point);
    point[index] = here - step;
    const below = value(point);
    point[index] = here;
    return (above - below) / (2 * step);
  });
}
