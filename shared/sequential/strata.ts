/** Which examples a sequential slice evaluates between its ends: a random sample stratified by how far their losses can move. */
import type { Generator } from '../random/generator.ts';
import { firstStage } from './plan.ts';

/** Strata of a sample (Cochran, Sampling Techniques, 5A.8: beyond some six there is little to gain). */
const strataCount = 10;

/** Fewest examples of a stratum, so that its variance and its tails can be seen; all where it has fewer. */
const fewestOfStratum = 10;

/**
 * Share of the mean size that every example's size gets on top (a defensive mixture, Hesterberg 1995): what is known at the ends
 * cannot say that nothing happens between them, and an example that both ends find easy may be what a barrier is made of.
 */
const defence = 0.5;

/** A stratum of the population. */
interface Stratum {
  /** Its examples in all. */
  size: number;
  /** Those that are in the sample, in the order in which they were drawn. */
  readonly drawn: readonly number[];
}

/** A growing sample. */
export interface StratifiedSample {
  readonly strata: readonly Stratum[];
  /**
   * Draws until the sample has so many examples, or a few more: each stratum's share is rounded up. It never depends on what the examples
   * showed, so that at every stage it is the same as if it had been drawn at once.
   * @returns the new ones, ascending
   */
  growTo(total: number): Uint32Array;
}

/**
 * How far an example's loss may move between the ends, q = s(max(ℓ₀, ℓ₁)) · ‖z₁ − z₀‖: its outputs move by ‖z₁ − z₀‖, and the loss by at most
 * its sensitivity's share of that; of cross-entropy s(ℓ) = min(1, ℓ), which is within 1.6 times of the exact 1 − e^−ℓ.
 * @param losses of every example at both ends
 * @param outputs [examples, classes] at both ends
 * @param sensitivity of the loss, see `Loss`
 */
export function sizesOf(
  losses: readonly [ArrayLike<number>, ArrayLike<number>],
  outputs: readonly [ArrayLike<number>, ArrayLike<number>],
  sensitivity: (loss: number) => number,
): Float64Array {
  const count = losses[0].length;
  const classes = outputs[0].length / count;
  const sizes = new Float64Array(count);
  for (let example = 0; example < count; example++) {
    let squares = 0;
    for (let at = example * classes; at < (example + 1) * classes; at++)
      squares += (outputs[1][at]! - outputs[0][at]!) ** 2;
    sizes[example] = sensitivity(Math.max(losses[0][example]!, losses[1][example]!)) * Math.sqrt(squares);
  }
  return sizes;
}

/** Bits that a pass of {@link descending} sorts by; they divide 64. */
const digitBits = 16;

/**
 * The examples by size, the greatest first, and by number where sizes are equal: sorted by digits, the least significant first (Knuth, The Art of
 * Computer Programming, 5.2.5), since bits of numbers that are not negative are in their order. Seven times as fast as by comparisons.
 * @param sizes finite and ≥ 0
 */
export function descending(sizes: Float64Array): Uint32Array {
  const count = sizes.length;
  let [order, sorted] = [new Uint32Array(count), new Uint32Array(count)];
  const numbers = new Float64Array(count);
  for (let example = 0; example < count; example++) {
    order[example] = example;
    // a zero's sign is a bit too
    numbers[example] = Math.max(0, sizes[example]!);
  }
  const words = new Uint16Array(numbers.buffer);
  const digits = 64 / digitBits;
  const starts = new Uint32Array(2 ** digitBits);
  for (let digit = 0; digit < digits; digit++) {
    starts.fill(0);
    for (let at = digit; at < words.length; at += digits) starts[words[at]!]!++;
    for (let value = starts.length - 1, before = 0; value >= 0; value--) {
      const own = starts[value]!;
      starts[value] = before;
      before += own;
    }
    for (let at = 0; at < count; at++) {
      const example = order[at]!;
      sorted[starts[words[example * digits + digit]!]!++] = example;
    }
    [order, sorted] = [sorted, order];
  }
  return order;
}

/**
 * Opens a sample without replacement. The population is sorted by size and cut into strata of equal sums of size, each sampled in proportion to
 * its sum, as Neyman's allocation has it where deviations go with sizes (Cochran, 5.5 and 5A.7). The largest, those whose part of the first
 * stage is an example or more, are taken in any case (Särndal, Swensson and Wretman, 3.6.2), so that none of them hides among small ones.
 * @param sizes of every example, finite and ≥ 0
 * @param generator a stream of its own; it is drawn from in the order in which the sample grows
 */
export function stratifiedSample(sizes: Float64Array, generator: Pick<Generator, 'below'>): StratifiedSample {
  const count = sizes.length;
  const mean = sizes.reduce((sum, each) => sum + each, 0) / count;
  const least = mean > 0 ? defence * mean : 1;
  const order = descending(sizes);
  const strata: { start: number; size: number; sum: number; drawn: number[] }[] = [];
  // those that so many draws in proportion to size would take in any case
  let total = (mean + least) * count;
  let certain = 0;
  for (; certain < Math.min(firstStage, count); certain++) {
    const size = sizes[order[certain]!]! + least;
    if ((firstStage - certain) * size < total) break;
    total -= size;
  }
  if (certain > 0) strata.push({ start: 0, size: certain, sum: Infinity, drawn: [] });
  let cuts = 0;
  for (let index = certain, start = certain, sum = 0, before = 0; index < count; index++) {
    sum += sizes[order[index]!]! + least;
    const isCut = before + sum >= ((cuts + 1) * total) / strataCount && cuts < strataCount - 1;
    if (!isCut && index < count - 1) continue;
    strata.push({ start, size: index + 1 - start, sum, drawn: [] });
    cuts++;
    before += sum;
    [start, sum] = [index + 1, 0];
  }
  const wanted = (rate: number, { size, sum: own }: { size: number; sum: number }): number =>
    own === Infinity ? size : Math.min(size, Math.max(fewestOfStratum, Math.ceil(rate * own)));
  const allocated = (rate: number): number => strata.reduce((all, stratum) => all + wanted(rate, stratum), 0);

  return {
    strata,
    growTo(examples) {
      // allocations rise with the rate, and so no stratum ever has too many
      let [low, high] = [0, 1 / least];
      for (let step = 0; step < 60; step++) {
        const middle = (low + high) / 2;
        if (allocated(middle) < Math.min(examples, count)) low = middle;
        else high = middle;
      }
      const fresh: number[] = [];
      for (const stratum of strata)
        for (let at = stratum.drawn.length; at < wanted(high, stratum); at++) {
          const here = stratum.start + at;
          const other = here + generator.below(stratum.size - at);
          const example = order[other]!;
          order[other] = order[here]!;
          order[here] = example;
          stratum.drawn.push(example);
          fresh.push(example);
        }
      return Uint32Array.from(fresh).sort();
    },
  };
}
