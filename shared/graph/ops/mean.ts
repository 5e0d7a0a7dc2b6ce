/** Means over axes. */
import { sizeOf } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { scale } from './arithmetic.ts';
import { sum } from './reduce.ts';

/**
 * Mean over `axes` (all when left out), which stay as 1 when `keep` is true.
 * @throws Error when an axis is out of range or named twice.
 */
export function mean(a: Tensor, axes?: readonly number[], keep = false): Tensor {
  const result = sum(a, axes, keep);
  return scale(result, sizeOf(result.shape) / sizeOf(a.shape));
}
