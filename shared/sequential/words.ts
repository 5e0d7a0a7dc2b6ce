/** What is said of a sequential slice. */
import { formatNumber } from '../format.ts';

/** What a record says of its sample; NaN where it is none of a sequential slice. */
export interface SampledSlice {
  /** Examples that the points between the ends were evaluated on. */
  examples: number;
  /** Points between the ends that were evaluated on the whole set; none when left out. */
  known?: number;
  /** What losses are known to; 0 on the whole set. */
  tolerance: number;
  confidence: number;
}

/**
 * How a slice was evaluated, in words: `points between the ends on 410 of 45,000 examples, 99 % for this slice`; null where it is not sequential.
 * @param count examples of the whole set
 */
export function sampleWords(
  { examples, known = 0, tolerance, confidence }: SampledSlice,
  count: number,
): string | null {
  if (Number.isNaN(examples)) return null;
  if (tolerance === 0)
    return `no sample decided this slice: all of its points are on the ${count.toLocaleString('en')} examples`;
  const others = known === 0 ? '' : `, ${known} of them on all`;
  return `points between the ends on ${examples.toLocaleString('en')} of ${count.toLocaleString('en')} examples${others}, ${formatNumber(100 * confidence)} % for this slice`;
}

/**
 * Other places that may have the floor, in words: ` (0.5 within 1 % of the range)`; nothing where there are none.
 * @param losses at α; those that are not finite do not count
 */
export function nearFloorWords(
  alphas: readonly number[],
  losses: readonly number[],
  { tolerance }: Pick<SampledSlice, 'tolerance'>,
): string {
  const finite = losses.filter(Number.isFinite);
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  const floor = losses.indexOf(least);
  const near = alphas.filter((_, k) => k !== floor && losses[k]! - least <= tolerance);
  if (!(tolerance > 0) || near.length === 0) return '';
  // what is sure, and not how far the estimates are apart
  const share = formatNumber(Math.ceil((1000 * tolerance) / (most - least) - 1e-6) / 10);
  return ` (${near.map((alpha) => formatNumber(alpha)).join(', ')} within ${share} % of the range)`;
}
