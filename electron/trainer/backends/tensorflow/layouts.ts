/**
 * In which order the axes of images lie. In the graph they are [examples, channels, height, width], as in PyTorch; libtensorflow's kernels on
 * processors, and all of tfjs's, take them with channels last (NHWC). So images stay in that order from the first operation that wants it to
 * the last, and are turned where a value is needed in the other: a small CNN's update turns its images twice instead of 30 times.
 */
import { operations } from '../../../../shared/graph/ops/index.ts';
import type { ComputedOp, NodeOf } from '../../../../shared/graph/ops/index.ts';
import { sizeOf } from '../../../../shared/graph/tensor.ts';
import type { Shape, Tensor } from '../../../../shared/graph/tensor.ts';

/** Orders of axes that turn an image; `toFirst[axis]` is also where an axis of the graph lies with channels last. */
export const turns = { toLast: [0, 2, 3, 1], toFirst: [0, 3, 1, 2] } as const;

/** A shape [examples, channels, height, width] as it lies with channels last. */
export function lastShape([examples, channels, height, width]: Shape): [number, number, number, number] {
  return [examples!, height!, width!, channels!];
}

/** How an operation is computed with channels last. */
export interface Layout<T extends Tensor> {
  /** Whether it is, given which of the values of four axes lie so already. */
  applies(node: T, isLast: (value: Tensor) => boolean): boolean;
  /** Whether it takes an input so; else as the graph says. */
  takes(index: number, input: Tensor): boolean;
  /** Whether its result lies so. */
  result(node: T): boolean;
}

const ranked = ({ shape }: Tensor): boolean => shape.length === 4;

/** An operation whose first `count` inputs are images, always computed with channels last. */
function always(count: number, result = true): Layout<Tensor> {
  return { applies: () => true, takes: (index) => index < count, result: () => result };
}

/** Element by element: so where an input as large as the result lies so, or where no input is as large and one lies so. */
const elementWise: Layout<Tensor> = {
  applies(node, isLast) {
    // numbers apart, an input of another rank would meet other axes
    if (!ranked(node) || !node.inputs.every((each) => ranked(each) || sizeOf(each.shape) === 1)) return false;
    const large = node.inputs.filter((each) => sizeOf(each.shape) === sizeOf(node.shape));
    return (large.length > 0 ? large : node.inputs).some(isLast);
  },
  takes: (_, each) => ranked(each),
  result: () => true,
};

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
  ...Object.fromEntries(
    Object.values(operations)
      .filter((operation) => 'elementWise' in operation)
      .map(({ name }) => [name, elementWise]),
  ),
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
