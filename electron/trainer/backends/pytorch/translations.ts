/**
 * Translates the graph into calls of PyTorch's functions, one by one. Only forward functions, and the two that give both gradients of a
 * convolution and a ReLU's in one pass: every derivative is in the graph already.
 */
import { heavisideOperation } from '../../../../shared/graph/ops/relu.ts';
import type { ConvolutionAttributes } from '../../../../shared/graph/ops/convolution.ts';
import type { ComputedOp, NodeOf } from '../../../../shared/graph/ops/index.ts';
import { sameShape } from '../../../../shared/graph/tensor.ts';
import type { Tensor } from '../../../../shared/graph/tensor.ts';

/** A value of a program, by its number. */
export type Value = number;

/** Arguments by name, as PyTorch calls them. */
export type Keywords = Readonly<Record<string, number | boolean | readonly number[] | readonly boolean[]>>;

/** Writes a program. */
export interface Writer {
  /**
   * Calls a function of PyTorch by its name behind `torch.`, or one of worker.py's behind `own.`.
   * @param inputs its first arguments, in order
   * @returns its result
   */
  call(name: string, inputs: readonly Value[], keywords?: Keywords): Value;
  /** The value of a node that an earlier one was made from. */
  of: (node: Tensor) => Value;
}

/** Writes what computes `node` from its inputs' values. A call whose result nothing needs is left out again. */
export type Translation<T extends Tensor> = (write: Writer, node: T, inputs: readonly Value[]) => Value;

function direct(name: string, keywords?: Keywords): Translation<Tensor> {
  return (write, _, inputs) => write.call(name, inputs, keywords);
}

/** How a convolution moves, as PyTorch's own gradient function wants it. */
export function backwardKeywords({ stride, padding }: ConvolutionAttributes): Keywords {
  return {
    stride: [stride, stride],
    padding: [padding, padding],
    dilation: [1, 1],
    transposed: false,
    output_padding: [0, 0],
    groups: 1,
  };
}

/** u · heaviside(r), which is a ReLU's gradient, in one pass over memory; null where a product is something else. */
function reluGradient(write: Writer, { inputs: [a, b], shape }: Tensor): Value | null {
  const [upstream, mask] = b!.operation === heavisideOperation ? [a!, b!] : [b!, a!];
  if (mask.operation !== heavisideOperation || !sameShape(upstream.shape, shape) || !sameShape(mask.shape, shape))
    return null;
  return write.call('ops.aten.threshold_backward', [write.of(upstream), write.of(mask.inputs[0]!)], { threshold: 0 });
}

/** Scale and shift of centred values, by statistics of whatever they were taken over. */
const normAffine: Translation<Tensor> = (write, _, [, centred, inverse, factor, shift]) =>
  write.call('addcmul', [shift!, centred!, write.call('mul', [inverse!, factor!])]);

/** The translation of every operation. */
export const translations: { readonly [N in ComputedOp]: Translation<NodeOf<N>> } = {
  add: direct('add'),
  subtract: direct('sub'),
  multiply: (write, node, inputs) => reluGradient(write, node) ?? write.call('mul', inputs),
  divide: direct('div'),
  exp: direct('exp'),
  log: direct('log'),
  tanh: direct('tanh'),
  sigmoid: direct('sigmoid'),
  erf: direct('erf'),
  sqrt: direct('sqrt'),
  relu: direct('relu'),
  heaviside: direct('own.positive'),
  softmax: direct('softmax', { dim: -1 }),
  logSoftmax: direct('log_softmax', { dim: -1 }),
  transpose: (write, { attributes: { order } }, inputs) => write.call('permute', inputs, { dims: order }),
  gemm: (write, { attributes: { transposeA, transposeB } }, [a, b, bias]) => {
    const [left, right] = [transposeA ? write.call('t', [a!]) : a!, transposeB ? write.call('t', [b!]) : b!];
    return bias === undefined ? write.call('mm', [left, right]) : write.call('addmm', [bias, left, right]);
  },
  reshape: (write, { shape }, inputs) => write.call('reshape', inputs, { shape }),
  broadcast: (write, { shape }, inputs) => write.call('broadcast_to', inputs, { size: shape }),
  // one axis after the other, the last first: a single sum over 100 × 28 × 28 numbers in float32 loses two digits where they nearly cancel
  sum: (write, { attributes: { axes, keep } }, [a]) =>
    axes
      .toSorted((one, other) => other - one)
      .reduce((left, axis) => write.call('sum', [left], { dim: axis, keepdim: keep }), a!),
  convolution: (write, { attributes: { stride, padding } }, inputs) =>
    write.call('conv2d', inputs, { stride, padding }),
  convolutionInputGradient: (write, { attributes }, inputs) =>
    write.call('own.input_gradient', inputs, { shape: attributes.shape, ...backwardKeywords(attributes) }),
  convolutionFilterGradient: (write, { attributes }, inputs) =>
    write.call('own.filter_gradient', inputs, { shape: attributes.shape, ...backwardKeywords(attributes) }),
  averagePool: (write, { attributes: { window } }, inputs) =>
    write.call('nn.functional.avg_pool2d', inputs, { kernel_size: window }),
  repeat: (write, { attributes: { window } }, inputs) => write.call('own.repeat', inputs, { window }),
  maxPool: direct('own.greatest'),
  maxPoolGradient: direct('own.put_at_greatest'),
  gatherAtArgmax: direct('own.pick_at_greatest'),
  batchNormAffine: normAffine,
  groupNormAffine: normAffine,
  oneHot: (write, { attributes: { classes } }, inputs) => write.call('own.one_hot', inputs, { classes }),
  correct: direct('own.correct'),
};
