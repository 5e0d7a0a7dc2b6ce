/** Translates a graph into an ONNX model, operation by operation. */
import type { ConvolutionAttributes } from '../../../../shared/graph/ops/convolution.ts';
import { operations } from '../../../../shared/graph/ops/index.ts';
import type { ComputedOp, NodeOf } from '../../../../shared/graph/ops/index.ts';
import type { ConstantAttributes } from '../../../../shared/graph/ops/leaf.ts';
import { constantOperation, isInput } from '../../../../shared/graph/ops/leaf.ts';
import type { Plan } from '../../../../shared/graph/plan.ts';
import { sizeOf } from '../../../../shared/graph/tensor.ts';
import type { Shape, Tensor } from '../../../../shared/graph/tensor.ts';
import type { Layout } from '../layout.ts';
import { batchLastShape, encodeModel, onnxType } from './model.ts';
import type { OnnxConstant, OnnxNode, OnnxValue } from './model.ts';

/** Where a translation writes its operators. */
export interface Writer {
  /** Adds an operator; without `output` it makes an intermediate value and returns its name. */
  node(operator: string, inputs: readonly string[], attributes?: OnnxNode['attributes'], output?: string): string;
  /** Stores a tensor and returns its name. */
  constant(shape: Shape, values: OnnxConstant['values']): string;
  /** A name that nothing has. */
  fresh(): string;
}

/** Writes the operators that compute `node` from its inputs' names under the name `output`. */
export type Translation<T extends Tensor> = (write: Writer, node: T, inputs: readonly string[], output: string) => void;

/** An operator of the same meaning. */
function direct(operator: string, attributes?: OnnxNode['attributes']): Translation<Tensor> {
  return (write, _, inputs, output) => void write.node(operator, inputs, attributes, output);
}

function int64(values: readonly number[]): BigInt64Array {
  return BigInt64Array.from(values, BigInt);
}

/** Stores whole numbers as a vector: a shape, axes, or places. */
export function shapeConstant(write: Writer, shape: readonly number[]): string {
  return write.constant([shape.length], int64(shape));
}

/** Writes the same elements under another shape. */
export function reshaped(write: Writer, value: string, shape: Shape, output?: string): string {
  return write.node('Reshape', [value, shapeConstant(write, shape)], {}, output);
}

/**
 * Sums over axes group by group, the last first: a single sum over 100 × 28 × 28 numbers in float32 loses two digits where they nearly
 * cancel.
 * @param groups ascending
 */
export function sumOver(
  write: Writer,
  value: string,
  groups: readonly (readonly number[])[],
  keep: boolean,
  output: string,
): void {
  const sum = (each: string, axes: readonly number[], name?: string): string =>
    write.node('ReduceSum', [each, shapeConstant(write, axes)], { keepdims: Number(keep) }, name);
  const [first, ...later] = groups.filter((axes) => axes.length > 0);
  if (first)
    sum(
      later.toReversed().reduce((each, axes) => sum(each, axes), value),
      first,
      output,
    );
  else write.node('Identity', [value], {}, output);
}

/** Attributes of a convolution that moves so. */
export function moving({ stride, padding }: ConvolutionAttributes): Record<string, readonly number[]> {
  return { strides: [stride, stride], pads: [padding, padding, padding, padding] };
}

/** Convolution, by the operator of this name. */
export function convolution(
  write: Writer,
  { inputs: [, weight], attributes }: NodeOf<'convolution'>,
  inputs: readonly string[],
  output: string,
): void {
  write.node('Conv', inputs, { ...moving(attributes), kernel_shape: weight!.shape.slice(2) }, output);
}

/** Input gradient. With stride 1 a convolution with the flipped, transposed filter; else ONNX's transposed convolution, which is defined as that gradient. */
export function inputGradient(
  write: Writer,
  { inputs, attributes, shape }: NodeOf<'convolutionInputGradient'>,
  [upstream, weight]: readonly string[],
  output: string,
): void {
  const [rows, columns] = [inputs[0]!.shape[2]!, inputs[0]!.shape[3]!];
  const [height, width] = [inputs[1]!.shape[2]!, inputs[1]!.shape[3]!];
  const { stride, padding } = attributes;
  if (stride === 1 && padding < height && padding < width) {
    const last = 2 ** 31;
    const flipped = write.node('Slice', [
      write.node('Transpose', [weight!], { perm: [1, 0, 2, 3] }),
      shapeConstant(write, [last, last]),
      shapeConstant(write, [-last, -last]),
      shapeConstant(write, [2, 3]),
      shapeConstant(write, [-1, -1]),
    ]);
    const [high, wide] = [height - 1 - padding, width - 1 - padding];
    write.node('Conv', [upstream!, flipped], { pads: [high, wide, high, wide] }, output);
    return;
  }
  const rest = (size: number, places: number, kernel: number): number =>
    size - ((places - 1) * stride + kernel - 2 * padding);
  write.node(
    'ConvTranspose',
    [upstream!, weight!],
    {
      ...moving(attributes),
      output_padding: [rest(shape[2]!, rows, height), rest(shape[3]!, columns, width)],
    },
    output,
  );
}

/** Filter gradient: for every place in the filter, one matrix product of the image shifted there with the upstream gradient. */
function filterGradient(
  write: Writer,
  { inputs, attributes, shape }: NodeOf<'convolutionFilterGradient'>,
  [image, upstream]: readonly string[],
  output: string,
): void {
  const [examples, channels] = [inputs[0]!.shape[0]!, inputs[0]!.shape[1]!];
  const [, filters, rows, columns] = inputs[1]!.shape as [number, number, number, number];
  const [height, width] = [shape[2]!, shape[3]!];
  const { stride, padding } = attributes;
  const places = examples * rows * columns;
  const flat = (value: string, lines: number): string =>
    write.node('Reshape', [value, shapeConstant(write, [lines, places])]);
  const slopes = flat(write.node('Transpose', [upstream!], { perm: [1, 0, 2, 3] }), filters);
  const turned = write.node('Transpose', [image!], { perm: [1, 0, 2, 3] });
  const padded =
    padding === 0
      ? turned
      : write.node('Pad', [turned, shapeConstant(write, [0, 0, padding, padding, 0, 0, padding, padding])]);
  const taps: string[] = [];
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const shifted = write.node('Slice', [
        padded,
        shapeConstant(write, [row, column]),
        shapeConstant(write, [row + (rows - 1) * stride + 1, column + (columns - 1) * stride + 1]),
        shapeConstant(write, [2, 3]),
        shapeConstant(write, [stride, stride]),
      ]);
      taps.push(write.node('Gemm', [slopes, flat(shifted, channels)], { transB: 1 }));
    }
  const all = taps.length === 1 ? taps[0]! : write.node('Concat', taps, { axis: 0 });
  const stacked = write.node('Reshape', [all, shapeConstant(write, [height, width, filters, channels])]);
  write.node('Transpose', [stacked], { perm: [2, 3, 0, 1] }, output);
}

/** Every element repeated over a window. */
function repeated(write: Writer, value: string, [height, width]: readonly number[], output?: string): string {
  const factors = write.constant([4], Float32Array.of(1, 1, height!, width!));
  return write.node(
    'Resize',
    [value, '', factors],
    { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
    output,
  );
}

const window2 = { kernel_shape: [2, 2], strides: [2, 2] };

/** 1 at the greatest elements of each 2 × 2 window of an image, 0 elsewhere. */
function greatestMask(write: Writer, image: string, pooled: string): string {
  return cast(write, write.node('Equal', [image, repeated(write, pooled, [2, 2])]), onnxType.float);
}

/** Number of greatest elements in every window, as a quarter of it. */
function quarterCount(write: Writer, mask: string): string {
  return write.node('AveragePool', [mask], window2);
}

/** Casts to the ONNX element type. */
export function cast(write: Writer, value: string, to: number, output?: string): string {
  return write.node('Cast', [value], { to }, output);
}

/** Scale and shift of centred values, by statistics of whatever they were taken over. */
const normAffine: Translation<Tensor> = (write, _, [, centred, inverse, factor, shift], output) => {
  const scaled = write.node('Mul', [centred!, write.node('Mul', [inverse!, factor!])]);
  write.node('Add', [scaled, shift!], {}, output);
};

/** The translation of every operation. */
export type Translations = { readonly [N in ComputedOp]: Translation<NodeOf<N>> };

const translations: Translations = {
  add: direct('Add'),
  subtract: direct('Sub'),
  multiply: direct('Mul'),
  divide: direct('Div'),
  exp: direct('Exp'),
  log: direct('Log'),
  tanh: direct('Tanh'),
  sigmoid: direct('Sigmoid'),
  erf: direct('Erf'),
  sqrt: direct('Sqrt'),
  relu: direct('Relu'),
  // Sign would do, at twice the time
  heaviside: (write, _, [a], output) =>
    void cast(write, write.node('Greater', [a!, write.constant([], Float32Array.of(0))]), onnxType.float, output),
  softmax: direct('Softmax', { axis: -1 }),
  logSoftmax: direct('LogSoftmax', { axis: -1 }),
  transpose: (write, node, inputs, output) =>
    void write.node('Transpose', inputs, { perm: node.attributes.order }, output),
  gemm: (write, { attributes: { transposeA, transposeB } }, inputs, output) =>
    void write.node('Gemm', inputs, { transA: Number(transposeA), transB: Number(transposeB) }, output),
  reshape: (write, { shape }, [a], output) =>
    void write.node('Reshape', [a!, write.constant([shape.length], int64(shape))], {}, output),
  broadcast: (write, { shape }, [a], output) =>
    void write.node('Expand', [a!, write.constant([shape.length], int64(shape))], {}, output),
  sum: (write, { attributes: { axes, keep } }, [a], output) =>
    sumOver(
      write,
      a!,
      axes.map((axis) => [axis]),
      keep,
      output,
    ),
  convolution,
  convolutionInputGradient: inputGradient,
  convolutionFilterGradient: filterGradient,
  averagePool: (write, { attributes: { window } }, inputs, output) =>
    void write.node('AveragePool', inputs, { kernel_shape: window, strides: window }, output),
  repeat: (write, { attributes: { window } }, [x], output) => void repeated(write, x!, window, output),
  maxPool: (write, _, inputs, output) => void write.node('MaxPool', inputs, window2, output),
  maxPoolGradient: (write, _, [values, image, pooled], output) => {
    const mask = greatestMask(write, image!, pooled!);
    const quarter = write.constant([], Float32Array.of(0.25));
    const part = write.node('Div', [write.node('Mul', [values!, quarter]), quarterCount(write, mask)]);
    write.node('Mul', [mask, repeated(write, part, [2, 2])], {}, output);
  },
  gatherAtArgmax: (write, _, [values, image, pooled], output) => {
    const mask = greatestMask(write, image!, pooled!);
    const picked = write.node('AveragePool', [write.node('Mul', [values!, mask])], window2);
    write.node('Div', [picked, quarterCount(write, mask)], {}, output);
  },
  batchNormAffine: normAffine,
  groupNormAffine: normAffine,
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

/** How an operation is computed on images [examples, channels, height, width] that lie batch-last (CHWN) in memory. */
export interface BatchLastTranslation<T extends Tensor> extends Layout<T> {
  /** Without one the usual translation does, since the order of elements is nothing to it. */
  write?: Translation<T>;
}

/** Such translations; an operation without one is computed as the graph says. */
export type BatchLastTranslations = { readonly [N in ComputedOp]?: BatchLastTranslation<NodeOf<N>> };

/** What replaces the usual translations. */
export interface Adaptation {
  /** Those of some operations. */
  translations?: Partial<Translations>;
  /** Those that want images batch-last. */
  batchLast?: BatchLastTranslations;
  /** Names of the inputs and outputs that are fed and told batch-last. */
  liesBatchLast?: ReadonlySet<string>;
  /** Nodes that are computed with what they are made of in one operator. */
  fuse?: (node: Tensor) => Fusion | null;
}

/** Several nodes as one operator. */
export interface Fusion {
  /** What it reads; it is made before the node. */
  inputs: readonly Tensor[];
  /** Writes it. @returns its name */
  write: (write: Writer, inputs: readonly string[]) => string;
}

/**
 * Encodes a planned graph as an ONNX model whose inputs and outputs have the plan's names.
 * @param known values of inputs that the plan does not list, by name: they become constants
 * @throws Error when an operation is not in the table of operations.
 */
export function emit(
  plan: Plan,
  known: Readonly<Record<string, Float32Array>> = {},
  { translations: adapted = {}, batchLast = {}, liesBatchLast = new Set(), fuse = () => null }: Adaptation = {},
): Uint8Array {
  const nodes: OnnxNode[] = [];
  const constants: OnnxConstant[] = [];
  /** Names of values as they lie: as the graph says, and batch-last. */
  const names = { batchFirst: new Map<Tensor, string>(), batchLast: new Map<Tensor, string>() };
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
    fresh,
  };
  const isBatchLast = (value: Tensor): boolean => names.batchLast.has(value);

  /** The name of a value in a layout, transposed where it stands in the other. */
  function inLayout(how: keyof typeof names, value: Tensor): string {
    const known = names[how].get(value);
    if (known !== undefined) return known;
    const [other, order] =
      how === 'batchFirst' ? (['batchLast', [3, 0, 1, 2]] as const) : (['batchFirst', [1, 2, 3, 0]] as const);
    const from = names[other].get(value)!;
    const shape = how === 'batchFirst' ? value.shape : batchLastShape(value.shape);
    const isLine = value.shape.filter((size) => size > 1).length <= 1;
    const name = isLine ? reshaped(write, from, shape) : write.node('Transpose', [from], { perm: order });
    names[how].set(value, name);
    return name;
  }

  const fusions = new Map<Tensor, Fusion>();
  /** What outputs are made of, when fused nodes are not made one by one. */
  const needed = new Set<Tensor>(Object.values<Tensor>(plan.outputs));
  for (const node of plan.nodes.toReversed()) {
    if (!needed.has(node)) continue;
    const fusion = fuse(node);
    if (fusion) fusions.set(node, fusion);
    for (const each of (fusion ?? node).inputs) needed.add(each);
  }

  for (const node of plan.nodes) {
    const fusion = fusions.get(node);
    if (!needed.has(node)) continue;
    if (isInput(node)) {
      const { name } = node.attributes;
      const value = known[name];
      if (liesBatchLast.has(name)) names.batchLast.set(node, name);
      else names.batchFirst.set(node, value ? write.constant(node.shape, value) : name);
    } else if (node.operation === constantOperation)
      names.batchFirst.set(node, writeConstant(write, node as Tensor<ConstantAttributes>));
    else {
      if (!Object.hasOwn(operations, node.operation.name))
        throw new Error(`operation "${node.operation.name}" is not in the table of operations`);
      if (fusion) {
        const inputs = fusion.inputs.map((each) => inLayout('batchFirst', each));
        names.batchFirst.set(node, fusion.write(write, inputs));
        continue;
      }
      const name = node.operation.name as ComputedOp;
      // a node's attributes are those of its operation, which a table by name cannot say
      const candidate = batchLast[name] as BatchLastTranslation<never> | undefined;
      const wide = candidate?.applies(node as never, isBatchLast) ? candidate : null;
      const translate = wide?.write ?? adapted[name] ?? translations[name];
      const inputs = node.inputs.map((each, index) =>
        inLayout(wide?.takes(index, each) ? 'batchLast' : 'batchFirst', each),
      );
      const output = fresh();
      translate(write, node as never, inputs, output);
      names[wide?.result(node as never) ? 'batchLast' : 'batchFirst'].set(node, output);
    }
  }
  // one value may be an output under two names, or be used further: outputs are named by Identity, which the runtime removes
  for (const [name, node] of Object.entries(plan.outputs))
    write.node('Identity', [inLayout(liesBatchLast.has(name) ? 'batchLast' : 'batchFirst', node)], {}, name);

  const port = (name: string, shape: Shape, type: number): OnnxValue => ({
    name,
    shape: liesBatchLast.has(name) ? batchLastShape(shape) : shape,
    type,
  });
  return encodeModel({
    nodes,
    constants,
    inputs: plan.inputs.map(({ attributes: { name, shape, dtype } }) =>
      port(name, shape, dtype === 'int' ? onnxType.int32 : onnxType.float),
    ),
    outputs: Object.entries(plan.outputs).map(([name, { shape }]) => port(name, shape, onnxType.float)),
  });
}

function writeConstant(write: Writer, { attributes: { values, shape, dtype } }: Tensor<ConstantAttributes>): string {
  const size = sizeOf(shape);
  const all = typeof values === 'number' ? new Array<number>(size).fill(values) : values;
  return write.constant(shape, dtype === 'int' ? Int32Array.from(all) : Float32Array.from(all));
}
