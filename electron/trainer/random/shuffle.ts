/** Random orders and subsets. */
import type { Generator } from './generator.ts';

/** The numbers 0 to count − 1 in random order (Fisher–Yates, from the end). */
export function shuffled(count: number, generator: Generator): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = generator.below(last + 1);
    const kept = order[last]!;
    order[last] = order[other]!;
    order[other] = kept;
  }
  return order;
}

/** `size` different numbers of 0 to count − 1, ascending; every subset is equally likely. */
export function subset(count: number, size: number, generator: Generator): Uint32Array {
  return shuffled(count, generator).slice(0, size).sort();
}
