/** Smoothing of a metric over all of its points, before anything is thinned for drawing: docs/comparing.md has the formula. */
import { formatNumber } from '../format.ts';

/** What a chart says of it. @param width τ @param unit of its places, in the plural */
export function smoothingNote(width: number, unit: string): string {
  return `smoothed over all records: exponential kernel, τ = ${formatNumber(width)} ${unit}`;
}

/**
 * The two-sided exponential kernel average: s_i = Σ_j e^(−|x_i − x_j|/τ) y_j / Σ_j e^(−|x_i − x_j|/τ), over every j that was
 * measured. Exact, in two passes; it depends on the records alone and on no drawing.
 * @param x ascending places, in iterations or epochs
 * @param y values; NaN where not measured, which stays NaN and counts for nothing
 * @param width τ in the unit of x; 0 leaves the values as they are
 */
export function smooth(x: Float64Array, y: Float64Array, width: number): Float64Array {
  if (!(width > 0)) return y;
  const count = y.length;
  const sums = new Float64Array(count);
  const weights = new Float64Array(count);
  const pass = (from: number, to: number, step: 1 | -1): void => {
    let [sum, weight, last] = [0, 0, NaN];
    for (let row = from; row !== to; row += step) {
      if (!Number.isFinite(y[row])) continue;
      const decay = Number.isNaN(last) ? 0 : Math.exp(-Math.abs(x[row]! - last) / width);
      // what came before, without the point itself, which both passes would count
      sums[row]! += sum * decay;
      weights[row]! += weight * decay;
      sum = sum * decay + y[row]!;
      weight = weight * decay + 1;
      last = x[row]!;
    }
  };
  pass(0, count, 1);
  pass(count - 1, -1, -1);
  return y.map((value, row) => (Number.isFinite(value) ? (sums[row]! + value) / (weights[row]! + 1) : NaN));
}
