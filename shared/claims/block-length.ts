/**
 * How long the blocks of a block bootstrap have to be: long enough to hold the correlation of iterations that follow each
 * other. Politis and White, 2004, with the correction of Patton, Politis and White, 2009, for the circular bootstrap.
 */

/**
 * The automatic block length of a series for the circular block bootstrap of its mean:
 * b = (2 G² / D)^{1/3} n^{1/3} with G = Σ λ(k/M) |k| R(k), D = 4/3 (Σ λ(k/M) R(k))², R the autocovariance, λ the flat-top
 * lag window and M twice the lag from which on the autocorrelation is no longer significant.
 * @param series values in the order of their iterations
 * @returns a whole number from 1, at most 3 √n and at most a fifth of n; ⌈n^{1/3}⌉ where the series is constant and so says
 *   nothing about its correlation
 */
export function automaticBlockLength(series: Float64Array): number {
  const n = series.length;
  const longest = Math.max(1, Math.floor(Math.min(3 * Math.sqrt(n), n / 5)));
  const within = (length: number): number => Math.min(longest, Math.max(1, Math.ceil(length)));
  const lags = Math.max(5, Math.ceil(Math.log10(n)));
  const farthest = Math.min(n - 1, Math.ceil(Math.sqrt(n)) + lags);
  const covariance = autocovariances(series, farthest);
  const variance = covariance[0]!;
  if (!(variance > 0)) return within(Math.cbrt(n));

  const insignificant = 2 * Math.sqrt(Math.log10(n) / n);
  const significant = (lag: number): boolean => Math.abs((covariance[lag] ?? 0) / variance) >= insignificant;
  // the smallest lag after which `lags` autocorrelations in a row are insignificant
  let last = 0;
  for (let lag = 1; lag <= farthest && lag <= last + lags; lag++) if (significant(lag)) last = lag;
  const window = Math.min(farthest, 2 * Math.max(1, last));

  let [g, spectrum] = [0, variance];
  for (let lag = 1; lag <= window; lag++) {
    const weight = Math.min(1, 2 * (1 - lag / window));
    g += 2 * weight * lag * covariance[lag]!;
    spectrum += 2 * weight * covariance[lag]!;
  }
  const d = (4 / 3) * spectrum ** 2;
  return within(d === 0 ? longest : Math.cbrt((2 * g ** 2 * n) / d));
}

/** R(k) = 1/n Σ (x_i − x̄)(x_{i+k} − x̄) for k = 0 … farthest. */
function autocovariances(series: Float64Array, farthest: number): number[] {
  const n = series.length;
  const mean = series.reduce((sum, value) => sum + value, 0) / n;
  return Array.from({ length: Math.max(0, farthest) + 1 }, (_, lag) => {
    let sum = 0;
    for (let i = 0; i + lag < n; i++) sum += (series[i]! - mean) * (series[i + lag]! - mean);
    return sum / n;
  });
}
