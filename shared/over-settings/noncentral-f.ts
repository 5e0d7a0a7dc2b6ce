/** The noncentral F distribution, as far as intervals of effect sizes need it. */
import jStat from 'jstat';

/**
 * Probability that a noncentral F variable is at most F, by F's place η² = d₁F/(d₁F + d₂) between 0 and 1: a Poisson mixture of beta distributions,
 * Σⱼ e^(−λ/2) (λ/2)ʲ/j! · I_η²(d₁/2 + j, d₂/2).
 * @param eta η², 0 to 1
 * @param lambda noncentrality λ ≥ 0
 */
export function noncentralF(eta: number, between: number, within: number, lambda: number): number {
  const half = lambda / 2;
  // outwards from the greatest weight, until what is left does not count
  const middle = Math.floor(half);
  const weight = (j: number): number =>
    half === 0 ? (j === 0 ? 1 : 0) : Math.exp(-half + j * Math.log(half) - jStat.gammaln(j + 1));
  let sum = 0;
  for (let j = middle; j >= 0; j--) {
    const share = weight(j);
    sum += share * jStat.ibeta(eta, between / 2 + j, within / 2);
    if (share < 1e-17) break;
  }
  for (let j = middle + 1; ; j++) {
    const share = weight(j);
    sum += share * jStat.ibeta(eta, between / 2 + j, within / 2);
    if (share < 1e-17) return sum;
  }
}

/**
 * The noncentrality with which F lies at a quantile; 0 where even that of no effect lies beyond it.
 * @param probability of a lower F: 0.975 gives the lower end of a 95 % interval, 0.025 the upper
 */
export function noncentralityWith(eta: number, between: number, within: number, probability: number): number {
  if (noncentralF(eta, between, within, 0) <= probability) return 0;
  let [low, high] = [0, 1];
  while (noncentralF(eta, between, within, high) > probability && high < 1e7) high *= 2;
  for (let step = 0; step < 80 && high - low > 1e-10 * high; step++) {
    const middle = (low + high) / 2;
    if (noncentralF(eta, between, within, middle) > probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
