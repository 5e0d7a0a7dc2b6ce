/** The error function, of which the normal distribution is made. */
import jStat from 'jstat';
import { makeNode } from '../tensor.ts';
import type { Operation, Tensor } from '../tensor.ts';
import { multiply, negate, scale } from './arithmetic.ts';
import { activatedImages, exp } from './elementary.ts';

export const erfOperation: Operation<'erf', Record<string, never>> = {
  name: 'erf',
  elementWise: true,
  infer: ([a]) => ({ shape: a!.shape, dtype: 'float' }),
  // 2/√π · e^−a²
  gradient: ({ inputs: [a] }, upstream) => [
    multiply(upstream, scale(exp(negate(multiply(a!, a!))), 2 / Math.sqrt(Math.PI))),
  ],
  cost: activatedImages,
  evaluate: (_, [a]) => a!.map((value) => jStat.erf(value)),
};

/** The error function, 2/√π · ∫₀ᵃ e^−t² dt; in [−1, 1]. */
export function erf(a: Tensor): Tensor {
  return makeNode(erfOperation, [a], {});
}
