/** Random numbers for made evidence: seeded, so that a calibration and a test draw the same again. */

/**
 * Uniform numbers in [0, 1): Mulberry32 (Tommy Ettinger, public domain), whose period of 2³² is far beyond what a
 * calibration draws. The walk itself draws from xoshiro128** (electron/trainer/random).
 * @param seed any whole number; its lowest 32 bits count
 */
function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A source of random numbers. */
export interface Random {
  /** In [0, 1). */
  uniform: () => number;
  /** Of mean 0 and standard deviation 1 (Box and Muller, 1958). */
  normal: () => number;
}

/** Random numbers from a seed. */
export function randomFrom(seed: number): Random {
  const uniform = uniforms(seed);
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}
