/** Means over a whole set from a stratified sample of it, with intervals that know heavy tails. */
import jStat from 'jstat';

/** What was seen of a stratum. */
export interface SeenStratum {
  /** Its examples in all. */
  size: number;
  /** A row of values for each that was drawn, all rows of one length. */
  rows: readonly Float64Array[];
}

/** A weighted sum of a row's values: indices and their weights. */
export type Contrast = readonly (readonly [index: number, weight: number])[];

/** A mean over the population, estimated. */
export interface StratifiedMean {
  mean: number;
  /** Standard error, √(Σ W² s²/n (1 − n/N)) over the strata. */
  standardError: number;
  /** Effective degrees of freedom of the variance's estimate; infinite where there is nothing to estimate. */
  freedom: number;
}

/**
 * The mean of a contrast over the population (Cochran, Sampling Techniques, 5.3 to 5.4), W_h being a stratum's share of it:
 *
 *   mean = Σ W_h ȳ_h,   variance = Σ v_h,   v_h = W_h² s_h² / n_h · (1 − n_h/N_h)
 *
 * Its degrees of freedom are Satterthwaite's (1946), with the variance that s² really has where values have the excess kurtosis κ,
 * Var(s²) = σ⁴ (2/(n − 1) + κ/n):
 *
 *   f = 2 (Σ v_h)² / Σ v_h² (2/(n_h − 1) + max(0, κ_h)/n_h)
 *
 * (Cochran warns that without κ they are overestimated.) One example that makes most of a stratum's variance leaves some two of them, so
 * that intervals grow wide where tails are seen to be heavy. Tails of which the sample saw nothing widen nothing.
 * @param strata of which each that is not taken whole has two rows at least
 */
export function stratifiedMean(strata: readonly SeenStratum[], contrast: Contrast): StratifiedMean {
  let population = 0;
  let most = 0;
  for (const { size, rows } of strata) {
    population += size;
    most = Math.max(most, rows.length);
  }
  const values = new Float64Array(most);
  let [mean, variance, doubt] = [0, 0, 0];
  for (const { size, rows } of strata) {
    const count = rows.length;
    let total = 0;
    for (let at = 0; at < count; at++) {
      const row = rows[at]!;
      let value = 0;
      for (const [index, weight] of contrast) value += weight * row[index]!;
      total += values[at] = value;
    }
    const average = total / count;
    const share = size / population;
    mean += share * average;
    if (count === size) continue;
    let [squares, fourths] = [0, 0];
    for (let at = 0; at < count; at++) {
      const away = values[at]! - average;
      squares += away * away;
      fourths += away ** 4;
    }
    if (squares === 0) continue;
    const own = ((share * share * squares) / (count - 1) / count) * (1 - count / size);
    const kurtosis = (count * fourths) / (squares * squares) - 3;
    variance += own;
    doubt += own * own * (2 / (count - 1) + Math.max(0, kurtosis) / count);
  }
  return {
    mean,
    standardError: Math.sqrt(variance),
    freedom: doubt === 0 ? Infinity : (2 * variance * variance) / doubt,
  };
}

/** Quantiles by risk and degrees of freedom. */
const known = new Map<string, number>();

/** Degrees of freedom above which Student's quantile is the normal one to some 0.1 %. */
const manyDegrees = 5000;

/**
 * Half width of an interval in standard errors: Student's two-sided quantile.
 * @param risk probability outside, both sides together, in (0, 1)
 * @param freedom degrees of freedom, rounded down to two digits, so that the answer is never too small; infinite below one, and where
 *   there is no telling
 */
export function studentQuantile(risk: number, freedom: number): number {
  if (!(freedom >= 1)) return Infinity;
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.min(freedom, manyDegrees))) - 1);
  const degrees = Math.min(manyDegrees, Math.floor(freedom / unit) * unit);
  const key = `${risk} ${degrees}`;
  const found = known.get(key) ?? jStat.studentt.inv(1 - risk / 2, degrees);
  known.set(key, found);
  return found;
}
