/**
 * Pooling of images [examples, channels, height, width] over windows that do not overlap. Average pooling and its inverse,
 * repeating each element over a window, are each other's gradients; so are picking elements at the places of the
 * greatest, and putting elements there.
 */
import { makeNode, sameShape, shapeText, sizeOf } from '../tensor.ts';
import type { Operation, Shape, Tensor } from '../tensor.ts';
import { scale } from './arithmetic.ts';

/** Height and width of a window. */
export interface WindowAttributes {
  window: readonly [number, number];
}

type None = Record<string, never>;

/** Side of the windows that the greatest is taken of. */
const side: readonly [number, number] = [2, 2];

function pooledShape(shape: Shape, [height, width]: readonly [number, number], operation: string): Shape {
  if (shape.length !== 4 || shape[2]! % height !== 0 || shape[3]! % width !== 0)
    throw new Error(`${operation}: ${shapeText(shape)} does not divide into windows of ${height} × ${width}`);
  return [shape[0]!, shape[1]!, shape[2]! / height, shape[3]! / width];
}

/** Calls `visit` with every element's place in an image and its window's place in the pooled image. */
function forEachPlace(
  shape: Shape,
  [height, width]: readonly [number, number],
  visit: (at: number, window: number) => void,
): void {
  const [rows, columns] = [shape[2]!, shape[3]!];
  const size = sizeOf(shape);
  for (let at = 0; at < size; at++) {
    const column = at % columns;
    const row = Math.floor(at / columns) % rows;
    const plane = Math.floor(at / columns / rows);
    visit(at, (plane * (rows / height) + Math.floor(row / height)) * (columns / width) + Math.floor(column / width));
  }
}

export const averagePoolOperation: Operation<'averagePool', WindowAttributes> = {
  name: 'averagePool',
  infer: ([x], { window }) => ({ shape: pooledShape(x!.shape, window, 'averagePool'), dtype: 'float' }),
  gradient: ({ attributes: { window } }, upstream) => [scale(repeat(upstream, window), 1 / (window[0] * window[1]))],
  cost: null,
  evaluate({ inputs: [x], shape, attributes: { window } }, [image]) {
    const result = new Float64Array(sizeOf(shape));
    forEachPlace(x!.shape, window, (at, to) => (result[to]! += image![at]! / (window[0] * window[1])));
    return result;
  },
};

export const repeatOperation: Operation<'repeat', WindowAttributes> = {
  name: 'repeat',
  infer([x], { window }) {
    if (x!.shape.length !== 4) throw new Error(`repeat: ${shapeText(x!.shape)} is not a list of images`);
    const [examples, channels, height, width] = x!.shape as [number, number, number, number];
    return { shape: [examples, channels, height * window[0], width * window[1]], dtype: 'float' };
  },
  gradient: ({ attributes: { window } }, upstream) => [scale(averagePool(upstream, window), window[0] * window[1])],
  cost: null,
  evaluate({ shape, attributes: { window } }, [image]) {
    const result = new Float64Array(sizeOf(shape));
    forEachPlace(shape, window, (at, from) => (result[at] = image![from]!));
    return result;
  },
};

/** Mean of every window; its size divides the image's. */
export function averagePool(x: Tensor, window: readonly [number, number]): Tensor {
  return makeNode(averagePoolOperation, [x], { window });
}

/** Every element repeated over a window. */
export function repeat(x: Tensor, window: readonly [number, number]): Tensor {
  return makeNode(repeatOperation, [x], { window });
}

/** Greatest element of each window. */
function greatest(x: Shape, image: Float64Array): Float64Array {
  const result = new Float64Array(image.length / (side[0] * side[1])).fill(-Infinity);
  forEachPlace(x, side, (at, to) => (result[to] = Math.max(result[to]!, image[at]!)));
  return result;
}

/** Share of each element in its window's greatest: 1 over the number of equals, 0 for the others. */
function shares(x: Shape, image: Float64Array): Float64Array {
  const top = greatest(x, image);
  const count = new Float64Array(top.length);
  forEachPlace(x, side, (at, to) => (count[to]! += Number(image[at] === top[to])));
  const result = new Float64Array(image.length);
  forEachPlace(x, side, (at, to) => (result[at] = image[at] === top[to] ? 1 / count[to]! : 0));
  return result;
}

export const maxPoolOperation: Operation<'maxPool', None> = {
  name: 'maxPool',
  infer: ([x]) => ({ shape: pooledShape(x!.shape, side, 'maxPool'), dtype: 'float' }),
  gradient: (node, upstream) => [makeNode(maxPoolGradientOperation, [upstream, node.inputs[0]!, node], {})],
  cost: ({ shape }) => ({ yielded: sizeOf(shape), moved: sizeOf(shape) }),
  evaluate: ({ inputs: [x] }, [image]) => greatest(x!.shape, image!),
};

/** Inputs: what to put, the image, and its greatest elements. */
export const maxPoolGradientOperation: Operation<'maxPoolGradient', None> = {
  name: 'maxPoolGradient',
  infer([values, x, pooled]) {
    if (!sameShape(values!.shape, pooled!.shape))
      throw new Error(
        `maxPoolGradient: ${shapeText(values!.shape)} is not of the pooled shape ${shapeText(pooled!.shape)}`,
      );
    return { shape: x!.shape, dtype: 'float' };
  },
  // where the greatest are is constant almost everywhere
  gradient: ({ inputs: [, x, pooled] }, upstream) => [
    makeNode(gatherAtArgmaxOperation, [upstream, x!, pooled!], {}),
    null,
    null,
  ],
  cost: null,
  evaluate({ inputs: [, x] }, [values, image]) {
    const result = shares(x!.shape, image!);
    forEachPlace(x!.shape, side, (at, from) => (result[at]! *= values![from]!));
    return result;
  },
};

/** Inputs: what to pick from, the image, and its greatest elements. */
export const gatherAtArgmaxOperation: Operation<'gatherAtArgmax', None> = {
  name: 'gatherAtArgmax',
  infer([values, x, pooled]) {
    if (!sameShape(values!.shape, x!.shape))
      throw new Error(`gatherAtArgmax: ${shapeText(values!.shape)} is not of the image's shape ${shapeText(x!.shape)}`);
    return { shape: pooled!.shape, dtype: 'float' };
  },
  gradient: ({ inputs: [, x, pooled] }, upstream) => [
    makeNode(maxPoolGradientOperation, [upstream, x!, pooled!], {}),
    null,
    null,
  ],
  cost: null,
  evaluate({ inputs: [, x], shape }, [values, image]) {
    const share = shares(x!.shape, image!);
    const result = new Float64Array(sizeOf(shape));
    forEachPlace(x!.shape, side, (at, to) => (result[to]! += share[at]! * values![at]!));
    return result;
  },
};

/**
 * Greatest element of every 2×2 window; height and width are even. Where several are equal the gradient is shared among
 * them evenly: an image's flat background makes equals that move together, and each may count its part only.
 * A ReLU before the pool gives the same as one after it, which has fewer elements and leaves no equal zeros.
 * @throws Error when height or width is odd.
 */
export function maxPool(x: Tensor): Tensor {
  return makeNode(maxPoolOperation, [x], {});
}
