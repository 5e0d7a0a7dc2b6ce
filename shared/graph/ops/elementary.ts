/** Smooth functions of one element: exp, log, tanh, square root. */
import { makeNode, sizeOf } from '../tensor.ts';
import type { Cost, Operation, Tensor } from '../tensor.ts';
import { divide, multiply, scale, subtract } from './arithmetic.ts';
import { constant } from './leaf.ts';

type None = Record<string, never>;

/** What the function of a smooth activation takes, of which GELU and SiLU too have one: it is counted where it is taken of images. */
export function activatedImages({ shape }: Tensor): Cost {
  return shape.length === 4 ? { activated: sizeOf(shape) } : {};
}

function unary<N extends string>(
  name: N,
  compute: (a: number) => number,
  gradient: (node: Tensor, a: Tensor, upstream: Tensor) => Tensor,
  cost: Operation<N, None>['cost'] = null,
): Operation<N, None> {
  return {
    name,
    elementWise: true,
    infer: ([a]) => ({ shape: a!.shape, dtype: 'float' }),
    gradient: (node, upstream) => [gradient(node, node.inputs[0]!, upstream)],
    cost,
    evaluate: (_, [a]) => a!.map(compute),
  };
}

export const expOperation = unary('exp', Math.exp, (node, _, upstream) => multiply(upstream, node));
export const logOperation = unary('log', Math.log, (_, a, upstream) => divide(upstream, a));
export const tanhOperation = unary(
  'tanh',
  Math.tanh,
  (node, _, upstream) => multiply(upstream, subtract(constant(1), multiply(node, node))),
  activatedImages,
);
export const sqrtOperation = unary('sqrt', Math.sqrt, (node, _, upstream) => divide(scale(upstream, 0.5), node));

/** e to the power of a. */
export function exp(a: Tensor): Tensor {
  return makeNode(expOperation, [a], {});
}

/** Natural logarithm; a > 0. */
export function log(a: Tensor): Tensor {
  return makeNode(logOperation, [a], {});
}

/** Hyperbolic tangent. */
export function tanh(a: Tensor): Tensor {
  return makeNode(tanhOperation, [a], {});
}

/** Square root; a > 0 where a gradient is taken. */
export function sqrt(a: Tensor): Tensor {
  return makeNode(sqrtOperation, [a], {});
}
