/** Translates a graph into an ONNX model, operation by operation. */
import type { ConstantAttributes } from '../../graph/ops/leaf.ts';
import type { GemmAttributes } from '../../graph/ops/gemm.ts';
import type { SumAttributes } from '../../graph/ops/reduce.ts';
import { constantOperation, isInput } from '../../graph/ops/leaf.ts';
import type { Plan } from '../../graph/plan.ts';
import { sizeOf } from '../../graph/tensor.ts';
import type { Shape, Tensor } from '../../graph/tensor.ts';
import { encodeModel, onnxType } from './model.ts';
import type { OnnxConstant, OnnxNode } from './model.ts';

/** Where a translation writes its operators. */
interface Writer {
  /** Adds an operator; without `output` it makes an intermediate value and returns its name. */
  node(operator: string, inputs: readonly string[], attributes?: OnnxNode['attributes'], output?: string): string;
  /** Stores a tensor and returns its name. */
  constant(shape: Shape, values: OnnxConstant['values']): string;
}

/** Writes the operators that compute `node` from its inputs' names under the name `output`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Translation = (write: Writer, node: Tensor<any>, inputs: readonly string[], output: string) => void;

/** An operator of the same meaning. */
function direct(operator: string, attributes?: OnnxNode['attributes']): Translation {
  return (write, _, inputs, output) => void write.node(operator, inputs, attributes, output);
}

function int64(values: readonly number[]): BigInt64Array {
  return BigInt64Array.from(values, BigInt);
}

/** Casts to the ONNX element type. */
function cast(write: Writer, value: string, to: number, output?: string): string {
  return write.node('Cast', [value], { to }, output);
}

const translations: Readonly<Record<string, Translation>> = {
  add: direct('Add'),
  subtract: direct('Sub'),
  multiply: direct('Mul'),
  divide: direct('Div'),
  exp: direct('Exp'),
  log: direct('Log'),
  tanh: direct('Tanh'),
  sqrt: direct('Sqrt'),
  relu: direct('Relu'),
  // of a ReLU's result, which is never negative
  step: direct('Sign'),
  softmax: direct('Softmax', { axis: -1 }),
  logSoftmax: direct('LogSoftmax', { axis: -1 }),
  transpose: (write, node: Tensor<{ order: readonly number[] }>, inputs, output) =>
    void write.node('Transpose', inputs, { perm: node.attributes.order }, output),
  gemm: (write, { attributes: { transposeA, transposeB } }: Tensor<GemmAttributes>, inputs, output) =>
    void write.node('Gemm', inputs, { transA: Number(transposeA), transB: Number(transposeB) }, output),
  reshape: (write, { shape }, [a], output) =>
    void write.node('Reshape', [a!, write.constant([shape.length], int64(shape))], {}, output),
  broadcast: (write, { shape }, [a], output) =>
    void write.node('Expand', [a!, write.constant([shape.length], int64(shape))], {}, output),
  sum: (write, { attributes: { axes, keep } }: Tensor<SumAttributes>, [a], output) =>
    void write.node('ReduceSum', [a!, write.constant([axes.length], int64(axes))], { keepdims: Number(keep) }, output),
  oneHot: (write, { shape }, [labels], output) => {
    const column = write.node('Reshape', [labels!, write.constant([2], int64([shape[0]!, 1]))]);
    const classes = write.constant(
      [1, shape[1]!],
      Int32Array.from({ length: shape[1]! }, (_, each) => each),
    );
    cast(write, write.node('Equal', [column, classes]), onnxType.float, output);
  },
  correct: (write, _, [logits, labels], output) => {
    const best = write.node('ArgMax', [logits!], { axis: -1, keepdims: 0 });
    cast(write, write.node('Equal', [best, cast(write, labels!, onnxType.int64)]), onnxType.float, output);
  },
};

/**
 * Encodes a planned graph as an ONNX model whose inputs and outputs have the plan's names.
 * @throws Error when an operation has no translation, or an output is itself an input.
 */
export function emit(plan: Plan): Uint8Array {
  const nodes: OnnxNode[] = [];
  const constants: OnnxConstant[] = [];
  const names = new Map<Tensor, string>();
  let made = 0;
  const fresh = (): string => `#${made++}`;
  const write: Writer = {
    node: (operator, inputs, attributes = {}, output = fresh()) => {
      nodes.push({ operator, inputs, output, attributes });
      return output;
    },
    constant: (shape, values) => {
      const name = fresh();
      constants.push({ name, shape, values });
      return name;
    },
  };

  for (const node of plan.nodes) {
    if (isInput(node)) names.set(node, node.attributes.name);
    else if (node.operation === constantOperation)
      names.set(node, writeConstant(write, node as Tensor<ConstantAttributes>));
    else {
      const translate = translations[node.operation.name];
      if (!translate) throw new Error(`operation "${node.operation.name}" has no ONNX translation`);
      const output = fresh();
      translate(
        write,
        node,
        node.inputs.map((each) => names.get(each)!),
        output,
      );
      names.set(node, output);
    }
  }
  // one value may be an output under two names, or be used further: outputs are named by Identity, which the runtime removes
  for (const [name, node] of Object.entries(plan.outputs)) write.node('Identity', [names.get(node)!], {}, name);

  return encodeModel({
    nodes,
    constants,
    inputs: plan.inputs.map(({ attributes: { name, shape, dtype } }) => ({
      name,
      shape,
      type: dtype === 'int' ? onnxType.int32 : onnxType.float,
    })),
    outputs: Object.entries(plan.outputs).map(([name, { shape }]) => ({ name, shape, type: onnxType.float })),
  });
}

function writeConstant(write: Writer, { attributes: { values, shape, dtype } }: Tensor<ConstantAttributes>): string {
  const size = sizeOf(shape);
  const all = typeof values === 'number' ? new Array<number>(size).fill(values) : values;
  return write.constant(shape, dtype === 'int' ? Int32Array.from(all) : Float32Array.from(all));
}
