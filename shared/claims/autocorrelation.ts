/**
 * How much the correlated iterations of a walk are worth: consecutive iterations resemble each other, so that n of them tell less
 * of a mean than n independent ones would.
 */

/** What the iterations of one run tell of their mean. */
export interface Worth {
  /** Independent values that would tell as much of the mean, above 0 and at most n. */
  effective: number;
  /** Variance of the run's mean that follows: the variance of single values over {@link Worth.effective}. */
  variance: number;
  /** Degrees of freedom of that variance. */
  degrees: number;
}

/** Correlations above this cannot be told from 1 in the lengths that walks are probed at. */
const greatestCorrelation = 0.99;

/**
 * Effective sample sizes of the runs of one setting, n · s²/Ω, s² being the variance of single values and Ω their long-run variance. Of
 * two estimates of Ω the greater counts, so that neither a slow correlation nor one that is no first-order one is missed:
 *
 * - cosine weights: the mean square of the B lowest cosine transforms, B = max(2, ⌊0.4 n^{2/3}⌋), which has a t distribution with B degrees of
 *   freedom (Müller, 2004; Lazarus, Lewis, Stock and Watson, HAR Inference: Recommendations for Practice, 2018);
 * - first-order autoregression: s² (1 + φ)/(1 − φ), φ being pooled over the runs and corrected for its bias in short series, φ̂ + (1 + 3φ̂)/n
 *   (Marriott and Pope, 1954; Kendall, 1954).
 *
 * Correlations below zero, as of a walk that swings, are not counted in favour: the size is never above n. A series that never changes says
 * nothing about its correlation and is worth n^{2/3} values, as many as there are blocks of ⌈n^{1/3}⌉.
 * @param runs series of one setting's runs, each of at least one value
 */
export function worthOf(runs: readonly Float64Array[]): Worth[] {
  const moments = runs.map(momentsOf);
  const pooledVariance = sum(moments.map(({ squares }) => squares));
  const pooled = pooledVariance > 0 ? sum(moments.map(({ products }) => products)) / pooledVariance : 0;
  return runs.map((series, index) => {
    const n = series.length;
    const degrees = Math.max(2, Math.floor(0.4 * Math.cbrt(n) ** 2));
    const variance = moments[index]!.squares / n;
    if (!(variance > 0)) return { effective: Math.max(1, Math.cbrt(n) ** 2), variance: 0, degrees };
    const phi = Math.min(greatestCorrelation, Math.max(0, pooled + (1 + 3 * pooled) / n));
    const ratio = Math.max(1, (1 + phi) / (1 - phi), longRunVariance(series, degrees) / variance);
    // a sample has one value at least, however correlated
    const effective = Math.max(1, n / ratio);
    return { effective, variance: (variance * n) / Math.max(1, n - 1) / effective, degrees };
  });
}

/** The mean square of the lowest cosine transforms √(2/n) Σ_t x_t cos(π j (t − ½)/n), j = 1 … count. */
function longRunVariance(series: Float64Array, count: number): number {
  const n = series.length;
  let total = 0;
  for (let j = 1; j <= count; j++) {
    let transform = 0;
    for (let t = 0; t < n; t++) transform += series[t]! * Math.cos((Math.PI * j * (t + 0.5)) / n);
    total += (2 / n) * transform ** 2;
  }
  return total / count;
}

/** Σ (x_t − x̄)² and Σ (x_t − x̄)(x_{t+1} − x̄). */
function momentsOf(series: Float64Array): { squares: number; products: number } {
  const mean = meanOf(series);
  let [squares, products] = [0, 0];
  for (let t = 0; t < series.length; t++) {
    squares += (series[t]! - mean) ** 2;
    if (t > 0) products += (series[t]! - mean) * (series[t - 1]! - mean);
  }
  return { squares, products };
}

/** Mean of values; NaN of none. */
export function meanOf(values: ArrayLike<number>): number {
  let total = 0;
  for (let index = 0; index < values.length; index++) total += values[index]!;
  return total / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
