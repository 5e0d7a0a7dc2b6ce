/** Evaluates a graph in float64, one operation after the other: the truth that backends are tested against. */
import { isInput } from './ops/leaf.ts';
import { plan } from './plan.ts';
import { shapeText, sizeOf } from './tensor.ts';
import type { Tensor } from './tensor.ts';

/**
 * Values of the outputs in float64.
 * @param feeds values of the inputs by name, row-major
 * @param rounded whether every operation's values are rounded to float32, as a backend has to store them: what that alone changes
 * @throws Error when an input is missing or has another number of elements.
 */
export function evaluateReference<K extends string>(
  outputs: Readonly<Record<K, Tensor>>,
  feeds: Readonly<Record<string, ArrayLike<number>>>,
  rounded = false,
): Record<K, Float64Array> {
  const planned = plan(outputs);
  const values = new Map<Tensor, Float64Array>();
  for (const node of planned.nodes) {
    if (isInput(node)) {
      const { name } = node.attributes;
      const fed = feeds[name];
      if (!fed) throw new Error(`input "${name}" was not fed`);
      if (fed.length !== sizeOf(node.shape))
        throw new Error(`input "${name}": ${fed.length} values do not fill shape ${shapeText(node.shape)}`);
      values.set(node, Float64Array.from(fed));
    } else {
      const found = node.operation.evaluate(
        node,
        node.inputs.map((each) => values.get(each)!),
      );
      values.set(node, rounded ? found.map(Math.fround) : found);
    }
  }
  return Object.fromEntries(
    Object.entries<Tensor>(planned.outputs).map(([name, node]) => [name, values.get(node)!]),
  ) as Record<K, Float64Array>;
}
