/**
 * The multilayer perceptron of "A Walk with SGD": linear layers with ReLU between them.
 *
 * | layer      | shape                 | parameters                                             |
 * |------------|-----------------------|--------------------------------------------------------|
 * | layers.0   | features → hidden[0]  | weight [hidden[0], features], bias [hidden[0]]         |
 * | ReLU       |                       |                                                        |
 * | layers.i   | hidden[i−1] → hidden[i] | weight [hidden[i], hidden[i−1]], bias [hidden[i]]    |
 * | ReLU       |                       |                                                        |
 * | layers.n   | hidden[n−1] → classes | weight [classes, hidden[n−1]], bias [classes]          |
 *
 * Weights are stored [out, in] and biases [out] as PyTorch's `nn.Linear` stores them, so that kept files load into an
 * `nn.ModuleList` named `layers`. Initialisation is PyTorch's default for `nn.Linear`: weights and biases
 * U(−1/√in, 1/√in), drawn in the order of the table.
 */
import { linear, relu } from '../graph/ops/index.ts';
import type { Model } from './model.ts';
import { layOut, parameterTotal } from './parameters.ts';

/**
 * Makes an MLP.
 * @param features numbers per example
 * @param hidden units in each hidden layer; none makes a linear softmax classifier
 */
export function mlp({
  features,
  hidden,
  classes,
}: {
  features: number;
  hidden: readonly number[];
  classes: number;
}): Model {
  const widths = [features, ...hidden, classes];
  const layers = widths.slice(1).map((out, index) => ({
    weight: `layers.${index}.weight`,
    bias: `layers.${index}.bias`,
    in: widths[index]!,
    out,
  }));
  const parameters = layOut(
    layers.flatMap((layer) => [
      { name: layer.weight, shape: [layer.out, layer.in] },
      { name: layer.bias, shape: [layer.out] },
    ]),
  );
  const [first, ...rest] = layers as [(typeof layers)[0], ...typeof layers];

  return {
    features,
    classes,
    parameters,
    multiplyAdds: layers.reduce((total, layer) => total + layer.in * layer.out, 0),
    initialise(generator) {
      const flat = new Float32Array(parameterTotal(parameters));
      let next = 0;
      for (const layer of layers) {
        const bound = 1 / Math.sqrt(layer.in);
        for (const end = next + layer.out * (layer.in + 1); next < end; next++)
          flat[next] = bound * (2 * generator.uniform() - 1);
      }
      return flat;
    },
    stem: {
      parameters: [first.weight, first.bias],
      width: first.out,
      apply: (x, values) => linear(x, values[first.weight]!, values[first.bias]!),
    },
    head: (stem, values) =>
      rest.reduce((below, layer) => linear(relu(below), values[layer.weight]!, values[layer.bias]!), stem),
  };
}
