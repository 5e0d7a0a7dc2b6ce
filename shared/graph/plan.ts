/** Evaluation order: what is needed, each thing once, inputs before what is made of them. */
import { isInput } from './ops/leaf.ts';
import type { InputAttributes } from './ops/leaf.ts';
import { sameShape, shapeText } from './tensor.ts';
import type { Tensor } from './tensor.ts';

/** A graph ready to be compiled: nodes in evaluation order, inputs, and outputs by name. */
export interface Plan {
  /** Every node that some output needs, in evaluation order, no two of them computing the same. */
  readonly nodes: readonly Tensor[];
  readonly inputs: readonly Tensor<InputAttributes>[];
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/**
 * Orders what the outputs need: nodes that nothing needs are left out, nodes with the same operation, attributes and inputs
 * become one.
 * @throws Error when two inputs of one name differ in shape or type.
 */
export function plan(outputs: Readonly<Record<string, Tensor>>): Plan {
  const nodes: Tensor[] = [];
  const byKey = new Map<string, Tensor>();
  const shared = new Map<Tensor, Tensor>();
  const numbers = new Map<Tensor, number>();
  const inputs = new Map<string, Tensor<InputAttributes>>();

  const place = (node: Tensor): void => {
    const made = node.inputs.map((each) => shared.get(each)!);
    const key = `${node.operation.name} ${JSON.stringify(node.attributes)} ${made.map((each) => numbers.get(each)).join(' ')}`;
    let canonical = byKey.get(key);
    if (!canonical) {
      canonical = made.every((each, index) => each === node.inputs[index]) ? node : { ...node, inputs: made };
      byKey.set(key, canonical);
      numbers.set(canonical, nodes.length);
      nodes.push(canonical);
      if (isInput(canonical)) {
        const { name } = canonical.attributes;
        const other = inputs.get(name);
        if (other && !(sameShape(other.shape, canonical.shape) && other.dtype === canonical.dtype))
          throw new Error(
            `input "${name}" has two forms: ${other.dtype} ${shapeText(other.shape)} and ${canonical.dtype} ${shapeText(canonical.shape)}`,
          );
        inputs.set(name, canonical);
      }
    }
    shared.set(node, canonical);
  };

  // depth first without recursion: a deep network's gradient is deeper than the call stack
  for (const output of Object.values(outputs)) {
    const stack: { node: Tensor; next: number }[] = [{ node: output, next: 0 }];
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      if (shared.has(top.node)) stack.pop();
      else if (top.next < top.node.inputs.length) stack.push({ node: top.node.inputs[top.next++]!, next: 0 });
      else {
        place(top.node);
        stack.pop();
      }
    }
  }

  return {
    nodes,
    inputs: [...inputs.values()],
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, node]) => [name, shared.get(node)!])),
  };
}
