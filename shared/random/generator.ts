/** Random numbers: xoshiro128** 1.1 (Blackman and Vigna, https://prng.di.unimi.it/xoshiro128starstar.c), the project's one generator. */
import { z } from 'zod';

const word32 = z
  .int()
  .min(0)
  .lt(2 ** 32);

/** Complete state of a generator: four unsigned 32-bit words, not all 0. */
export const generatorStateSchema = z.tuple([word32, word32, word32, word32]).readonly();
export type GeneratorState = z.output<typeof generatorStateSchema>;

/** A stream of random numbers that can be saved and continued. */
export interface Generator {
  /** The next unsigned 32-bit word. */
  word: () => number;
  /** Uniform in [0, 1), a multiple of 2⁻²⁴ (exact in float32). */
  uniform: () => number;
  /** Normal with mean 0 and variance 1 (Box and Muller, 1958: one of the pair, so that the state says everything). */
  normal: () => number;
  /**
   * Uniform whole number in [0, bound), without bias (words that would favour small numbers are drawn again).
   * @param bound from 1 to 2³²
   */
  below: (bound: number) => number;
  /** The state, to continue later with {@link generatorFrom}. */
  state: () => GeneratorState;
}

/**
 * Continues a generator from a state.
 * @throws Error when the state is not four unsigned 32-bit words, or all are 0 (the one state that never changes).
 */
export function generatorFrom(state: GeneratorState): Generator {
  if (state.length !== 4 || !state.every((each) => Number.isInteger(each) && each >= 0 && each < 2 ** 32))
    throw new Error(`a generator's state is four unsigned 32-bit words, got [${state.join(', ')}]`);
  if (state.every((each) => each === 0)) throw new Error("a generator's state must not be all zeros");
  let [a, b, c, d] = state.map((each) => each | 0) as [number, number, number, number];

  const word = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result >>> 0;
  };

  const uniform = (): number => (word() >>> 8) * 2 ** -24;

  return {
    word,
    uniform,
    // 1 − u lies in (0, 1], so that its logarithm is finite
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    below(bound) {
      const limit = 2 ** 32 - (2 ** 32 % bound);
      let drawn = word();
      while (drawn >= limit) drawn = word();
      return drawn % bound;
    },
    state: () => [a >>> 0, b >>> 0, c >>> 0, d >>> 0],
  };
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
