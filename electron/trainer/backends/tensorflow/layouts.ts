/**
 * In which order the axes of images lie. In the graph they are [examples, channels, height, width], as in PyTorch; libtensorflow's kernels on
 * processors, and all of tfjs's, take them with channels last (NHWC). So images stay in that order from the first operation that wants it to
 * the last, and are turned where a value is needed in the other: a small CNN's update turns its images twice instead of 30 times.
 */
import type { ComputedOp, NodeOf } from '../../../../shared/graph/ops/index.ts';
import type { Shape, Tensor } from '../../../../shared/graph/tensor.ts';
import { always, elementWiseLayouts, ranked } from '../layout.ts';
import type { Layout } from '../layout.ts';

/** Orders of axes that turn an image; `toFirst[axis]` is also where an axis of the graph lies with channels last. */
export const turns = { toLast: [0, 2, 3, 1], toFirst: [0, 3, 1, 2] } as const;

/** A shape [examples, channels, height, width] as it lies with channels last. */
export function lastShape([examples, channels, height, width]: Shape): [number, number, number, number] {
  return [examples!, height!, width!, channels!];
}

const sums: Layout<NodeOf<'sum'>> = {
  // without kept axes what is left must be in the same order: channels behind height or width are not
  applies: ({ inputs: [a], attributes: { axes, keep } }, isLast) =>
    isLast(a!) && (keep || axes.includes(1) || (axes.includes(2) && axes.includes(3))),
  takes: () => true,
  result: ({ attributes }) => attributes.keep,
};

const broadcasts: Layout<Tensor> = {
  applies: (node, isLast) => ranked(node) && isLast(node.inputs[0]!),
  takes: () => true,
  result: () => true,
};

/** The operations that are computed with channels last; one without an entry is computed as the graph says. */
export const layouts: { readonly [N in ComputedOp]?: Layout<NodeOf<N>> } = {
  ...elementWiseLayouts,
  sum: sums,
  broadcast: broadcasts,
  convolution: always(1),
  convolutionInputGradient: always(1),
  convolutionFilterGradient: always(2, false),
  averagePool: always(1),
  repeat: always(1),
  maxPool: always(1),
  maxPoolGradient: always(3),
  gatherAtArgmax: always(3),
};
