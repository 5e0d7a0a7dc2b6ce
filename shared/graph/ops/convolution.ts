/**
 * Convolution over images [examples, channels, height, width], and its two gradients. The three are the partial derivatives
 * of one trilinear form ⟨conv(x, w), u⟩, so that the gradients of each are the other two.
 */
import { makeNode, sameShape, shapeText, sizeOf } from '../tensor.ts';
import type { Operation, Shape, Tensor } from '../tensor.ts';
import { sum } from './reduce.ts';

/** How a filter moves over an image: steps between places, and zeros around the image. */
export interface ConvolutionAttributes {
  stride: number;
  padding: number;
}

/** A gradient's attributes: how the filter moves, and the shape of what the gradient is for. */
export interface ConvolutionGradientAttributes extends ConvolutionAttributes {
  shape: Shape;
}

/** Shape of conv(x, w); null when they do not fit. */
function resultShape(x: Shape, weight: Shape, { stride, padding }: ConvolutionAttributes): Shape | null {
  if (x.length !== 4 || weight.length !== 4 || x[1] !== weight[1]) return null;
  const places = (size: number, kernel: number): number => Math.floor((size + 2 * padding - kernel) / stride) + 1;
  const [height, width] = [places(x[2]!, weight[2]!), places(x[3]!, weight[3]!)];
  return height > 0 && width > 0 ? [x[0]!, weight[0]!, height, width] : null;
}

/** Products of part of an image's channel with one weight, that add to part of a channel of u. */
interface Products {
  /** Offset of the first in x; those of a row are `stride` apart, rows `xRow`. */
  x: number;
  xRow: number;
  weight: number;
  /** Offset of the first in u; those of a row are 1 apart, rows `uRow`. */
  u: number;
  uRow: number;
  rows: number;
  columns: number;
}

/** Calls `visit` with every product x · w that adds to an element of u = conv(x, w), a weight at a time; it is given the same object each time. */
function forEachWeight(
  x: Shape,
  weight: Shape,
  u: Shape,
  { stride, padding }: ConvolutionAttributes,
  visit: (products: Readonly<Products>) => void,
): void {
  const [examples, channels, height, width] = x as [number, number, number, number];
  const [filters, , kernelHeight, kernelWidth] = weight as [number, number, number, number];
  const [rows, columns] = [u[2]!, u[3]!];
  /** Places n of `count` with 0 ≤ n · stride + offset − padding < size: the first, and behind the last. */
  const within = (count: number, offset: number, size: number): [number, number] => [
    Math.max(0, Math.ceil((padding - offset) / stride)),
    Math.min(count, Math.floor((size - 1 + padding - offset) / stride) + 1),
  ];
  const at: Products = { x: 0, xRow: stride * width, weight: 0, u: 0, uRow: columns, rows: 0, columns: 0 };
  for (let i = 0; i < kernelHeight; i++)
    for (let j = 0; j < kernelWidth; j++) {
      const [top, bottom] = within(rows, i, height);
      const [left, right] = within(columns, j, width);
      at.rows = bottom - top;
      at.columns = right - left;
      for (let example = 0; example < examples; example++)
        for (let filter = 0; filter < filters; filter++)
          for (let channel = 0; channel < channels; channel++) {
            const y = top * stride + i - padding;
            at.x = ((example * channels + channel) * height + y) * width + left * stride + j - padding;
            at.weight = ((filter * channels + channel) * kernelHeight + i) * kernelWidth + j;
            at.u = ((example * filters + filter) * rows + top) * columns + left;
            visit(at);
          }
    }
}

export const convolutionOperation: Operation<'convolution', ConvolutionAttributes> = {
  name: 'convolution',
  infer([x, weight, bias], attributes) {
    const shape = resultShape(x!.shape, weight!.shape, attributes);
    if (!shape || (bias && !sameShape(bias.shape, [shape[1]!])))
      throw new Error(
        `convolution: image ${shapeText(x!.shape)} and filter ${shapeText(weight!.shape)}${bias ? ` with bias ${shapeText(bias.shape)}` : ''} do not fit`,
      );
    return { shape, dtype: 'float' };
  },
  gradient({ inputs: [x, weight, bias], attributes }, upstream) {
    const parts = [
      inputGradient(upstream, weight!, x!.shape, attributes),
      filterGradient(x!, upstream, weight!.shape, attributes),
    ];
    return bias ? [...parts, sum(upstream, [0, 2, 3])] : parts;
  },
  cost: ({ inputs: [, weight], shape }) => ({
    multiplyAdds: shape[0]! * sizeOf(weight!.shape) * shape[2]! * shape[3]!,
    yielded: sizeOf(shape),
    moved: sizeOf(shape),
    places: weight!.shape[2]! * weight!.shape[3]!,
  }),
  evaluate({ inputs: [x, weight], shape, attributes }, [image, filter, bias]) {
    const result = new Float64Array(sizeOf(shape));
    const { stride } = attributes;
    forEachWeight(x!.shape, weight!.shape, shape, attributes, (at) => {
      const factor = filter![at.weight]!;
      for (let row = 0; row < at.rows; row++) {
        const [from, to] = [at.x + row * at.xRow, at.u + row * at.uRow];
        for (let n = 0; n < at.columns; n++) result[to + n]! += image![from + n * stride]! * factor;
      }
    });
    if (bias) {
      const plane = shape[2]! * shape[3]!;
      result.forEach((_, index) => (result[index]! += bias[Math.floor(index / plane) % bias.length]!));
    }
    return result;
  },
};

export const inputGradientOperation: Operation<'convolutionInputGradient', ConvolutionGradientAttributes> = {
  name: 'convolutionInputGradient',
  infer([upstream, weight], attributes) {
    const { shape } = attributes;
    if (!sameShape(resultShape(shape, weight!.shape, attributes) ?? [], upstream!.shape))
      throw new Error(
        `convolutionInputGradient: ${shapeText(upstream!.shape)} is not the result of ${shapeText(shape)} and ${shapeText(weight!.shape)}`,
      );
    return { shape, dtype: 'float' };
  },
  gradient({ inputs: [u, weight], attributes }, upstream) {
    return [
      makeNode(convolutionOperation, [upstream, weight!], moving(attributes)),
      filterGradient(upstream, u!, weight!.shape, attributes),
    ];
  },
  cost: null,
  evaluate({ inputs: [u, weight], shape, attributes }, [upstream, filter]) {
    const result = new Float64Array(sizeOf(shape));
    const { stride } = attributes;
    forEachWeight(shape, weight!.shape, u!.shape, attributes, (at) => {
      const factor = filter![at.weight]!;
      for (let row = 0; row < at.rows; row++) {
        const [to, from] = [at.x + row * at.xRow, at.u + row * at.uRow];
        for (let n = 0; n < at.columns; n++) result[to + n * stride]! += upstream![from + n]! * factor;
      }
    });
    return result;
  },
};

export const filterGradientOperation: Operation<'convolutionFilterGradient', ConvolutionGradientAttributes> = {
  name: 'convolutionFilterGradient',
  infer([x, upstream], attributes) {
    const { shape } = attributes;
    if (!sameShape(resultShape(x!.shape, shape, attributes) ?? [], upstream!.shape))
      throw new Error(
        `convolutionFilterGradient: ${shapeText(upstream!.shape)} is not the result of ${shapeText(x!.shape)} and ${shapeText(shape)}`,
      );
    return { shape, dtype: 'float' };
  },
  gradient({ inputs: [x, u], attributes }, upstream) {
    return [
      inputGradient(u!, upstream, x!.shape, attributes),
      makeNode(convolutionOperation, [x!, upstream], moving(attributes)),
    ];
  },
  cost: null,
  evaluate({ inputs: [x, u], shape, attributes }, [image, upstream]) {
    const result = new Float64Array(sizeOf(shape));
    const { stride } = attributes;
    forEachWeight(x!.shape, shape, u!.shape, attributes, (at) => {
      let sum = 0;
      for (let row = 0; row < at.rows; row++) {
        const [one, other] = [at.x + row * at.xRow, at.u + row * at.uRow];
        for (let n = 0; n < at.columns; n++) sum += image![one + n * stride]! * upstream![other + n]!;
      }
      result[at.weight]! += sum;
    });
    return result;
  },
};

function moving({ stride, padding }: ConvolutionAttributes): ConvolutionAttributes {
  return { stride, padding };
}

function inputGradient(upstream: Tensor, weight: Tensor, shape: Shape, attributes: ConvolutionAttributes): Tensor {
  return makeNode(inputGradientOperation, [upstream, weight], { ...moving(attributes), shape: [...shape] });
}

function filterGradient(x: Tensor, upstream: Tensor, shape: Shape, attributes: ConvolutionAttributes): Tensor {
  return makeNode(filterGradientOperation, [x, upstream], { ...moving(attributes), shape: [...shape] });
}

/**
 * Convolution as PyTorch's `conv2d` (a cross-correlation): x [examples, in, height, width], weight [out, in, k, l], bias [out]
 * or none.
 * @throws Error when the shapes do not fit.
 */
export function convolution(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  { stride = 1, padding = 0 }: Partial<ConvolutionAttributes> = {},
): Tensor {
  return makeNode(convolutionOperation, bias ? [x, weight, bias] : [x, weight], { stride, padding });
}
