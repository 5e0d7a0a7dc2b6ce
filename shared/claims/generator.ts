/** Random numbers for resampling: seeded, so that the same records give the same interval and the same verdict. */

/**
 * Uniform numbers in [0, 1): Mulberry32 (Tommy Ettinger, public domain), whose period of 2³² is far beyond what a
 * bootstrap draws. The walk itself draws from xoshiro128** (electron/trainer/random).
 * @param seed any whole number; its lowest 32 bits count
 */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}
