/** Same elements, another layout: reshape and transpose. */
import { forEachElement } from '../shapes.ts';
import { makeNode, sameShape, shapeText, sizeOf } from '../tensor.ts';
import type { Operation, Shape, Tensor } from '../tensor.ts';

export const reshapeOperation: Operation<'reshape', { shape: Shape }> = {
  name: 'reshape',
  infer([a], { shape }) {
    if (sizeOf(a!.shape) !== sizeOf(shape))
      throw new Error(`reshape: ${shapeText(a!.shape)} has not as many elements as ${shapeText(shape)}`);
    return { shape, dtype: a!.dtype };
  },
  gradient: ({ inputs: [a] }, upstream) => [reshape(upstream, a!.shape)],
  cost: null,
  evaluate: (_, [a]) => a!.slice(),
};

/**
 * The same elements in row-major order under another shape.
 * @throws Error when the number of elements differs.
 */
export function reshape(a: Tensor, shape: Shape): Tensor {
  return sameShape(a.shape, shape) ? a : makeNode(reshapeOperation, [a], { shape: [...shape] });
}

export const transposeOperation: Operation<'transpose', { order: readonly number[] }> = {
  name: 'transpose',
  infer([a], { order }) {
    if (![...order].sort((x, y) => x - y).every((axis, index) => axis === index) || order.length !== a!.shape.length)
      throw new Error(`transpose: [${order.join(', ')}] is not an order of the axes of ${shapeText(a!.shape)}`);
    return { shape: order.map((axis) => a!.shape[axis]!), dtype: a!.dtype };
  },
  gradient({ attributes: { order } }, upstream) {
    const inverse = order.map((_, axis) => order.indexOf(axis));
    return [transpose(upstream, inverse)];
  },
  cost: null,
  evaluate({ inputs, shape, attributes: { order } }, [a]) {
    const source = inputs[0]!.shape;
    const strides = source.map((_, axis) => sizeOf(source.slice(axis + 1)));
    const result = new Float64Array(a!.length);
    forEachElement(
      shape,
      order.map((axis) => strides[axis]!),
      (position, offset) => {
        result[position] = a![offset]!;
      },
    );
    return result;
  },
};

/**
 * Reorders axes: axis i of the result is axis order[i] of the input; reversed when left out.
 * @throws Error when `order` is not a permutation of the axes.
 */
export function transpose(a: Tensor, order: readonly number[] = a.shape.map((_, axis) => axis).reverse()): Tensor {
  return makeNode(transposeOperation, [a], { order: [...order] });
}
