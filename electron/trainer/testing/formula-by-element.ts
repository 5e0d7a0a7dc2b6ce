/** A formula computed element by element by what the operations of the graph say of themselves: what compiled ones are compared with. */
import { numberFor } from '../backends/feeds.ts';
import type { FormulaPlan } from '../backends/formula.ts';
import { isInput } from '../../../shared/graph/ops/leaf.ts';
import type { Tensor } from '../../../shared/graph/tensor.ts';

/** Numbers, one a parameter: float32 as in walks; in float64 the same formula is compared with PyTorch's. */
export type FloatArray = Float32Array | Float64Array;

/**
 * Computes it in float64. What is stored is rounded as the vector that it goes to is, and others are made of that.
 * @param vectors its inputs by name @param into where each result goes
 * @returns its sums by name, one element after the other
 */
export function computeByElement(
  { nodes, results, sums }: FormulaPlan,
  vectors: Readonly<Record<string, FloatArray>>,
  numbers: Readonly<Record<string, number>>,
  into: Readonly<Record<string, FloatArray>>,
): Record<string, number> {
  const values = new Map<Tensor, Float64Array>();
  const targets = Object.entries(results).map(([name, node]) => ({ node, to: into[name]! }));
  for (const node of nodes) {
    if (isInput(node)) {
      const { name } = node.attributes;
      values.set(node, Float64Array.from(node.shape.length === 0 ? [numberFor(name, numbers)] : vectors[name]!));
      continue;
    }
    const found = node.operation.evaluate(
      node,
      node.inputs.map((each) => values.get(each)!),
    );
    const target = targets.find((each) => each.node === node);
    values.set(node, target?.to instanceof Float32Array ? found.map(Math.fround) : found);
  }
  for (const { node, to } of targets) to.set(values.get(node)!);
  const total = (node: Tensor): number => values.get(node)!.reduce((sum, value) => sum + value, 0);
  return Object.fromEntries(Object.entries(sums).map(([name, node]) => [name, total(node)]));
}

/** Where vectors of two records differ first, `name[index]: found, not expected`; null where they are the same to the bit but for the kind of NaN. */
export function firstDifference(
  found: Readonly<Record<string, FloatArray>>,
  expected: Readonly<Record<string, FloatArray>>,
): string | null {
  for (const [name, vector] of Object.entries(expected)) {
    const index = vector.findIndex((value, at) => !Object.is(value, found[name]![at]));
    if (index >= 0) return `${name}[${index}]: ${found[name]![index]}, not ${vector[index]}`;
  }
  return null;
}
