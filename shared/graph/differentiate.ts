/** Reverse-mode differentiation: a graph for the gradient of a scalar, made of the same operations. */
import { add, constant } from './ops/index.ts';
import { sameShape, shapeText, sizeOf } from './tensor.ts';
import type { Tensor } from './tensor.ts';

/**
 * Gradients of a scalar with respect to tensors of its graph. The result can be differentiated again: the Hessian-vector
 * product is the gradient, {@link pulledBack} along the vector.
 *
 * @param output the scalar
 * @param variables tensors of the output's graph, usually inputs; one that the output does not depend on gets zeros
 * @returns one tensor for each variable, of its shape
 * @throws Error when the output is not a scalar.
 */
export function differentiate(output: Tensor, variables: readonly Tensor[]): Tensor[] {
  if (sizeOf(output.shape) !== 1)
    throw new Error(`differentiate: the output must be a scalar, its shape is ${shapeText(output.shape)}`);
  return pulledBack([{ output, upstream: constant(1, output.shape) }], variables);
}

/**
 * Vector–Jacobian products, Σ (∂output/∂variable)ᵀ·upstream over the outputs: the gradient of Σ ⟨output, upstream⟩ with the upstream tensors held fast.
 *
 * @param outputs each with a tensor of its shape; the same one may be told more than once
 * @param variables as those of {@link differentiate}
 * @returns one tensor for each variable, of its shape
 * @throws Error when an upstream tensor is of another shape than its output.
 */
export function pulledBack(
  outputs: readonly { output: Tensor; upstream: Tensor }[],
  variables: readonly Tensor[],
): Tensor[] {
  const order = orderOf(outputs.map(({ output }) => output));
  const depends = new Set<Tensor>(variables);
  for (const node of order) if (node.inputs.some((each) => depends.has(each))) depends.add(node);

  const gradients = new Map<Tensor, Tensor>();
  const gain = (node: Tensor, part: Tensor): void => {
    const sofar = gradients.get(node);
    gradients.set(node, sofar ? add(sofar, part) : part);
  };
  for (const { output, upstream } of outputs) {
    if (!sameShape(output.shape, upstream.shape))
      throw new Error(
        `pulledBack: an upstream tensor of shape ${shapeText(upstream.shape)} does not fit an output of shape ${shapeText(output.shape)}`,
      );
    gain(output, upstream);
  }
  for (const node of order.toReversed()) {
    const upstream = gradients.get(node);
    if (!upstream || !node.inputs.some((each) => depends.has(each))) continue;
    const parts = node.operation.gradient(node, upstream);
    node.inputs.forEach((each, index) => {
      const part = parts[index];
      if (part && depends.has(each)) gain(each, part);
    });
  }
  return variables.map((variable) => gradients.get(variable) ?? constant(0, variable.shape));
}

/** Nodes of a graph, inputs first, by identity: variables must not be merged with their equals here. */
function orderOf(outputs: readonly Tensor[]): Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  for (const output of outputs) {
    const stack: { node: Tensor; next: number }[] = [{ node: output, next: 0 }];
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      if (seen.has(top.node)) stack.pop();
      else if (top.next < top.node.inputs.length) stack.push({ node: top.node.inputs[top.next++]!, next: 0 });
      else {
        seen.add(top.node);
        order.push(top.node);
        stack.pop();
      }
    }
  }
  return order;
}
