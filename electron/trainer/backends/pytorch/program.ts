/** A planned graph as a program for worker.py: plain data, a list of calls. */
import { operations } from '../../../../shared/graph/ops/index.ts';
import type { ComputedOp } from '../../../../shared/graph/ops/index.ts';
import { constantOperation, isInput } from '../../../../shared/graph/ops/leaf.ts';
import type { ConstantAttributes, InputAttributes } from '../../../../shared/graph/ops/leaf.ts';
import { filterGradientOperation, inputGradientOperation } from '../../../../shared/graph/ops/convolution.ts';
import type { ConvolutionGradientAttributes } from '../../../../shared/graph/ops/convolution.ts';
import type { Plan } from '../../../../shared/graph/plan.ts';
import { sameShape } from '../../../../shared/graph/tensor.ts';
import type { DType, Shape, Tensor } from '../../../../shared/graph/tensor.ts';
import { backwardKeywords, translations } from './translations.ts';
import type { Keywords, Translation, Value, Writer } from './translations.ts';

/** A call: function, its first arguments, those by name, its result, and the values that nothing needs afterwards. */
type Step = [name: string, inputs: readonly Value[], keywords: Keywords, output: Value, free: readonly Value[]];

/** What worker.py makes a `Program` of. */
interface Program {
  /** Number of values. */
  values: number;
  /** Values that are fed at every run, in the order of {@link Translated.inputs}. */
  inputs: [value: Value, shape: Shape][];
  /** Values that are given with the program, in the order of {@link Translated.known}. */
  known: [value: Value, shape: Shape][];
  constants: [value: Value, type: DType, shape: Shape, numbers: number | readonly number[]][];
  steps: Step[];
  /** So many of the steps depend on nothing that is fed: they are done once. */
  once: number;
  /** Values of the outputs, in the plan's order. */
  outputs: Value[];
}

/** A program, and what it is to be fed. */
interface Translated {
  program: Program;
  inputs: readonly Tensor<InputAttributes>[];
  known: readonly Tensor<InputAttributes>[];
}

/** Both gradients of one convolution. */
interface Pair {
  image: Tensor<ConvolutionGradientAttributes>;
  filter: Tensor<ConvolutionGradientAttributes>;
}

/**
 * Translates a plan.
 * @param isKnown whether an input's values are given with the program
 * @param stored nodes whose values are rounded to float32 before others are made of them
 * @throws Error when an operation is not in the table of operations.
 */
export function translate(
  plan: Plan,
  isKnown: (name: string) => boolean,
  stored: ReadonlySet<Tensor> = new Set(),
): Translated {
  const numbers = new Map<Tensor, Value>();
  const steps: Step[] = [];
  let values = 0;
  const write: Writer = {
    call(name, inputs, keywords = {}) {
      const output = values++;
      steps.push([name, inputs, keywords, output, []]);
      return output;
    },
    of: (node) => numbers.get(node)!,
  };
  const inputs = plan.inputs.filter(({ attributes: { name } }) => !isKnown(name));
  const known = plan.inputs.filter(({ attributes: { name } }) => isKnown(name));
  const pairs = pairsIn(plan);
  const done = new Map<Pair, Value>();
  const constants: Program['constants'] = [];
  for (const node of plan.nodes) {
    const pair = pairs.get(node);
    if (isInput(node)) numbers.set(node, values++);
    else if (node.operation === constantOperation) {
      const { shape, dtype, values: all } = (node as Tensor<ConstantAttributes>).attributes;
      constants.push([values, dtype, shape, all]);
      numbers.set(node, values++);
    } else if (pair) {
      const both = done.get(pair) ?? gradients(write, pair);
      done.set(pair, both);
      numbers.set(node, write.call('own.item', [both], { index: node === pair.image ? 0 : 1 }));
    } else {
      const value = translateNode(write, node);
      numbers.set(node, stored.has(node) ? write.call('own.stored', [value]) : value);
    }
  }
  const valuesOf = (nodes: readonly Tensor[]): [Value, Shape][] =>
    nodes.map((node) => [numbers.get(node)!, node.shape]);
  const outputs = Object.values(plan.outputs).map(write.of);
  const fed = valuesOf(inputs);
  const ordered = inOrder(steps, outputs, new Set(fed.map(([value]) => value)));
  return {
    program: { values, inputs: fed, known: valuesOf(known), constants, ...ordered, outputs },
    inputs,
    known,
  };
}

function translateNode(write: Writer, node: Tensor): Value {
  if (!Object.hasOwn(operations, node.operation.name))
    throw new Error(`operation "${node.operation.name}" is not in the table of operations`);
  // a node's attributes are those of its operation, which a table by name cannot say
  const translation = translations[node.operation.name as ComputedOp] as Translation<never>;
  return translation(write, node as never, node.inputs.map(write.of));
}

function gradients(write: Writer, { image, filter }: Pair): Value {
  return write.call(
    'ops.aten.convolution_backward',
    [image.inputs[0]!, filter.inputs[0]!, image.inputs[1]!].map(write.of),
    { bias_sizes: [0], ...backwardKeywords(image.attributes), output_mask: [true, true, false] },
  );
}

/** Image and filter gradients of the same convolution, which one call computes in less time than two. */
function pairsIn({ nodes }: Plan): Map<Tensor, Pair> {
  const places = new Map(nodes.map((node, place) => [node, place]));
  const pairs = new Map<Tensor, Pair>();
  const images = nodes.filter((node) => node.operation === inputGradientOperation) as Pair['image'][];
  const filters = nodes.filter((node) => node.operation === filterGradientOperation) as Pair['filter'][];
  for (const image of images) {
    const [upstream, weight] = image.inputs as [Tensor, Tensor];
    const filter = filters.find(
      (each) =>
        !pairs.has(each) &&
        each.inputs[1] === upstream &&
        sameShape(each.inputs[0]!.shape, image.attributes.shape) &&
        sameShape(each.attributes.shape, weight.shape) &&
        each.attributes.stride === image.attributes.stride &&
        each.attributes.padding === image.attributes.padding,
    );
    if (!filter) continue;
    // all three must be at hand where the first of both stands
    const first = Math.min(places.get(image)!, places.get(filter)!);
    if (![upstream, weight, filter.inputs[0]!].every((each) => places.get(each)! < first)) continue;
    const pair = { image, filter };
    pairs.set(image, pair).set(filter, pair);
  }
  return pairs;
}

/**
 * Leaves out steps that no output needs, puts those first that depend on nothing fed, and says of each value after which step it is
 * needed no more. What the first steps leave for the others stays.
 */
function inOrder(
  steps: readonly Step[],
  outputs: readonly Value[],
  fed: ReadonlySet<Value>,
): Pick<Program, 'steps' | 'once'> {
  const needed = new Set(outputs);
  const used: Step[] = [];
  for (const step of steps.toReversed()) {
    if (!needed.has(step[3])) continue;
    used.unshift(step);
    for (const input of step[1]) needed.add(input);
  }
  const changing = new Set(fed);
  for (const [, inputs, , output] of used) if (inputs.some((each) => changing.has(each))) changing.add(output);
  const once = used.filter(([, , , output]) => !changing.has(output));
  const rest = used.filter(([, , , output]) => changing.has(output));
  const kept = new Set(outputs);
  for (const [, inputs] of rest) for (const each of inputs) if (!changing.has(each)) kept.add(each);
  const ordered = [...once, ...rest];
  const last = new Map<Value, number>();
  ordered.forEach(([, inputs, , output], place) => {
    for (const each of [...inputs, output]) last.set(each, place);
  });
  const free = ordered.map((): Value[] => []);
  for (const [value, place] of last) if (!kept.has(value)) free[place]!.push(value);
  return {
    steps: ordered.map(([name, inputs, keywords, output], place) => [name, inputs, keywords, output, free[place]!]),
    once: once.length,
  };
}
