/**
 * Operations on images that lie batch-last (CHWN), [channels, height, width, examples]. ONNX Runtime's processor kernels are matrix
 * products for every image: good for large images with constant filters, poor for small ones, and the filter's gradient is no
 * convolution of images at all. Batch-last each becomes a single large product: neighbours in the image are then
 * `examples` elements apart, which a dilated convolution says; sums over a channel and scaling by channel run along memory; and
 * pooling is an element-wise operation of neighbouring rows. A training graph stays in that layout from its first image to its last.
 *
 * Measured on two cores against the batch-first translations: docs/performance.md.
 */
import type { NodeOf } from '../../../../shared/graph/ops/index.ts';
import { sizeOf } from '../../../../shared/graph/tensor.ts';
import type { Shape, Tensor } from '../../../../shared/graph/tensor.ts';
import { always, elementWiseLayouts, ranked } from '../layout.ts';
import { cast, inputGradient as batchFirstInputGradient, moving, reshaped, shapeConstant, sumOver } from './emit.ts';
import type { BatchLastTranslation, BatchLastTranslations, Translation, Writer } from './emit.ts';
import { batchLastShape, onnxType } from './model.ts';

/** Images [channels, height, width, examples] turned round: backwards along height and width. */
function flip(write: Writer, images: string): string {
  const last = 2 ** 31;
  return write.node('Slice', [
    images,
    shapeConstant(write, [last, last]),
    shapeConstant(write, [-last, -last]),
    shapeConstant(write, [1, 2]),
    shapeConstant(write, [-1, -1]),
  ]);
}

/** A matrix of ones on one diagonal and zeros elsewhere. */
function diagonal(write: Writer, size: number, which: 'main' | 'other'): string {
  const values = new Float32Array(size * size);
  for (let row = 0; row < size; row++) values[row * size + (which === 'main' ? row : size - 1 - row)] = 1;
  return write.constant([size, size], values);
}

/** A filter [out, in, k, l] turned round: by a product, which takes a tenth of the time of a backward slice of single numbers. */
function turnedRound(write: Writer, filter: string, shape: Shape): string {
  const [filters, channels, tall, broad] = shape as [number, number, number, number];
  const places = tall * broad;
  if (places === 1) return filter;
  const lines = reshaped(write, filter, [filters * channels, places]);
  return reshaped(write, write.node('MatMul', [lines, diagonal(write, places, 'other')]), shape);
}

/**
 * Convolution of stride 1 batch-last: [channels, height, width, examples] and a filter [out, channels, k, l] →
 * [out, rows, columns, examples].
 */
export function wideConvolution(
  write: Writer,
  images: string,
  shape: Shape,
  filter: { inputs: readonly string[]; shape: Shape },
  [high, wide]: readonly [number, number],
  output?: string,
): string {
  const [channels, height, width, examples] = shape as [number, number, number, number];
  const [filters, , tall, broad] = filter.shape as [number, number, number, number];
  const result = write.node(
    'Conv',
    [reshaped(write, images, [1, channels, height, width * examples]), ...filter.inputs],
    {
      dilations: [1, examples],
      kernel_shape: [tall, broad],
      pads: [high, wide * examples, high, wide * examples],
    },
  );
  const [rows, columns] = [height + 2 * high - tall + 1, width + 2 * wide - broad + 1];
  return reshaped(write, result, [filters, rows, columns, examples], output);
}

const toBatchFirst = { perm: [3, 0, 1, 2] };
const toBatchLast = { perm: [1, 2, 3, 0] };

function convolution(
  write: Writer,
  { inputs: [image, weight], attributes }: NodeOf<'convolution'>,
  [images, ...filter]: readonly string[],
  output: string,
): void {
  const { stride, padding } = attributes;
  if (stride === 1) {
    const given = { inputs: filter, shape: weight!.shape };
    wideConvolution(write, images!, batchLastShape(image!.shape), given, [padding, padding], output);
    return;
  }
  const batchFirst = write.node('Conv', [write.node('Transpose', [images!], toBatchFirst), ...filter], {
    ...moving(attributes),
    kernel_shape: weight!.shape.slice(2),
  });
  write.node('Transpose', [batchFirst], toBatchLast, output);
}

/**
 * Input gradient: with stride 1 a convolution of the upstream gradient with the filter turned round. Where the filter is larger than the
 * images, they are turned round instead, before and after, which is the same.
 */
function inputGradient(
  write: Writer,
  node: NodeOf<'convolutionInputGradient'>,
  [upstream, filter]: readonly string[],
  output: string,
): void {
  const [images, weight] = node.inputs.map(({ shape }) => shape) as [Shape, Shape];
  const [filters, channels, tall, broad] = weight as [number, number, number, number];
  const { stride, padding } = node.attributes;
  if (stride !== 1 || padding >= tall || padding >= broad) {
    const batchFirst = write.fresh();
    batchFirstInputGradient(write, node, [write.node('Transpose', [upstream!], toBatchFirst), filter!], batchFirst);
    write.node('Transpose', [batchFirst], toBatchLast, output);
    return;
  }
  const shape = batchLastShape(images);
  const pads = [tall - 1 - padding, broad - 1 - padding] as const;
  const swapped = (value: string): { inputs: string[]; shape: Shape } => ({
    inputs: [write.node('Transpose', [value], { perm: [1, 0, 2, 3] })],
    shape: [channels, filters, tall, broad],
  });
  if (sizeOf(weight) > sizeOf(images) + sizeOf(node.shape)) {
    const found = wideConvolution(write, flip(write, upstream!), shape, swapped(filter!), pads);
    write.node('Identity', [flip(write, found)], {}, output);
  } else wideConvolution(write, upstream!, shape, swapped(turnedRound(write, filter!, weight)), pads, output);
}

/** Most channels of an image that is turned faster by a product with the identity, which both cores share, than by a transposition. */
const fewChannels = 16;

/** [channels, places] → [places, channels]. */
function channelsLast(write: Writer, images: string, channels: number): string {
  return channels > fewChannels
    ? write.node('Transpose', [images], { perm: [1, 0] })
    : write.node('Gemm', [images, diagonal(write, channels, 'main')], { transA: 1 });
}

/** Most channels of an image whose filter gradient is one product of shifted copies: a convolution copies single numbers there. */
const copiedChannels = 3;

/** Filter gradient of images with few channels: for every place in the filter the image shifted there, times the upstream gradient. */
function shiftedFilterGradient(
  write: Writer,
  { inputs, attributes, shape }: NodeOf<'convolutionFilterGradient'>,
  [image, upstream]: readonly string[],
  output: string,
): void {
  const [examples, channels] = inputs[0]!.shape as [number, number, number, number];
  const [, filters, rows, columns] = inputs[1]!.shape as [number, number, number, number];
  const [tall, broad] = [shape[2]!, shape[3]!];
  const { stride, padding } = attributes;
  const padded =
    padding === 0
      ? image!
      : write.node('Pad', [image!, shapeConstant(write, [0, padding, padding, 0, 0, padding, padding, 0])]);
  const shifted = Array.from({ length: tall * broad }, (_, place) => {
    const [row, column] = [Math.floor(place / broad), place % broad];
    return write.node('Slice', [
      padded,
      shapeConstant(write, [row, column]),
      shapeConstant(write, [row + (rows - 1) * stride + 1, column + (columns - 1) * stride + 1]),
      shapeConstant(write, [1, 2]),
      shapeConstant(write, [stride, stride]),
    ]);
  });
  const all = shifted.length === 1 ? shifted[0]! : write.node('Concat', shifted, { axis: 0 });
  const places = rows * columns * examples;
  const found = write.node(
    'Gemm',
    [reshaped(write, all, [tall * broad * channels, places]), reshaped(write, upstream!, [filters, places])],
    { transB: 1 },
  );
  write.node('Transpose', [reshaped(write, found, [tall, broad, channels, filters])], { perm: [3, 2, 0, 1] }, output);
}

/**
 * Filter gradient, as one convolution over height, width and examples: the upstream gradient is the filter, its examples `channels`
 * elements apart in images whose channels lie last, so that the result's last axis is the channel.
 */
function filterGradient(
  write: Writer,
  node: NodeOf<'convolutionFilterGradient'>,
  [image, upstream]: readonly string[],
  output: string,
): void {
  const { inputs, attributes, shape } = node;
  if (inputs[0]!.shape[1]! <= copiedChannels) {
    shiftedFilterGradient(write, node, [image!, upstream!], output);
    return;
  }
  const [examples, channels, height, width] = inputs[0]!.shape as [number, number, number, number];
  const [, filters, rows, columns] = inputs[1]!.shape as [number, number, number, number];
  const [tall, broad] = [shape[2]!, shape[3]!];
  const { stride, padding } = attributes;
  // zeros that the filter needs after the image; where it stops before the image's end, the rest of the result is cut off
  const after = (size: number, places: number, kernel: number): number =>
    (places - 1) * stride + kernel - padding - size;
  const [below, right] = [after(height, rows, tall), after(width, columns, broad)];
  const byChannel = reshaped(write, image!, [channels, height * width * examples]);
  const turned = reshaped(write, channelsLast(write, byChannel, channels), [1, 1, height, width, examples * channels]);
  const slopes = reshaped(write, upstream!, [filters, 1, rows, columns, examples]);
  const found = write.node('Conv', [turned, slopes], {
    dilations: [stride, stride, channels],
    kernel_shape: [rows, columns, examples],
    pads: [padding, padding, 0, Math.max(0, below), Math.max(0, right), 0],
  });
  const cut =
    below < 0 || right < 0
      ? write.node('Slice', [
          found,
          shapeConstant(write, [0, 0]),
          shapeConstant(write, [tall, broad]),
          shapeConstant(write, [2, 3]),
        ])
      : found;
  write.node('Transpose', [reshaped(write, cut, [filters, tall, broad, channels])], { perm: [0, 3, 1, 2] }, output);
}

/** Windows of an image as axes of their own: [channels · rows, window height, columns, window width, examples]. */
function windowed(
  [examples, channels, height, width]: Shape,
  [tall, broad]: readonly [number, number],
): { image: Shape; pooled: Shape } {
  const [rows, columns] = [height! / tall, width! / broad];
  return {
    image: [channels! * rows, tall, columns, broad, examples!],
    pooled: [channels! * rows, 1, columns, 1, examples!],
  };
}

/** Reduces both axes of the windows of an image that is seen so. */
function overWindows(write: Writer, operator: 'ReduceSum' | 'ReduceMax', value: string): string {
  // in this operator set the axes of a sum are an input, those of a maximum an attribute
  const along = (each: string, axis: number): string =>
    operator === 'ReduceSum'
      ? write.node(operator, [each, shapeConstant(write, [axis])], { keepdims: 1 })
      : write.node(operator, [each], { axes: [axis], keepdims: 1 });
  return along(along(value, 3), 1);
}

const window2 = [2, 2] as const;

function averagePool(
  write: Writer,
  { inputs: [image], shape, attributes: { window } }: NodeOf<'averagePool'>,
  [images]: readonly string[],
  output: string,
): void {
  const seen = windowed(image!.shape, window);
  const total = overWindows(write, 'ReduceSum', reshaped(write, images!, seen.image));
  const share = write.constant([], Float32Array.of(1 / (window[0] * window[1])));
  reshaped(write, write.node('Mul', [total, share]), batchLastShape(shape), output);
}

function repeat(
  write: Writer,
  { shape, attributes: { window } }: NodeOf<'repeat'>,
  [images]: readonly string[],
  output: string,
): void {
  const seen = windowed(shape, window);
  const wide = write.node('Expand', [reshaped(write, images!, seen.pooled), shapeConstant(write, seen.image)]);
  reshaped(write, wide, batchLastShape(shape), output);
}

function maxPool(write: Writer, { inputs: [image], shape }: Tensor, [images]: readonly string[], output: string): void {
  const greatest = overWindows(write, 'ReduceMax', reshaped(write, images!, windowed(image!.shape, window2).image));
  reshaped(write, greatest, batchLastShape(shape), output);
}

/** 1 at the greatest elements of each window, and how many those are. */
function greatestOf(write: Writer, image: string, pooled: string): { mask: string; count: string } {
  const mask = cast(write, write.node('Equal', [image, pooled]), onnxType.float);
  return { mask, count: overWindows(write, 'ReduceSum', mask) };
}

const maxPoolGradient = (
  write: Writer,
  { shape }: Tensor,
  [values, image, pooled]: readonly string[],
  output: string,
): void => {
  const seen = windowed(shape, window2);
  const small = (value: string): string => reshaped(write, value, seen.pooled);
  const { mask, count } = greatestOf(write, reshaped(write, image!, seen.image), small(pooled!));
  const part = write.node('Div', [small(values!), count]);
  reshaped(write, write.node('Mul', [mask, part]), batchLastShape(shape), output);
};

const gatherAtArgmax = (
  write: Writer,
  { inputs: [from], shape }: Tensor,
  [values, image, pooled]: readonly string[],
  output: string,
): void => {
  const seen = windowed(from!.shape, window2);
  const large = (value: string): string => reshaped(write, value, seen.image);
  const { mask, count } = greatestOf(write, large(image!), reshaped(write, pooled!, seen.pooled));
  const picked = overWindows(write, 'ReduceSum', write.node('Mul', [large(values!), mask]));
  reshaped(write, write.node('Div', [picked, count]), batchLastShape(shape), output);
};

/** An operation that is always computed batch-last, of its first `count` inputs. */
function alwaysBy<T extends Tensor>(write: Translation<T>, count?: number, result?: boolean): BatchLastTranslation<T> {
  return { ...always(count, result), write };
}

/** Where axis 0, 1, 2 or 3 of an image lies. */
const placeOf = [3, 0, 1, 2] as const;

const sums: BatchLastTranslation<NodeOf<'sum'>> = {
  // of what is left the order is the same when the examples are gone
  applies: ({ inputs: [a], attributes }, isBatchLast) => {
    const { axes, keep } = attributes;
    return isBatchLast(a!) && (keep || axes.includes(0));
  },
  takes: () => true,
  result: ({ attributes }) => attributes.keep,
  write: (write, { attributes }, [a], output) => {
    const { axes, keep } = attributes;
    const places = axes.map((axis) => placeOf[axis]!);
    // over the examples first; what is left is so little that the rest goes at once
    const rest = places.filter((place) => place < 3);
    sumOver(write, a!, rest.length < places.length ? [rest, [3]] : [rest], keep, output);
  },
};

const broadcasts: BatchLastTranslation<NodeOf<'broadcast'>> = {
  applies: (node) => ranked(node) && ranked(node.inputs[0]!),
  takes: () => true,
  result: () => true,
  write: (write, { shape }, [a], output) =>
    void write.node('Expand', [a!, shapeConstant(write, batchLastShape(shape))], {}, output),
};

/** The operations that are computed batch-last. */
export const batchLastTranslations: BatchLastTranslations = {
  ...elementWiseLayouts,
  sum: sums,
  broadcast: broadcasts,
  convolution: alwaysBy(convolution),
  convolutionInputGradient: alwaysBy(inputGradient),
  convolutionFilterGradient: alwaysBy(filterGradient, 2, false),
  averagePool: alwaysBy(averagePool),
  repeat: alwaysBy(repeat),
  maxPool: alwaysBy(maxPool),
  maxPoolGradient: alwaysBy(maxPoolGradient, 3),
  gatherAtArgmax: alwaysBy(gatherAtArgmax, 3),
};
