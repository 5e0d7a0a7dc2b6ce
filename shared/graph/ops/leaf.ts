/** Leaves of the graph: named inputs, and constants. */
import { makeNode, shapeText, sizeOf } from '../tensor.ts';
import type { DType, Operation, Shape, Tensor } from '../tensor.ts';

/** Attributes of an input. */
export interface InputAttributes {
  name: string;
  shape: Shape;
  dtype: DType;
}

/** A value fed at every run, by name. */
export const inputOperation: Operation<'input', InputAttributes> = {
  name: 'input',
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  gradient: () => [],
  cost: null,
  evaluate: ({ attributes }) => {
    throw new Error(`input "${attributes.name}" was not fed`);
  },
};

/** Makes an input; two inputs of one name in a graph must agree in shape and type. */
export function input(name: string, shape: Shape, dtype: DType = 'float'): Tensor<InputAttributes> {
  return makeNode(inputOperation, [], { name, shape: [...shape], dtype });
}

/** Whether a node is an input. */
export function isInput(node: Tensor): node is Tensor<InputAttributes> {
  return node.operation === inputOperation;
}

/** Attributes of a constant: one value for every element, or all of them. */
export interface ConstantAttributes {
  values: number | readonly number[];
  shape: Shape;
  dtype: DType;
}

/** A value known when the graph is built. */
export const constantOperation: Operation<'constant', ConstantAttributes> = {
  name: 'constant',
  infer(_, { values, shape, dtype }) {
    if (typeof values !== 'number' && values.length !== sizeOf(shape))
      throw new Error(`constant: ${values.length} values do not fill shape ${shapeText(shape)}`);
    return { shape, dtype };
  },
  gradient: () => [],
  cost: null,
  evaluate({ attributes: { values, shape } }) {
    return typeof values === 'number' ? new Float64Array(sizeOf(shape)).fill(values) : Float64Array.from(values);
  },
};

/** Makes a constant: one number for every element of `shape`, or an array of all elements in row-major order. */
export function constant(
  values: number | readonly number[],
  shape: Shape = [],
  dtype: DType = 'float',
): Tensor<ConstantAttributes> {
  return makeNode(constantOperation, [], { values, shape: [...shape], dtype });
}
