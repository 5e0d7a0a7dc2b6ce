import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../../../shared/graph/differentiate.ts';
import { crossEntropy, input, mean } from '../../../../../shared/graph/ops/index.ts';
import { evaluateReference } from '../../../../../shared/graph/reference.ts';
import type { Tensor } from '../../../../../shared/graph/tensor.ts';
import { usualLoss } from '../../../../../shared/losses/index.ts';
import { cnn } from '../../../../../shared/networks/cnn.ts';
import { mlp } from '../../../../../shared/networks/mlp.ts';
import { logitsOf } from '../../../../../shared/networks/model.ts';
import type { Model } from '../../../../../shared/networks/model.ts';
import { byRunningStatistics } from '../../../../../shared/networks/norms.ts';
import type { Examples } from '../../../../datasets/load.ts';
import { onnxCpu } from '../../../backends/onnx/onnx.ts';
import { generatorFor, generatorFrom } from '../../../random/generator.ts';
import { syntheticExamples } from '../../../testing/examples.ts';
import { hessianProduct } from '../../hessian.ts';
import { pointInputs } from '../../point.ts';
import type { HostPoint } from '../../point.ts';
import { traceOf } from '../../trace.ts';

/**
 * tr ∇²L of the mean cross-entropy where outputs are piecewise linear in every single parameter, as with ReLUs and maxima, in float64: the mean over
 * the examples of Σ_c p_c ‖∇(−log p_c)‖², Fisher's information, as every ∂²z/∂θ_j² is 0.
 */
function exactTrace(model: Model, { parameters, statistics }: HostPoint, examples: Examples): number {
  const tensors = pointInputs(model);
  const logits = logitsOf(model, input('x', [1, model.features]), tensors, byRunningStatistics(tensors));
  const loss = mean(crossEntropy(logits, input('label', [1], 'int')));
  const names = model.parameters.map(({ name }) => name);
  const gradients = differentiate(
    loss,
    names.map((name) => tensors[name]!),
  );
  const outputs: Record<string, Tensor> = {
    loss,
    ...Object.fromEntries(names.map((name, index) => [name, gradients[index]!])),
  };
  const slots = (flat: Float32Array, of: Model['parameters']) =>
    Object.fromEntries(of.map(({ name, offset, size }) => [name, flat.subarray(offset, offset + size)]));
  let total = 0;
  for (let example = 0; example < examples.count; example++)
    for (let label = 0; label < model.outputs; label++) {
      const found = evaluateReference(outputs, {
        x: examples.images.subarray(example * model.features, (example + 1) * model.features),
        label: Int32Array.of(label),
        ...slots(parameters, model.parameters),
        ...slots(statistics, model.statistics),
      });
      const squared = names.reduce((sum, name) => sum + found[name]!.reduce((all, value) => all + value ** 2, 0), 0);
      total += Math.exp(-found['loss']![0]!) * squared;
    }
  return total / examples.count;
}

const shape = { channels: 1, height: 4, width: 4 };
const networks: [string, Model][] = [
  ['linear softmax', mlp({ features: 16, hidden: [], outputs: 3 })],
  ['an MLP', mlp({ features: 16, hidden: [8, 5], outputs: 3 })],
  ['an MLP with batch norm', mlp({ features: 16, hidden: [8, 5], outputs: 3, batchNorm: true })],
  ['a CNN', cnn({ image: shape, outputs: 3, batchNorm: false, filters: [2, 3] })],
];

describe.each(networks)('the trace of the Hessian of %s', (_, model) => {
  it('is told within its error', async () => {
    const examples = syntheticExamples(30, 16, 3, 1, shape);
    const generator = generatorFrom([4, 3, 2, 1]);
    const parameters = model.initialise(generator).map((value) => 1.5 * value + 0.2 * (generator.uniform() - 0.5));
    const point: HostPoint = { parameters, statistics: model.initialStatistics() };
    const exact = exactTrace(model, point, examples);
    const size = parameters.length;
    const hessian = await hessianProduct(onnxCpu(1), model, usualLoss, examples, 30);
    let [inside, sum, errors] = [0, 0, 0];
    const runs = 12;
    for (let seed = 0; seed < runs; seed++) {
      const { value, error } = (await traceOf((vector) => hessian.multiply(point, vector, () => false), {
        size,
        generator: generatorFor(seed, 'trace 5'),
      }))!;
      if (Math.abs(value - exact) < 2 * error) inside++;
      sum += value / runs;
      errors += error ** 2 / runs;
    }
    await hessian.dispose();
    expect(inside).toBeGreaterThanOrEqual(9);
    expect(Math.abs(sum - exact)).toBeLessThan(3.5 * Math.sqrt(errors / runs));
    expect(Math.sqrt(errors) / exact).toBeLessThan(0.3);
  });
});
