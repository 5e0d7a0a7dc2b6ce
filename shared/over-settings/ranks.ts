/**
 * Association by ranks: Spearman's correlation with its interval, and the share of the variance of ranks that lies between groups
 * (Kruskal and Wallis' H, divided by n − 1) with its interval. Ties have the mean of their ranks.
 */
import jStat from 'jstat';
import { noncentralityWith } from './noncentral-f.ts';

/** Ranks from 1, equal values the mean of theirs. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const found = new Array<number>(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let at = from; at < to; at++) found[order[at]!] = (from + to + 1) / 2;
    from = to;
  }
  return found;
}

/** Pearson's correlation, within ±1; NaN where one of the two does not vary. */
function correlation(x: readonly number[], y: readonly number[]): number {
  const mean = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0) / all.length;
  const [mx, my] = [mean(x), mean(y)];
  let [xx, yy, xy] = [0, 0, 0];
  for (let at = 0; at < x.length; at++) {
    const [dx, dy] = [x[at]! - mx, y[at]! - my];
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  const r = xy / Math.sqrt(xx * yy);
  return Math.max(-1, Math.min(1, r));
}

/** Spearman's rank correlation: Pearson's of the ranks; NaN where one of the two does not vary. */
export function spearman(x: readonly number[], y: readonly number[]): number {
  return correlation(ranks(x), ranks(y));
}

/** A 95 % interval, ends in order. */
export type Interval = readonly [low: number, high: number];

/** Runs below which the interval of a rank correlation is not told: from so many on it holds the truth at least as often as it says (testing/truth.py). */
export const leastForCorrelation = 5;

const normal = jStat.normal.inv(0.975, 0, 1);

/**
 * The 95 % interval of Spearman's correlation: Fisher's z with Bonett and Wright's (2000) standard error √((1 + ρ²/2)/(n − 3)). At ρ = ±1, where
 * z is infinite, the inner end is that of the nearest correlation without ties, one exchanged pair: 1 − 12/(n³ − n).
 * @returns null below {@link leastForCorrelation} pairs, and where ρ is none
 */
export function correlationInterval(rho: number, n: number): Interval | null {
  if (n < leastForCorrelation || !Number.isFinite(rho)) return null;
  const nearest = 1 - 12 / (n ** 3 - n);
  const inner = Math.max(-nearest, Math.min(nearest, rho));
  const half = normal * Math.sqrt((1 + inner ** 2 / 2) / (n - 3));
  const z = Math.atanh(inner);
  const [low, high] = [Math.tanh(z - half), Math.tanh(z + half)];
  return [rho <= -nearest ? -1 : low, rho >= nearest ? 1 : high];
}

/** The share of the variance of ranks that lies between groups, and what that rests on. */
interface RankEffect {
  /** η² of the ranks, 0 to 1: between groups ÷ in total, which is H/(n − 1) with H corrected for ties; NaN where the values do not vary. */
  eta: number;
  /** Values. */
  n: number;
  groups: number;
}

/** η² of the ranks of values in groups. */
export function rankEffect(values: readonly number[], groups: readonly (number | string)[]): RankEffect {
  const own = ranks(values);
  const mean = (own.length + 1) / 2;
  const sums = new Map<number | string, { sum: number; count: number }>();
  let total = 0;
  for (const [at, rank] of own.entries()) {
    const group = sums.get(groups[at]!) ?? { sum: 0, count: 0 };
    sums.set(groups[at]!, { sum: group.sum + rank - mean, count: group.count + 1 });
    total += (rank - mean) ** 2;
  }
  let between = 0;
  for (const { sum, count } of sums.values()) between += sum ** 2 / count;
  return { eta: Math.min(1, between / total), n: own.length, groups: sums.size };
}

/** Runs beyond the number of groups below which the interval of η² is not told: from so many on it holds the truth in 92 % or more (testing/truth.py). */
export const leastBeyondGroups = 8;

/**
 * The 95 % interval of η² of the ranks: Steiger's (2004), by the noncentral F distribution of the analysis of variance of the ranks, λ/(λ + n).
 * @returns null where there are fewer than {@link leastBeyondGroups} values more than groups, or no second group, or no variance
 */
export function rankEffectInterval({ eta, n, groups }: RankEffect): Interval | null {
  const [between, within] = [groups - 1, n - groups];
  if (between < 1 || within < leastBeyondGroups || !Number.isFinite(eta)) return null;
  if (eta >= 1 - 1e-12) {
    // nothing within groups: F is infinite; the inner end is that of one exchanged pair across groups
    const inner = noncentralityWith(Math.max(0, 1 - 12 / (n ** 3 - n)), between, within, 0.975);
    return [inner / (inner + n), 1];
  }
  const ends = [0.975, 0.025].map((probability) => noncentralityWith(eta, between, within, probability));
  return [ends[0]! / (ends[0]! + n), ends[1]! / (ends[1]! + n)];
}

/** Cramér's V of two lists of words: √(χ²/(n·(min(rows, columns) − 1))), 0 to 1; NaN where one does not vary. */
export function cramersV(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  const count = <K>(keys: readonly K[]): Map<K, number> => {
    const found = new Map<K, number>();
    for (const key of keys) found.set(key, (found.get(key) ?? 0) + 1);
    return found;
  };
  const [rows, columns] = [count(a), count(b)];
  const cells = count(a.map((one, at) => JSON.stringify([one, b[at]])));
  let sum = 0;
  for (const [row, inRow] of rows)
    for (const [column, inColumn] of columns)
      sum += (cells.get(JSON.stringify([row, column])) ?? 0) ** 2 / (inRow * inColumn);
  const chi = a.length * (sum - 1);
  return Math.min(1, Math.sqrt(Math.max(0, chi) / (a.length * (Math.min(rows.size, columns.size) - 1))));
}
