/** The gradient noise scale: how many examples a batch has whose gradient is as much noise as signal. */
import { standardError } from './measurement.ts';

/** What is told of it, in examples. */
export interface NoiseScale {
  /** NaN where a gradient was not finite. */
  value: number;
  /** Standard error by the batches that were drawn, and what rounding of the gradients may do. */
  error: number;
}

/**
 * What rounding in float32 may do to the gradient of some examples, as a share of the root mean square of their own gradients' lengths: of MLPs and
 * CNNs, with and without batch norm, it was 7·10⁻⁸ at most.
 */
export const gradientRounding = 2 ** -20;

/**
 * B = tr(Σ)/‖G‖² (the simple noise scale of McCandlish, Kaplan, Amodei et al., An Empirical Model of Large-Batch Training, 2018, 2.9), of a set of N
 * examples: G is the mean of their gradients, Σ their covariance with divisor N − 1. Of a batch of b examples drawn without replacement
 *
 *   E‖g_b − G‖² = tr(Σ)/b · (1 − b/N),
 *
 * so that the mean of b/(1 − b/N) · ‖g_b − G‖²/‖G‖² over independent batches is B without bias, G being no estimate; over all examples one by one it
 * is B itself.
 * @param distances ‖g_b − G‖² of each batch, at least two
 * @param gradient ‖G‖²
 * @param batch b, less than N
 * @param examples N
 * @param every whether each example is one of the batches, so that nothing is left to chance
 */
export function noiseScaleOf(
  distances: readonly number[],
  { gradient, batch, examples, every = false }: { gradient: number; batch: number; examples: number; every?: boolean },
): NoiseScale {
  const count = distances.length;
  if (count < 2) throw new Error(`a noise scale has an error from two batches on, not from ${count}`);
  const share = batch / (1 - batch / examples) / gradient;
  const mean = distances.reduce((sum, each) => sum + each, 0) / count;
  const value = share * mean;
  const drawn = every ? 0 : share * standardError(distances, Infinity);
  // an example's gradient is √(tr Σ + ‖G‖²) long; G has its rounding by ‖G‖, a batch's beside it
  const single = gradientRounding * Math.sqrt(1 + value);
  const ofBatch = (2 * single * Math.sqrt(mean * gradient) + single ** 2 * gradient) * share;
  return { value, error: drawn + ofBatch + 2 * single * value };
}
