/** The noncentral F distribution, as far as intervals of effect sizes need it. */
import jStat from 'jstat';

/**
 * Probability that a noncentral F variable is at most F, by F's place η² = d₁F/(d₁F + d₂) between 0 and 1: a Poisson mixture of beta distributions,
 * Σⱼ e^(−λ/2) (λ/2)ʲ/j! · I_η²(d₁/2 + j, d₂/2).
 * @param eta η², 0 to 1
 * @param lambda noncentrality λ ≥ 0
 */
export function noncentralF(eta: number, between: number, within: number, lambda: number): number {
  if (eta <= 0) return 0;
  const [half, a, b] = [lambda / 2, between / 2, within / 2];
  if (half === 0) return jStat.ibeta(eta, a, b);
  // the weights beyond nine standard deviations do not count
  const reach = Math.ceil(9 * Math.sqrt(half) + 20);
  const top = Math.floor(half) + reach;
  const end = Math.max(0, Math.floor(half) - reach);
  // downwards, where the recurrence of the incomplete beta only adds: I(a, b) = I(a + 1, b) + xᵃ(1 − x)ᵇ / (a B(a, b))
  let inside = jStat.ibeta(eta, a + top, b);
  let step = (a + top) * Math.log(eta) + b * Math.log1p(-eta);
  step += jStat.gammaln(a + top + b) - jStat.gammaln(a + top + 1) - jStat.gammaln(b);
  let weight = -half + top * Math.log(half) - jStat.gammaln(top + 1);
  let sum = 0;
  for (let j = top; j >= end; j--) {
    sum += Math.exp(weight) * inside;
    step += Math.log((a + j) / (eta * (a + j - 1 + b)));
    inside += Math.exp(step);
    weight += Math.log(j / half);
  }
  return sum;
}

/**
 * The noncentrality with which F lies at a quantile; 0 where even that of no effect lies beyond it.
 * @param probability of a lower F: 0.975 gives the lower end of a 95 % interval, 0.025 the upper
 */
export function noncentralityWith(eta: number, between: number, within: number, probability: number): number {
  if (noncentralF(eta, between, within, 0) <= probability) return 0;
  let [low, high] = [0, 1];
  while (noncentralF(eta, between, within, high) > probability && high < 1e7) high *= 2;
  for (let step = 0; step < 60 && high - low > 1e-9 * high; step++) {
    const middle = (low + high) / 2;
    if (noncentralF(eta, between, within, middle) > probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
