/** Losses and gradients in float64 throughout, parameters included, as the truth that measurements are held against in tests. */
import { differentiate } from '../../../shared/graph/differentiate.ts';
import { input, mean } from '../../../shared/graph/ops/index.ts';
import { evaluateReference } from '../../../shared/graph/reference.ts';
import type { Tensor } from '../../../shared/graph/tensor.ts';
import { usualLoss } from '../../../shared/losses/index.ts';
import type { Loss } from '../../../shared/losses/index.ts';
import { logitsOf } from '../../../shared/networks/model.ts';
import type { Model } from '../../../shared/networks/model.ts';
import { byBatchStatistics, byRunningStatistics } from '../../../shared/networks/norms.ts';
import type { Examples } from '../../datasets/load.ts';
import { pointInputs } from '../walk/point.ts';
import { targetsInput } from '../walk/targets.ts';

/** A point, possibly in float64. */
export interface ExactPoint {
  parameters: Float64Array | Float32Array;
  statistics: Float32Array;
}

/** Mean loss and gradient, computed by the reference's interpreter; batch norm by running statistics or those of the examples. */
export function exactly(model: Model, loss: Loss = usualLoss, statistics: 'running' | 'batch' = 'running') {
  const names = model.parameters.map(({ name }) => name);
  const graphOf = (count: number): Record<string, Tensor> => {
    const tensors = pointInputs(model);
    const normalise = statistics === 'batch' ? byBatchStatistics(tensors).normalise : byRunningStatistics(tensors);
    const logits = logitsOf(model, input('x', [count, model.features]), tensors, normalise);
    const value = mean(loss.of(logits, targetsInput(loss, count, model.outputs)));
    const gradients = differentiate(
      value,
      names.map((name) => tensors[name]!),
    );
    return { loss: value, ...Object.fromEntries(names.map((name, index) => [name, gradients[index]!])) };
  };
  return (point: ExactPoint, { images, targets, count }: Pick<Examples, 'images' | 'targets' | 'count'>) => {
    const slots = (flat: Float64Array | Float32Array, of: Model['parameters']) =>
      Object.fromEntries(of.map(({ name, offset, size }) => [name, flat.subarray(offset, offset + size)]));
    const found = evaluateReference(graphOf(count), {
      x: images,
      targets,
      ...slots(point.parameters, model.parameters),
      ...slots(point.statistics, model.statistics),
    });
    return { loss: found.loss![0]!, gradient: names.flatMap((name) => [...found[name]!]) };
  };
}

/** gᵀHg/‖g‖² of the same, H·g by central differences of the exact gradient. */
export function exactCurvature(
  at: ReturnType<typeof exactly>,
  { parameters, statistics }: ExactPoint,
  examples: Pick<Examples, 'images' | 'targets' | 'count'>,
): number {
  const { gradient } = at({ parameters, statistics }, examples);
  const squared = gradient.reduce((sum, value) => sum + value ** 2, 0);
  const step = 1e-5 / Math.sqrt(squared);
  const [ahead, behind] = [1, -1].map((sign) => {
    const moved = Float64Array.from(parameters, (value, index) => value + sign * step * gradient[index]!);
    return at({ parameters: moved, statistics }, examples).gradient;
  });
  const along = gradient.reduce((sum, value, index) => sum + value * (ahead![index]! - behind![index]!), 0);
  return along / (2 * step) / squared;
}
