/** Softmax and its logarithm over the last axis, computed after subtracting the row's maximum. */
import { makeNode, shapeText } from '../tensor.ts';
import type { Operation, Tensor } from '../tensor.ts';
import { multiply, subtract } from './arithmetic.ts';
import { sum } from './reduce.ts';

type None = Record<string, never>;

function overRows<N extends string>(
  name: N,
  row: (values: Float64Array) => void,
  gradient: Operation<N, None>['gradient'],
): Operation<N, None> {
  return {
    name,
    infer([a]) {
      if (a!.shape.length === 0) throw new Error(`${name}: needs at least one axis, got ${shapeText(a!.shape)}`);
      return { shape: a!.shape, dtype: 'float' };
    },
    gradient,
    cost: null,
    evaluate({ shape }, [a]) {
      const result = a!.slice();
      const width = shape.at(-1)!;
      for (let start = 0; start < result.length; start += width) row(result.subarray(start, start + width));
      return result;
    },
  };
}

function logarithm(values: Float64Array): void {
  let top = -Infinity;
  for (const value of values) top = Math.max(top, value);
  let total = 0;
  for (const value of values) total += Math.exp(value - top);
  const shift = top + Math.log(total);
  for (let index = 0; index < values.length; index++) values[index]! -= shift;
}

export const logSoftmaxOperation = overRows('logSoftmax', logarithm, ({ inputs: [a] }, upstream) => [
  subtract(upstream, multiply(softmax(a!), sum(upstream, [-1], true))),
]);

export const softmaxOperation = overRows(
  'softmax',
  (values) => {
    logarithm(values);
    for (let index = 0; index < values.length; index++) values[index] = Math.exp(values[index]!);
  },
  (node, upstream) => [multiply(node, centred(centred(upstream, node), node))],
);

/**
 * w − ⟨p, w⟩. Where one class has nearly all of the probability this cancels for that class: done once it leaves rounding of w, done
 * again it leaves what the other classes, however unlikely, have.
 */
function centred(values: Tensor, probabilities: Tensor): Tensor {
  return subtract(values, sum(multiply(values, probabilities), [-1], true));
}

/** exp(a) / Σ exp(a) over the last axis. */
export function softmax(a: Tensor): Tensor {
  return makeNode(softmaxOperation, [a], {});
}

/** a − log Σ exp(a) over the last axis. */
export function logSoftmax(a: Tensor): Tensor {
  return makeNode(logSoftmaxOperation, [a], {});
}
