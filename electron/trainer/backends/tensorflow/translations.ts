/** Translates the graph into operations of tfjs, one by one. Only forward operations: every derivative is in the graph already. */
import type * as tfjs from '@tensorflow/tfjs-core';
import type { ComputedOp, NodeOf } from '../../../../shared/graph/ops/index.ts';
import type { Shape, Tensor } from '../../../../shared/graph/tensor.ts';
import { lastShape, turns } from './layouts.ts';

/** The library, whichever package it came from. */
export type Tfjs = typeof tfjs;

/**
 * Computes `node` from its inputs' values; called inside a `tidy`, which frees what is made on the way.
 * @param channelsLast whether images lie with channels last, as layouts.ts says; those of operations on images always do
 */
export type Translation<T extends Tensor> = (
  tf: Tfjs,
  node: T,
  inputs: readonly tfjs.Tensor[],
  channelsLast: boolean,
) => tfjs.Tensor;

// filters here are [out, in, height, width], as in PyTorch, and [height, width, in, out] there
const filterToLast = [2, 3, 1, 0];
const filterToFirst = [3, 2, 0, 1];

type Pair = readonly [number, number];

/** How a convolution of these attributes by this filter goes about the image's borders. */
interface Borders {
  /** What tfjs calls it: zeros around by the kernel, where that gives as many on each side, or none. */
  pad: 'same' | 'valid';
  /** Zeros that are left to be put around the image. */
  zeros: number;
}

function bordersOf({ stride, padding }: { stride: number; padding: number }, [, , height, width]: Shape): Borders {
  const same = stride === 1 && padding > 0 && height === 2 * padding + 1 && width === height;
  return same ? { pad: 'same', zeros: 0 } : { pad: 'valid', zeros: padding };
}

/** Zeros around an image. */
function padded(tf: Tfjs, image: tfjs.Tensor, zeros: number): tfjs.Tensor4D {
  const around: [number, number] = [zeros, zeros];
  return (zeros === 0 ? image : tf.pad(image, [[0, 0], around, around, [0, 0]])) as tfjs.Tensor4D;
}

function filterLast(tf: Tfjs, weight: tfjs.Tensor): tfjs.Tensor4D {
  return tf.transpose(weight as tfjs.Tensor4D, filterToLast);
}

/** Mean of every window. */
function windowMean(tf: Tfjs, image: tfjs.Tensor, window: Pair): tfjs.Tensor4D {
  return tf.avgPool(image as tfjs.Tensor4D, [...window], [...window], 'valid');
}

/** Every element repeated over a window. */
function repeated(tf: Tfjs, image: tfjs.Tensor, [height, width]: Pair): tfjs.Tensor4D {
  const [, rows, columns] = image.shape as [number, number, number, number];
  return tf.image.resizeNearestNeighbor(image as tfjs.Tensor4D, [rows * height, columns * width]);
}

const side: Pair = [2, 2];

/** 1 at the greatest elements of each 2 × 2 window, 0 elsewhere: where several are equal all of them count. */
function greatestMask(tf: Tfjs, image: tfjs.Tensor, pooled: tfjs.Tensor): tfjs.Tensor {
  return tf.cast(tf.equal(image, repeated(tf, pooled, side)), 'float32');
}

/** Scale and shift of centred values, by statistics of whatever they were taken over. */
const normAffine: Translation<Tensor> = (tf, _, [, centred, inverse, factor, shift]) =>
  tf.add(tf.mul(centred!, tf.mul(inverse!, factor!)), shift!);

/** The translation of every operation. */
export const translations: { readonly [N in ComputedOp]: Translation<NodeOf<N>> } = {
  add: (tf, _, [a, b]) => tf.add(a!, b!),
  subtract: (tf, _, [a, b]) => tf.sub(a!, b!),
  multiply: (tf, _, [a, b]) => tf.mul(a!, b!),
  divide: (tf, _, [a, b]) => tf.div(a!, b!),
  exp: (tf, _, [a]) => tf.exp(a!),
  log: (tf, _, [a]) => tf.log(a!),
  tanh: (tf, _, [a]) => tf.tanh(a!),
  sigmoid: (tf, _, [a]) => tf.sigmoid(a!),
  erf: (tf, _, [a]) => tf.erf(a!),
  sqrt: (tf, _, [a]) => tf.sqrt(a!),
  relu: (tf, _, [a]) => tf.relu(a!),
  // of a ReLU's result, which is never negative
  heaviside: (tf, _, [a]) => tf.cast(tf.greater(a!, 0), 'float32'),
  softmax: (tf, _, [a]) => tf.softmax(a!),
  logSoftmax: (tf, _, [a]) => {
    const lowered = tf.sub(a!, tf.max(a!, -1, true));
    return tf.sub(lowered, tf.log(tf.sum(tf.exp(lowered), -1, true)));
  },
  transpose: (tf, { attributes: { order } }, [a]) => tf.transpose(a!, [...order]),
  gemm: (tf, { attributes: { transposeA, transposeB } }, [a, b, bias]) => {
    const product = tf.matMul(a!, b!, transposeA, transposeB);
    return bias ? tf.add(product, bias) : product;
  },
  reshape: (tf, { shape }, [a]) => tf.reshape(a!, [...shape]),
  broadcast: (tf, { shape }, [a], channelsLast) => tf.broadcastTo(a!, channelsLast ? lastShape(shape) : [...shape]),
  // one axis after the other, the last first: a single sum over 100 × 28 × 28 numbers in float32 loses two digits where they nearly cancel
  sum: (tf, { attributes: { axes, keep } }, [a], channelsLast) =>
    (channelsLast ? axes.map((axis) => turns.toFirst[axis]!) : [...axes])
      .sort((one, other) => other - one)
      .reduce((left, axis) => tf.sum(left, axis, keep), a!),
  convolution: (tf, { attributes: { stride, padding } }, [x, weight, bias]) => {
    const around: [number, number] = [padding, padding];
    const pad = padding === 0 ? 'valid' : ([[0, 0], around, around, [0, 0]] as tfjs.backend_util.ExplicitPadding);
    const result = tf.conv2d(x as tfjs.Tensor4D, filterLast(tf, weight!), stride, pad);
    return bias ? tf.add(result, bias) : result;
  },
  convolutionInputGradient: (tf, { inputs, attributes }, [upstream, weight]) => {
    const { pad, zeros } = bordersOf(attributes, inputs[1]!.shape);
    const [examples, height, width, channels] = lastShape(attributes.shape);
    const whole: [number, number, number, number] = [examples, height + 2 * zeros, width + 2 * zeros, channels];
    const image = upstream as tfjs.Tensor4D;
    const result = tf.conv2dTranspose(image, filterLast(tf, weight!), whole, attributes.stride, pad);
    return zeros === 0 ? result : tf.slice(result, [0, zeros, zeros, 0], [examples, height, width, channels]);
  },
  convolutionFilterGradient: (tf, { attributes }, [x, upstream]) => {
    const [filters, channels, height, width] = attributes.shape as [number, number, number, number];
    const { pad, zeros } = bordersOf(attributes, attributes.shape);
    // a forward kernel like any other, which the library offers by its name only
    const result = tf.engine().runKernel<tfjs.Tensor>(
      tf.Conv2DBackpropFilter,
      { x: padded(tf, x!, zeros), dy: upstream! },
      {
        strides: attributes.stride,
        pad,
        dataFormat: 'NHWC',
        dimRoundingMode: undefined as unknown as string,
        filterShape: [height, width, channels, filters],
      },
    );
    return tf.transpose(result, filterToFirst);
  },
  averagePool: (tf, { attributes: { window } }, [x]) => windowMean(tf, x!, window),
  repeat: (tf, { attributes: { window } }, [x]) => repeated(tf, x!, window),
  maxPool: (tf, _, [x]) => tf.maxPool(x as tfjs.Tensor4D, [...side], [...side], 'valid'),
  // libtensorflow's own gradient of it would give all to the first of equals
  maxPoolGradient: (tf, _, [values, image, pooled]) => {
    const mask = greatestMask(tf, image!, pooled!);
    const part = tf.div(tf.mul(values!, 0.25), windowMean(tf, mask, side));
    return tf.mul(mask, repeated(tf, part, side));
  },
  gatherAtArgmax: (tf, _, [values, image, pooled]) => {
    const mask = greatestMask(tf, image!, pooled!);
    return tf.div(windowMean(tf, tf.mul(values!, mask), side), windowMean(tf, mask, side));
  },
  batchNormAffine: normAffine,
  groupNormAffine: normAffine,
  oneHot: (tf, { shape }, [labels]) => tf.cast(tf.oneHot(labels as tfjs.Tensor1D, shape[1]!), 'float32'),
  correct: (tf, _, [logits, labels]) => tf.cast(tf.equal(tf.argMax(logits!, -1), labels!), 'float32'),
};
