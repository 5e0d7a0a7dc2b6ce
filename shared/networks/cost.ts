/** What a network takes, folded over its graph: parameters, multiply-adds, and numbers that pass through memory. */
import { input } from '../graph/ops/index.ts';
import type { Cost, Tensor } from '../graph/tensor.ts';
import type { Model } from './model.ts';
import { logitsOf } from './model.ts';
import { byBatchStatistics } from './norms.ts';
import { parameterTotal } from './parameters.ts';
import type { ParameterSlot } from './parameters.ts';

/** What one example's forward pass takes, and the parameters; see {@link Cost} for the numbers. */
export interface NetworkCost extends Required<Omit<Cost, 'places'>> {
  /** Trainable parameters. */
  parameters: number;
  /** Multiply-adds of what sees the images themselves: the backward pass needs no gradient for those. */
  firstMultiplyAdds: number;
  /** Places of the filter that sees the images themselves; 0 where none does. */
  firstPlaces: number;
  /** Numbers of an example that a slice keeps at the end of the stem; 0 for a network without one. */
  stem: number;
}

/** Batch norm's statistics need two examples; every number is divided by them again. */
const examples = 2;

/** The cost of a network. */
export function costOf(model: Model): NetworkCost {
  const inputs = (slots: readonly ParameterSlot[]): Record<string, Tensor> =>
    Object.fromEntries(slots.map(({ name, shape }) => [name, input(name, shape)]));
  const tensors = inputs(model.parameters);
  const { normalise } = byBatchStatistics(tensors);
  const total = { multiplyAdds: 0, yielded: 0, normalised: 0, moved: 0, activated: 0 };
  let [firstMultiplyAdds, firstPlaces] = [0, 0];
  /** Whether what is made of the node depends on parameters, by node. */
  const trained = new Map<Tensor, boolean>(Object.values(tensors).map((tensor) => [tensor, true]));

  // depth first without recursion: a ResNet of a thousand layers is deeper than the call stack
  const stack = [{ node: logitsOf(model, input('x', [examples, model.features]), tensors, normalise), next: 0 }];
  while (stack.length > 0) {
    const top = stack.at(-1)!;
    const { node } = top;
    const child = node.inputs[top.next++];
    if (child) {
      if (!trained.has(child)) stack.push({ node: child, next: 0 });
      continue;
    }
    stack.pop();
    if (trained.has(node)) continue;
    trained.set(
      node,
      node.inputs.some((each) => trained.get(each)),
    );
    const cost = node.operation.cost?.(node);
    if (!cost) continue;
    for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += (cost[key] ?? 0) / examples;
    if (node.inputs.every((each) => trained.get(each))) continue;
    firstMultiplyAdds += (cost.multiplyAdds ?? 0) / examples;
    firstPlaces = Math.max(firstPlaces, cost.places ?? 0);
  }
  const { parameters, stem } = model;
  return {
    parameters: parameterTotal(parameters),
    firstMultiplyAdds,
    firstPlaces,
    stem: stem.parameters.length > 0 ? stem.width : 0,
    ...total,
  };
}
