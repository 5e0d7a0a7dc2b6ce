/** The walk's randomness: one generator (shared/random/generator.ts) per purpose. */
import { createHash } from 'node:crypto';
import { generatorFrom } from '../../../shared/random/generator.ts';
import type { Generator, GeneratorState } from '../../../shared/random/generator.ts';

export { generatorFrom, generatorStateSchema } from '../../../shared/random/generator.ts';
export type { Generator, GeneratorState } from '../../../shared/random/generator.ts';

/** What a generator is for; each purpose draws from a stream of its own, so that none disturbs another. */
export type Purpose =
  | 'initialisation'
  | 'order'
  | 'subset'
  | 'augmentation'
  | 'statistics'
  | 'noise'
  | 'noise scale'
  | 'curvature examples'
  // of one iteration
  | `curvature ${number}`
  | `gradient noise ${number}`
  | `trace ${number}`
  | `spectral density ${number}`
  // of the slice of one iteration
  | `slice sample ${number}`
  // of one point of the walk
  | `rounding ${number}`
  // of measurements beside the eigenvalues before one iteration
  | `critical sharpness ${number}`
  | `batch sharpness ${number}`;

/**
 * The generator of a seed and purpose: its state is the first 16 bytes of SHA-256 of the text `valleywalk <purpose> <seed>`,
 * read as four little-endian words.
 */
export function generatorFor(seed: number, purpose: Purpose): Generator {
  const digest = createHash('sha256').update(`valleywalk ${purpose} ${seed}`).digest();
  return generatorFrom([0, 4, 8, 12].map((offset) => digest.readUInt32LE(offset)) as unknown as GeneratorState);
}
