/** Looking things up in ascending columns. */

/** Row of the first value of an ascending column that is at least `target`; its length where there is none. */
export function lowerBound(column: Float64Array, target: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle]! < target) low = middle + 1;
    else high = middle;
  }
  return low;
}
