/** Translates the graph into operations of tfjs, one by one. Only forward operations: every derivative is in the graph already. */
import type * as tfjs from '@tensorflow/tfjs-core';
import type { ComputedOp, NodeOf } from '../../../../shared/graph/ops/index.ts';
import type { Shape, Tensor } from '../../../../shared/graph/tensor.ts';

/** The library, whichever package it came from. */
export type Tfjs = typeof tfjs;

/** Computes `node` from its inputs' values; called inside a `tidy`, which frees what is made on the way. */
export type Translation<T extends Tensor> = (tf: Tfjs, node: T, inputs: readonly tfjs.Tensor[]) => tfjs.Tensor;

// images here are [examples, channels, height, width] and filters [out, in, height, width], as in PyTorch; tfjs computes on every
// one of its backends with channels last, and filters [height, width, in, out]
const imageToLast = [0, 2, 3, 1];
const imageToFirst = [0, 3, 1, 2];
const filterToLast = [2, 3, 1, 0];
const filterToFirst = [3, 2, 0, 1];

function channelsLast(tf: Tfjs, image: tfjs.Tensor): tfjs.Tensor4D {
  return tf.transpose(image as tfjs.Tensor4D, imageToLast);
}

function channelsFirst(tf: Tfjs, image: tfjs.Tensor): tfjs.Tensor {
  return tf.transpose(image, imageToFirst);
}

/** Zeros around an image with channels last, so that every convolution is one without padding: all of tfjs's backends have that. */
function padded(tf: Tfjs, image: tfjs.Tensor4D, padding: number): tfjs.Tensor4D {
  const around: [number, number] = [padding, padding];
  return padding === 0 ? image : tf.pad(image, [[0, 0], around, around, [0, 0]]);
}

/** Height and width of an image with its padding, [examples, …] with channels last. */
function paddedShape([examples, channels, height, width]: Shape, padding: number): [number, number, number, number] {
  return [examples!, height! + 2 * padding, width! + 2 * padding, channels!];
}

/** [examples, channels, height, width] with an axis of its own for the places in a window, after rows and after columns. */
function inWindows(tf: Tfjs, image: tfjs.Tensor, [height, width]: readonly [number, number]): tfjs.Tensor {
  const [examples, channels, rows, columns] = image.shape as [number, number, number, number];
  return tf.reshape(image, [examples, channels, rows / height, height, columns / width, width]);
}

const windowAxes = [3, 5];

/** Every element repeated over a window. */
function repeated(tf: Tfjs, image: tfjs.Tensor, [height, width]: readonly [number, number]): tfjs.Tensor {
  const [examples, channels, rows, columns] = image.shape as [number, number, number, number];
  const spread = tf.tile(tf.reshape(image, [examples, channels, rows, 1, columns, 1]), [1, 1, 1, height, 1, width]);
  return tf.reshape(spread, [examples, channels, rows * height, columns * width]);
}

const side: readonly [number, number] = [2, 2];

/** 1 at the greatest elements of each 2 × 2 window, 0 elsewhere. */
function greatestMask(tf: Tfjs, image: tfjs.Tensor, pooled: tfjs.Tensor): tfjs.Tensor {
  return tf.cast(tf.equal(image, repeated(tf, pooled, side)), 'float32');
}

/** Sum of every 2 × 2 window. */
function windowSum(tf: Tfjs, image: tfjs.Tensor): tfjs.Tensor {
  return tf.sum(inWindows(tf, image, side), windowAxes);
}

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
  broadcast: (tf, { shape }, [a]) => tf.broadcastTo(a!, [...shape] as [number]),
  sum: (tf, { attributes: { axes, keep } }, [a]) => tf.sum(a!, [...axes], keep),
  convolution: (tf, { attributes: { stride, padding } }, [x, weight, bias]) => {
    const filter = tf.transpose(weight as tfjs.Tensor4D, filterToLast);
    const result = tf.conv2d(padded(tf, channelsLast(tf, x!), padding), filter, stride, 'valid');
    return channelsFirst(tf, bias ? tf.add(result, bias) : result);
  },
  convolutionInputGradient: (tf, { attributes: { stride, padding, shape } }, [upstream, weight]) => {
    const filter = tf.transpose(weight as tfjs.Tensor4D, filterToLast);
    const whole = paddedShape(shape, padding);
    const result = tf.conv2dTranspose(channelsLast(tf, upstream!), filter, whole, stride, 'valid');
    const [examples, channels, height, width] = shape as [number, number, number, number];
    return channelsFirst(tf, tf.slice(result, [0, padding, padding, 0], [examples, height, width, channels]));
  },
  convolutionFilterGradient: (tf, { attributes: { stride, padding, shape } }, [x, upstream]) => {
    const [filters, channels, height, width] = shape as [number, number, number, number];
    // a forward kernel like any other, which the library offers by its name only
    const result = tf.engine().runKernel<tfjs.Tensor>(
      tf.Conv2DBackpropFilter,
      { x: padded(tf, channelsLast(tf, x!), padding), dy: channelsLast(tf, upstream!) },
      {
        strides: stride,
        pad: 'valid',
        dataFormat: 'NHWC',
        dimRoundingMode: undefined as unknown as string,
        filterShape: [height, width, channels, filters],
      },
    );
    return tf.transpose(result, filterToFirst);
  },
  averagePool: (tf, { attributes: { window } }, [x]) =>
    tf.div(tf.sum(inWindows(tf, x!, window), windowAxes), window[0] * window[1]),
  repeat: (tf, { attributes: { window } }, [x]) => repeated(tf, x!, window),
  maxPool: (tf, _, [x]) => tf.max(inWindows(tf, x!, side), windowAxes),
  maxPoolGradient: (tf, _, [values, image, pooled]) => {
    const mask = greatestMask(tf, image!, pooled!);
    return tf.mul(mask, repeated(tf, tf.div(values!, windowSum(tf, mask)), side));
  },
  gatherAtArgmax: (tf, _, [values, image, pooled]) => {
    const mask = greatestMask(tf, image!, pooled!);
    return tf.div(windowSum(tf, tf.mul(values!, mask)), windowSum(tf, mask));
  },
  batchNormAffine: (tf, _, [, centred, inverse, factor, shift]) =>
    tf.add(tf.mul(centred!, tf.mul(inverse!, factor!)), shift!),
  oneHot: (tf, { shape }, [labels]) => tf.cast(tf.oneHot(labels as tfjs.Tensor1D, shape[1]!), 'float32'),
  correct: (tf, _, [logits, labels]) => tf.cast(tf.equal(tf.argMax(logits!, -1), labels!), 'float32'),
};
