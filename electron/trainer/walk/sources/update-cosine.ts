/** The cosine of consecutive updates, of which momentum and clipping make something else than the cosine of gradients. */
import type { Vector } from '../rules/rule.ts';

/** cos(θ_t − θ_{t−1}, θ_{t+1} − θ_t), in float64; NaN where one of the updates is nothing. */
export function cosineOfUpdates(before: Vector, here: Vector, next: Vector): number {
  const sums = { product: 0, last: 0, now: 0 };
  for (let index = 0; index < here.length; index++) {
    const last = here[index]! - before[index]!;
    const now = next[index]! - here[index]!;
    sums.product += last * now;
    sums.last += last ** 2;
    sums.now += now ** 2;
  }
  return sums.product / (Math.sqrt(sums.last) * Math.sqrt(sums.now));
}
