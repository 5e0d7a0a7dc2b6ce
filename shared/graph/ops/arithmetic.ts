/** Element-wise arithmetic of two operands with NumPy broadcasting. */
import { broadcastShapes, broadcastStrides, forEachElement } from '../shapes.ts';
import { makeNode, sizeOf } from '../tensor.ts';
import type { Operation, Tensor } from '../tensor.ts';
import { constant } from './leaf.ts';
import { sumTo } from './reduce.ts';

type None = Record<string, never>;

function binary<N extends string>(
  name: N,
  compute: (a: number, b: number) => number,
  gradient: (a: Tensor, b: Tensor, upstream: Tensor) => [Tensor, Tensor],
): Operation<N, None> {
  return {
    name,
    elementWise: true,
    infer([a, b]) {
      if (a!.dtype !== 'float' || b!.dtype !== 'float') throw new Error(`${name}: operands must be float`);
      return { shape: broadcastShapes(a!.shape, b!.shape, name), dtype: 'float' };
    },
    gradient({ inputs: [a, b] }, upstream) {
      const [forA, forB] = gradient(a!, b!, upstream);
      return [sumTo(forA, a!.shape), sumTo(forB, b!.shape)];
    },
    cost: null,
    evaluate({ shape, inputs }, [a, b]) {
      const result = new Float64Array(sizeOf(shape));
      const right = new Float64Array(result.length);
      forEachElement(shape, broadcastStrides(inputs[1]!.shape, shape.length), (position, offset) => {
        right[position] = b![offset]!;
      });
      forEachElement(shape, broadcastStrides(inputs[0]!.shape, shape.length), (position, offset) => {
        result[position] = compute(a![offset]!, right[position]!);
      });
      return result;
    },
  };
}

export const addOperation = binary(
  'add',
  (a, b) => a + b,
  (_a, _b, upstream) => [upstream, upstream],
);
export const subtractOperation = binary(
  'subtract',
  (a, b) => a - b,
  (_a, _b, upstream) => [upstream, negate(upstream)],
);
export const multiplyOperation = binary(
  'multiply',
  (a, b) => a * b,
  (a, b, upstream) => [multiply(upstream, b), multiply(upstream, a)],
);
export const divideOperation = binary(
  'divide',
  (a, b) => a / b,
  (a, b, upstream) => [divide(upstream, b), negate(divide(multiply(upstream, a), multiply(b, b)))],
);

/** a + b. */
export function add(a: Tensor, b: Tensor): Tensor {
  return makeNode(addOperation, [a, b], {});
}

/** a − b. */
export function subtract(a: Tensor, b: Tensor): Tensor {
  return makeNode(subtractOperation, [a, b], {});
}

/** a · b, element by element. */
export function multiply(a: Tensor, b: Tensor): Tensor {
  return makeNode(multiplyOperation, [a, b], {});
}

/** a / b, element by element. */
export function divide(a: Tensor, b: Tensor): Tensor {
  return makeNode(divideOperation, [a, b], {});
}

/** factor · a with a number known when the graph is built. */
export function scale(a: Tensor, factor: number): Tensor {
  return multiply(a, constant(factor));
}

/** −a. */
export function negate(a: Tensor): Tensor {
  return scale(a, -1);
}
