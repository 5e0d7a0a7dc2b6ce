/** Mean and spread over runs at one place: what a group's line and band show. */
import jStat from 'jstat';
import type { Band } from './band.ts';

/** Mean, sample standard deviation and their number. */
export interface Spread {
  mean: number;
  /** √(Σ(y − mean)² / (n − 1)); NaN for one value. */
  deviation: number;
  count: number;
}

/** Mean and spread of the values that are numbers; NaN for none. */
export function spreadOf(values: readonly number[]): Spread {
  const own = values.filter(Number.isFinite);
  const count = own.length;
  const mean = own.reduce((sum, value) => sum + value, 0) / count;
  const squares = own.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: count > 1 ? Math.sqrt(squares / (count - 1)) : NaN, count };
}

const quantiles = new Map<number, number>();

/** t with 97.5 % of Student's distribution below it. */
function quantile(freedom: number): number {
  const known = quantiles.get(freedom);
  if (known !== undefined) return known;
  const found = jStat.studentt.inv(0.975, freedom);
  quantiles.set(freedom, found);
  return found;
}

/** Half the height of a band around the mean; NaN where one value has no spread. */
export function halfWidth({ deviation, count }: Spread, band: Band): number {
  if (band === 'none' || count < 2) return NaN;
  return band === 'deviation' ? deviation : (quantile(count - 1) * deviation) / Math.sqrt(count);
}
