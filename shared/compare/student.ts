/** The quantile of Student's distribution that 95 % intervals stand on, to the last digits. */

/** Γ(a + ½) / Γ(a), a ≥ ½: Stirling's series of the logarithms, whose large parts cancel before anything is rounded. */
function gammaRatio(a: number): number {
  let factor = 1;
  // the series is good to 1e-16 from here on
  for (; a < 15; a++) factor *= a / (a + 0.5);
  const series = (z: number): number => {
    const w = 1 / (z * z);
    return (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w / 1188)))) / z;
  };
  return factor * Math.sqrt(a) * Math.exp(a * Math.log1p(0.5 / a) - 0.5 + series(a + 0.5) - series(a));
}

/** The continued fraction of the incomplete beta function I_x(a, ½), by Lentz's method: DLMF 8.17.22. */
function betaFraction(a: number, x: number): number {
  const b = 0.5;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1, change = 0; m < 10_000 && Math.abs(change - 1) > 2e-16; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    change = d * c;
    value *= change;
  }
  return value;
}

/** The 97.5 % quantile of the normal distribution. */
const z = 1.959963984540054;

function found(freedom: number): number {
  const a = freedom / 2;
  const ratio = gammaRatio(a) / Math.sqrt(Math.PI);
  // Cornish and Fisher's expansion (Abramowitz and Stegun 26.7.5) begins below the quantile
  let t =
    z +
    (z ** 3 + z) / (4 * freedom) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3);
  // what lies above t is convex in t, so that Newton's steps cannot run away
  for (let step = 0; step < 50; step++) {
    const log = Math.log1p((t * t) / freedom);
    const above =
      (0.5 * ratio * Math.exp(-a * log) * t * betaFraction(a, freedom / (freedom + t * t))) /
      (a * Math.sqrt(freedom + t * t));
    const density = (ratio / Math.sqrt(freedom)) * Math.exp(-(a + 0.5) * log);
    const next = t + (above - 0.025) / density;
    if (Math.abs(next - t) <= 4e-16 * t) return next;
    t = next;
  }
  return t;
}

const whole = new Map<number, number>();

/**
 * t with 97.5 % of Student's distribution below it.
 * @param freedom degrees of freedom, at least 1; Welch's are no whole number
 * @returns with a relative error below 1e-13 (jStat's stops at 1e-8); NaN for NaN
 */
export function studentQuantile(freedom: number): number {
  if (Number.isNaN(freedom)) return NaN;
  if (!Number.isInteger(freedom)) return found(freedom);
  let quantile = whole.get(freedom);
  if (quantile === undefined) whole.set(freedom, (quantile = found(freedom)));
  return quantile;
}
