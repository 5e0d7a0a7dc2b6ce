/** Measurements that nothing was evaluated for, for tests. */
import type { Measurement } from '../walk/measurement.ts';

/** Of examples with these losses, which are the whole set; a number is the loss of one. */
export function measurementOf(losses: number | readonly number[]): Measurement {
  const all = typeof losses === 'number' ? [losses] : losses;
  return {
    loss: all.reduce((a, b) => a + b) / all.length,
    accuracy: 0,
    fit: null,
    standardError: null,
    losses: Float32Array.from(all),
    logitSize: 0,
  };
}
