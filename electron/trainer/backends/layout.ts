/**
 * What backends share that keep images in another order of axes than the graph's from one operation to the next: batch-last for ONNX Runtime on
 * a processor (onnx/batch-last.ts), channels last for TensorFlow (tensorflow/layouts.ts). "So" below is their order.
 */
import { operations } from '../../../shared/graph/ops/index.ts';
import { sizeOf } from '../../../shared/graph/tensor.ts';
import type { Tensor } from '../../../shared/graph/tensor.ts';

/** How an operation is computed on images that lie so. */
export interface Layout<T extends Tensor> {
  /** Whether it is, given which of the values of four axes lie so already. */
  applies(node: T, isSo: (value: Tensor) => boolean): boolean;
  /** Whether it takes an input so; else as the graph says. */
  takes(index: number, input: Tensor): boolean;
  /** Whether its result lies so. */
  result(node: T): boolean;
}

/** Whether a value has the four axes of images. */
export const ranked = ({ shape }: Tensor): boolean => shape.length === 4;

/** An operation that is always computed so, of its first `count` inputs. */
export function always(count = 1, result = true): Layout<Tensor> {
  return { applies: () => true, takes: (index) => index < count, result: () => result };
}

/** Element by element: so where an input as large as the result lies so, or where no input is as large and one lies so. */
const elementWise: Layout<Tensor> = {
  applies(node, isSo) {
    // numbers apart, an input of another rank would meet other axes
    if (!ranked(node) || !node.inputs.every((each) => ranked(each) || sizeOf(each.shape) === 1)) return false;
    const large = node.inputs.filter((each) => sizeOf(each.shape) === sizeOf(node.shape));
    return (large.length > 0 ? large : node.inputs).some(isSo);
  },
  takes: (_, each) => ranked(each),
  result: () => true,
};

/** {@link elementWise} for every operation that is declared so, by name. */
export const elementWiseLayouts: Readonly<Record<string, Layout<Tensor>>> = Object.fromEntries(
  Object.values(operations)
    .filter((operation) => 'elementWise' in operation)
    .map(({ name }) => [name, elementWise]),
);
