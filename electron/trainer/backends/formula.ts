/** What every backend does with a formula before it computes it: checks it and puts it in order. */
import { constantOperation, isInput } from '../../../shared/graph/ops/leaf.ts';
import { plan } from '../../../shared/graph/plan.ts';
import type { Plan } from '../../../shared/graph/plan.ts';
import { shapeText, sizeOf } from '../../../shared/graph/tensor.ts';
import type { Tensor } from '../../../shared/graph/tensor.ts';
import type { Formula } from './backend.ts';

/** A formula in evaluation order, whose outputs are results and summands; a node that is both is one node. */
export interface FormulaPlan extends Plan {
  readonly results: Readonly<Record<string, Tensor>>;
  readonly sums: Readonly<Record<string, Tensor>>;
}

/**
 * Orders a formula over vectors of a length.
 * @throws Error naming an operation that is not element-wise, or a shape that is neither a vector's nor a number's
 */
export function planFormula({ results, sums }: Formula, length: number): FormulaPlan {
  const named = (prefix: string, tensors: Readonly<Record<string, Tensor>>): [string, Tensor][] =>
    Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]);
  const planned = plan(Object.fromEntries([...named('result ', results), ...named('sum ', sums)]));
  for (const node of planned.nodes) {
    if (!isInput(node) && node.operation !== constantOperation && !node.operation.elementWise)
      throw new Error(`a formula is element-wise, and the operation "${node.operation.name}" is not`);
    if (!(node.shape.length === 1 && node.shape[0] === length) && sizeOf(node.shape) !== 1)
      throw new Error(`a formula over vectors of ${length} has a tensor of shape ${shapeText(node.shape)}`);
  }
  for (const [name, { shape }] of Object.entries<Tensor>(planned.outputs))
    if (shape.length !== 1 || shape[0] !== length)
      throw new Error(`the ${name} of a formula over vectors of ${length} has shape ${shapeText(shape)}`);
  const back = (prefix: string, tensors: Readonly<Record<string, Tensor>>): Record<string, Tensor> =>
    Object.fromEntries(Object.keys(tensors).map((name) => [name, planned.outputs[prefix + name]!]));
  return { ...planned, results: back('result ', results), sums: back('sum ', sums) };
}
