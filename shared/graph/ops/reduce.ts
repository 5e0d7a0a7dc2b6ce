/** Sums over axes, and their inverse: broadcasting to a larger shape. */
import { broadcastShapes, broadcastStrides, forEachElement, normaliseAxes, reducedShape } from '../shapes.ts';
import { makeNode, sameShape, shapeText, sizeOf } from '../tensor.ts';
import type { Operation, Shape, Tensor } from '../tensor.ts';
import { reshape } from './layout.ts';

/** Attributes of a sum: ascending axes, and whether they stay as 1. */
export interface SumAttributes {
  axes: readonly number[];
  keep: boolean;
}

export const sumOperation: Operation<'sum', SumAttributes> = {
  name: 'sum',
  infer: ([a], { axes, keep }) => ({ shape: reducedShape(a!.shape, axes, keep), dtype: 'float' }),
  gradient({ inputs: [a], attributes: { axes } }, upstream) {
    return [broadcastTo(reshape(upstream, reducedShape(a!.shape, axes, true)), a!.shape)];
  },
  cost: null,
  evaluate({ inputs, attributes: { axes } }, [a]) {
    const { shape } = inputs[0]!;
    const kept = reducedShape(shape, axes, true);
    const result = new Float64Array(sizeOf(kept));
    forEachElement(shape, broadcastStrides(kept, shape.length), (position, offset) => {
      result[offset]! += a![position]!;
    });
    return result;
  },
};

/**
 * Sum over `axes` (all when left out; negative ones count from the end), which stay as 1 when `keep` is true.
 * @throws Error when an axis is out of range or named twice.
 */
export function sum(a: Tensor, axes?: readonly number[], keep = false): Tensor {
  const all = normaliseAxes(a.shape, axes ?? a.shape.map((_, axis) => axis), 'sum');
  return all.length === 0 ? a : makeNode(sumOperation, [a], { axes: all, keep });
}

/** Sums a tensor down to a shape that broadcasts to its own: the gradient rule of broadcasting. */
export function sumTo(a: Tensor, shape: Shape): Tensor {
  if (sameShape(a.shape, shape)) return a;
  const extra = a.shape.length - shape.length;
  const axes = a.shape.flatMap((dimension, axis) =>
    axis < extra || (shape[axis - extra] === 1 && dimension !== 1) ? [axis] : [],
  );
  return reshape(sum(a, axes), shape);
}

export const broadcastOperation: Operation<'broadcast', { shape: Shape }> = {
  name: 'broadcast',
  infer([a], { shape }) {
    if (!sameShape(broadcastShapes(a!.shape, shape, 'broadcast'), shape))
      throw new Error(`broadcast: ${shapeText(a!.shape)} does not stretch to ${shapeText(shape)}`);
    return { shape, dtype: 'float' };
  },
  gradient: ({ inputs: [a] }, upstream) => [sumTo(upstream, a!.shape)],
  cost: null,
  evaluate({ inputs, shape }, [a]) {
    const result = new Float64Array(sizeOf(shape));
    forEachElement(shape, broadcastStrides(inputs[0]!.shape, shape.length), (position, offset) => {
      result[position] = a![offset]!;
    });
    return result;
  },
};

/**
 * Stretches a tensor to a larger shape by NumPy's rule.
 * @throws Error when it does not stretch to it.
 */
export function broadcastTo(a: Tensor, shape: Shape): Tensor {
  return sameShape(a.shape, shape) ? a : makeNode(broadcastOperation, [a], { shape: [...shape] });
}
