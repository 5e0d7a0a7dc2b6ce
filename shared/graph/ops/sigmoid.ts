/** The logistic sigmoid. */
import { makeNode } from '../tensor.ts';
import type { Operation, Tensor } from '../tensor.ts';
import { multiply, subtract } from './arithmetic.ts';
import { activatedImages } from './elementary.ts';
import { constant } from './leaf.ts';

export const sigmoidOperation: Operation<'sigmoid', Record<string, never>> = {
  name: 'sigmoid',
  elementWise: true,
  infer: ([a]) => ({ shape: a!.shape, dtype: 'float' }),
  // s · (1 − s) of the result, which is already at hand
  gradient: (node, upstream) => [multiply(upstream, multiply(node, subtract(constant(1), node)))],
  cost: activatedImages,
  // by the exponential that does not overflow
  evaluate: (_, [a]) =>
    a!.map((value) => (value < 0 ? Math.exp(value) / (1 + Math.exp(value)) : 1 / (1 + Math.exp(-value)))),
};

/** 1 / (1 + e^−a). */
export function sigmoid(a: Tensor): Tensor {
  return makeNode(sigmoidOperation, [a], {});
}
