/** Divides a graph at some of its inputs: what does not depend on them is computed once, and kept while they change. */
import { input, isInput } from './ops/leaf.ts';
import { plan } from './plan.ts';
import { makeNode } from './tensor.ts';
import type { Tensor } from './tensor.ts';

/** A graph in two: `kept` first, as often as other inputs change; `outputs` for each value of the varying ones. */
export interface DividedGraph {
  /** What `outputs` takes of what does not vary, by the name of the input through which it takes it; none is an input itself. */
  readonly kept: Readonly<Record<string, Tensor>>;
  /** The outputs of the whole, by name, made of what varies, of other inputs and of `kept`. */
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/**
 * Operations in a row that are rather computed again than kept: an activation of what is kept anyway, and its mask. Longer rows (derivatives of smooth
 * activations, norms) cost more to compute than to read.
 */
const mostAgain = 2;

/**
 * Divides a graph. Both parts together have the operations of the whole, on the same operands in the same order, so that values stay the same to the bit where
 * a backend computes an operation alike wherever it stands. Some stand in both: up to two element-wise operations in a row, or new shapes, of
 * what is kept anyway, since they would take as much memory again to save little; and what is made of constants alone, which backends compute when they compile.
 * @param varying names of inputs
 * @param prefix what the names of `kept` begin with
 * @throws Error where an input's name begins so already
 */
export function divide(
  outputs: Readonly<Record<string, Tensor>>,
  varying: ReadonlySet<string>,
  prefix = 'kept ',
): DividedGraph {
  const { nodes, inputs, outputs: planned } = plan(outputs);
  const taken = inputs.find(({ attributes: { name } }) => name.startsWith(prefix));
  if (taken)
    throw new Error(
      `divide: the input "${taken.attributes.name}" has a name of what is kept, "${prefix}…"; choose another prefix`,
    );

  const varies = new Set<Tensor>();
  const leaves = new Set<Tensor>();
  for (const node of nodes)
    if (isInput(node) ? varying.has(node.attributes.name) : node.inputs.some((each) => varies.has(each)))
      varies.add(node);
    else if (isInput(node) || node.inputs.every((each) => leaves.has(each) && !isInput(each))) leaves.add(node);

  const asked = new Set(Object.values(planned));
  for (const node of nodes) if (varies.has(node)) for (const each of node.inputs) asked.add(each);
  /** Operations that make a node again, in a row, of leaves and of what is kept whatever is done; infinitely many where others are needed. */
  const row = new Map<Tensor, number>();
  for (const node of nodes) {
    if (varies.has(node)) continue;
    const longest = Math.max(...node.inputs.map((each) => row.get(each)!));
    if (leaves.has(node)) row.set(node, 0);
    else if (isCheap(node) && longest < mostAgain) row.set(node, longest + 1);
    else row.set(node, asked.has(node) ? 0 : Infinity);
  }

  const kept: Record<string, Tensor> = {};
  /** What stands in `outputs` for a node of the whole; made in the order of evaluation. */
  const there = new Map<Tensor, Tensor>();
  for (const node of nodes)
    if (leaves.has(node)) there.set(node, node);
    else if (varies.has(node) || row.get(node)! > 0) {
      if (row.get(node) === Infinity) continue;
      const operands = node.inputs.map((each) => there.get(each)!);
      const same = operands.every((each, index) => each === node.inputs[index]);
      there.set(node, same ? node : makeNode(node.operation, operands, node.attributes));
    } else {
      const name = `${prefix}${Object.keys(kept).length}`;
      kept[name] = node;
      there.set(node, input(name, node.shape));
    }
  return {
    kept,
    outputs: Object.fromEntries(Object.entries<Tensor>(planned).map(([name, node]) => [name, there.get(node)!])),
  };
}

/** Whether a node takes little more than to read what it is made of. */
function isCheap({ operation }: Tensor): boolean {
  return operation.elementWise === true || operation.name === 'reshape';
}
