/** Rectified linear unit and the mask that its gradient is made of. */
import { makeNode } from '../tensor.ts';
import type { Operation, Tensor } from '../tensor.ts';
import { multiply } from './arithmetic.ts';

type None = Record<string, never>;

export const reluOperation: Operation<'relu', None> = {
  name: 'relu',
  elementWise: true,
  infer: ([a]) => ({ shape: a!.shape, dtype: 'float' }),
  // the mask is taken from the result: positive exactly where the input is, and already at hand in the forward pass
  gradient: (node, upstream) => [multiply(upstream, heaviside(node))],
  cost: null,
  evaluate: (_, [a]) => a!.map((value) => Math.max(0, value)),
};

export const heavisideOperation: Operation<'heaviside', None> = {
  name: 'heaviside',
  elementWise: true,
  infer: ([a]) => ({ shape: a!.shape, dtype: 'float' }),
  gradient: () => [null],
  cost: null,
  evaluate: (_, [a]) => a!.map((value) => (value > 0 ? 1 : 0)),
};

/** max(0, a); its gradient at 0 is taken as 0, as PyTorch does. */
export function relu(a: Tensor): Tensor {
  return makeNode(reluOperation, [a], {});
}

/** 1 where a > 0, else 0; constant almost everywhere, so it passes no gradient. Defined for a ≥ 0 only (a ReLU's result). */
export function heaviside(a: Tensor): Tensor {
  return makeNode(heavisideOperation, [a], {});
}
