/**
 * A formula as a loop over vectors in WebAssembly's text format: float32 in memory, float64 arithmetic, two elements at once, no operations
 * fused. Each stored element is rounded to float32 once, and what others are made of is the stored value.
 */
import { constantOperation, isInput } from '../../../../shared/graph/ops/leaf.ts';
import type { ConstantAttributes } from '../../../../shared/graph/ops/leaf.ts';
import type { ComputedOp } from '../../../../shared/graph/ops/index.ts';
import type { Tensor } from '../../../../shared/graph/tensor.ts';
import type { Formula } from '../../backends/backend.ts';
import { planFormula } from '../../backends/formula.ts';

/** A loop as text, and what it is called with: places of vectors, how many bytes each has, and numbers. */
export interface LoopText {
  /** A module that imports the memory `env.memory` and exports the function `loop`. */
  text: string;
  /** Vectors that it reads, by name, in the order of its first parameters: places in memory. */
  reads: readonly string[];
  /** Vectors that it writes, in the order of those after. */
  writes: readonly string[];
  /** Numbers in the order of its last parameters, after the bytes of a vector: names, and values of constants. */
  numbers: readonly (string | number)[];
  /** Its sums, of sixteen bytes each from the beginning of the memory: two halves that are to be added. What stands there is added to. */
  sums: readonly string[];
}

/** How elements are summed: one after the other, or those at even and at odd places each for themselves, which both are added in the end. */
export type SumOrder = 'in sequence' | 'in pairs';

/** Vectors of a formula for loops, which take any length: of this one. More than 1, which would be a number's. */
export const loopLength = 2;

type Instruction = (operands: readonly string[]) => string;
const plain =
  (name: string): Instruction =>
  (operands) =>
    `(f64x2.${name} ${operands.join(' ')})`;

const zeros = '(v128.const f64x2 0 0)';

/** What the processor computes of two float64 at once, rounded exactly. */
const instructions: Readonly<Partial<Record<ComputedOp, Instruction>>> = {
  add: plain('add'),
  subtract: plain('sub'),
  multiply: plain('mul'),
  divide: plain('div'),
  sqrt: plain('sqrt'),
  // 0 where it is less; added to 0 both zeros are +0, as Math.max has it. What is not a number stays so
  relu: ([of]) => `(f64x2.add (f64x2.pmax ${of!} ${zeros}) ${zeros})`,
};

/**
 * Writes it.
 * @param formula over vectors of {@link loopLength}
 * @param order of a sum, by its name
 * @throws Error naming an operation that loops do not have, or what makes it no formula
 */
export function loopText(formula: Formula, order: (sum: string) => SumOrder): LoopText {
  const { nodes, inputs, results, sums } = planFormula(formula, loopLength);
  const nameOf = new Map(nodes.map((node, index) => [node, `$n${index}`]));
  const value = (node: Tensor): string => `(local.get ${nameOf.get(node)!})`;
  const reads = inputs.filter(({ shape }) => shape.length === 1);
  const writes = Object.keys(results);
  const stored = new Set(Object.values(results));
  const scalars = nodes.filter((node) => (isInput(node) && node.shape.length === 0) || isConstant(node));
  const summed = Object.keys(sums);
  const isPaired = (name: string): boolean => order(name) === 'in pairs';

  /** Element by element of two, or of the last one alone. @param skip bytes after the place of the loop */
  function body(lanes: 1 | 2, skip = 0): string[] {
    const bits = 32 * lanes;
    const place = (vector: string): string => `(i32.add (local.get ${vector}) (local.get $at))`;
    const computed = nodes.flatMap((node) => {
      if (scalars.includes(node)) return [];
      const set = (to: string): string => `(local.set ${nameOf.get(node)!} ${to})`;
      const made = isInput(node)
        ? `(f64x2.promote_low_f32x4 (v128.load${bits}_zero offset=${skip} ${place(`$read${reads.indexOf(node)}`)}))`
        : instructionOf(node)(node.inputs.map(value));
      return [set(stored.has(node) ? `(f64x2.promote_low_f32x4 (f32x4.demote_f64x2_zero ${made}))` : made)];
    });
    const put = writes.map((name, index) => {
      const rounded = `(f32x4.demote_f64x2_zero ${value(results[name]!)})`;
      return `(v128.store${bits}_lane offset=${skip} 0 ${place(`$write${index}`)} ${rounded})`;
    });
    const added = summed.flatMap((name, index) => {
      const [sum, of] = [`$sum${index}`, value(sums[name]!)];
      const add = (type: string, what: string): string => `(local.set ${sum} (${type}.add (local.get ${sum}) ${what}))`;
      if (isPaired(name)) return [add('f64x2', lanes === 2 ? of : `(f64x2.replace_lane 1 ${of} (f64.const 0))`)];
      return Array.from({ length: lanes }, (_, lane) => add('f64', `(f64x2.extract_lane ${lane} ${of})`));
    });
    return [...computed, ...put, ...added];
  }

  const parameters = [
    ...reads.map((_, index) => `(param $read${index} i32)`),
    ...writes.map((_, index) => `(param $write${index} i32)`),
    '(param $bytes i32)',
    ...scalars.map((_, index) => `(param $number${index} f64)`),
  ];
  const locals = [
    '(local $at i32)',
    ...nodes.map((node) => `(local ${nameOf.get(node)!} v128)`),
    ...summed.map((name, index) => `(local $sum${index} ${isPaired(name) ? 'v128' : 'f64'})`),
  ];
  const sumAt = (name: string, index: number, what: 'load' | 'store', given = ''): string =>
    `(${isPaired(name) ? 'v128' : 'f64'}.${what} (i32.const ${16 * index})${given})`;
  const step = (bytes: number): string => `(local.set $at (i32.add (local.get $at) (i32.const ${bytes})))`;
  const left = (bytes: number): string =>
    `(i32.le_u (i32.add (local.get $at) (i32.const ${bytes})) (local.get $bytes))`;
  const lines = [
    ...scalars.map((node, index) => `(local.set ${nameOf.get(node)!} (f64x2.splat (local.get $number${index})))`),
    ...summed.map((name, index) => `(local.set $sum${index} ${sumAt(name, index, 'load')})`),
    // twice two elements in a turn
    `(block $done (loop $turn (br_if $done (i32.eqz ${left(16)}))`,
    ...body(2),
    ...body(2, 8),
    `${step(16)} (br $turn)))`,
    `(if ${left(8)} (then`,
    ...body(2),
    `${step(8)}))`,
    `(if ${left(4)} (then`,
    ...body(1),
    '))',
    ...summed.map((name, index) => sumAt(name, index, 'store', ` (local.get $sum${index})`)),
  ];
  return {
    text: `(module (import "env" "memory" (memory 1)) (func (export "loop") ${[...parameters, ...locals, ...lines].join('\n')}))`,
    reads: reads.map(({ attributes: { name } }) => name),
    writes,
    numbers: scalars.map((node) => (isInput(node) ? node.attributes.name : constantOf(node))),
    sums: summed,
  };
}

function isConstant(node: Tensor): node is Tensor<ConstantAttributes> {
  return node.operation === constantOperation;
}

function constantOf(node: Tensor): number {
  const values = isConstant(node) ? node.attributes.values : null;
  if (typeof values !== 'number') throw new Error('a loop has constants that are one number each');
  return values;
}

function instructionOf({ operation: { name } }: Tensor): Instruction {
  const found = (instructions as Readonly<Record<string, Instruction>>)[name];
  if (!found)
    throw new Error(
      `a loop on the host has no operation "${name}"; write it with ${Object.keys(instructions).join(', ')}, or give it an instruction in walk/loops/text.ts`,
    );
  return found;
}
