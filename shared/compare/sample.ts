/** Numbers that sum up the values of several runs at one place: mean, deviation, quantiles; exact from 5e-324 to 1e308. */

/** Mean, sample standard deviation and their number. */
export interface Spread {
  mean: number;
  /** √(Σ(y − mean)² / (n − 1)); NaN for one value. */
  deviation: number;
  count: number;
}

/** A power of two that brings values to where their squares are numbers; 1 where they are already. */
function scaleOf(values: Float64Array): number {
  let greatest = 0;
  for (const value of values) greatest = Math.max(greatest, Math.abs(value));
  if (greatest === 0 || (greatest > 1e-120 && greatest < 1e120)) return 1;
  return 2 ** -Math.max(-1000, Math.min(1000, Math.floor(Math.log2(greatest))));
}

/**
 * Mean and deviation of a sample, in two passes around a value of its own: what is common to all values cancels exactly, so that equal
 * values have no deviation and 10⁹ + 1, 10⁹ + 2, … have that of 1, 2, …
 * @param values finite ones
 */
export function momentsOf(values: Float64Array): Spread {
  const count = values.length;
  if (count === 0) return { mean: NaN, deviation: NaN, count };
  const scale = scaleOf(values);
  const first = values[0]! * scale;
  let sum = 0;
  for (const value of values) sum += value * scale - first;
  const near = first + sum / count;
  // what the first pass rounded away, with what adding rounds away (Neumaier 1974)
  let [rest, lost] = [0, 0];
  for (const value of values) {
    const term = value * scale - near;
    const next = rest + term;
    lost += Math.abs(rest) >= Math.abs(term) ? rest - next + term : term - next + rest;
    rest = next;
  }
  const mean = near + (rest + lost) / count;
  if (count === 1) return { mean: mean / scale, deviation: NaN, count };
  let [squares, over] = [0, 0];
  for (const value of values) {
    const away = value * scale - mean;
    squares += away * away;
    over += away;
  }
  const variance = Math.max(0, squares - (over * over) / count) / (count - 1);
  return { mean: mean / scale, deviation: Math.sqrt(variance) / scale, count };
}

/** Values in ascending order, of which each can be had. */
export interface Ordered {
  readonly length: number;
  /** The value at a place, from 0; undefined where there is none. */
  at(row: number): number | undefined;
}

/**
 * The quantile that NumPy calls linear, its default (type 7 of Hyndman and Fan, The American Statistician 50, 1996): linear between the
 * values around place (n − 1)·share, from 0.
 * @param sorted ascending
 * @param share 0 to 1
 */
export function quantileOf(sorted: Ordered, share: number): number {
  if (sorted.length === 0) return NaN;
  const place = (sorted.length - 1) * share;
  const row = Math.floor(place);
  const part = place - row;
  const low = sorted.at(row)!;
  const high = sorted.at(Math.min(row + 1, sorted.length - 1))!;
  const step = high - low;
  if (!Number.isFinite(step)) return low * (1 - part) + high * part;
  return part >= 0.5 ? high - step * (1 - part) : low + step * part;
}
