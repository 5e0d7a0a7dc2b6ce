/** The gradient of the mean loss of a set of examples, ∇L(θ), and its slope along a direction, ⟨∇L(θ), v⟩. */
import type { Examples } from '../../datasets/load.ts';
import type { Backend } from '../backends/backend.ts';
import { differentiate } from '../../../shared/graph/differentiate.ts';
import { input, mean } from '../../../shared/graph/ops/index.ts';
import type { Tensor } from '../../../shared/graph/tensor.ts';
import type { Loss } from '../../../shared/losses/index.ts';
import { logitsOf } from '../../../shared/networks/model.ts';
import type { Model } from '../../../shared/networks/model.ts';
import { byRunningStatistics } from '../../../shared/networks/norms.ts';
import { parameterTotal, viewsOf } from '../../../shared/networks/parameters.ts';
import { chunksOf } from './chunks.ts';
import { dot } from './eigen.ts';
import { compileBySize, disposeAll } from './evaluator.ts';
import { feedsOf, pointInputs } from './point.ts';
import type { HostPoint } from './point.ts';
import { targetsInput } from './targets.ts';

/** Computes gradients and slopes. */
export interface Slope {
  /**
   * ∇L(θ), by the point's running statistics, as {@link Slope.along}; micro-batches in float32, summed in float64.
   * @returns a new array; null when given up
   */
  gradient(point: HostPoint, between: () => boolean | Promise<boolean>): Promise<Float64Array | null>;
  /**
   * ⟨∇L(θ), v⟩, batch norm by the point's running statistics, as in evaluation; the gradient in float32, its product with v in float64.
   * @param between asked before each micro-batch; the slope is given up where it says true
   * @returns null when given up
   */
  along(point: HostPoint, direction: Float32Array, between: () => boolean | Promise<boolean>): Promise<number | null>;
  /** Frees what the backend holds. */
  dispose(): Promise<void>;
}

/** The output that is the gradient by a tensor. */
export const gradientOf = (name: string): string => `gradient of ${name}`;

/**
 * The graph of the gradient of the mean loss of some examples, batch norm by running statistics; in the form of the loss that keeps its digits where
 * predictions are nearly certain.
 */
export function gradientGraph(model: Model, loss: Loss, size: number): Record<string, Tensor> {
  const names = model.parameters.map(({ name }) => name);
  const tensors = pointInputs(model);
  const logits = logitsOf(model, input('x', [size, model.features]), tensors, byRunningStatistics(tensors));
  const gradients = differentiate(
    mean(loss.toDifferentiateTwice(logits, targetsInput(loss, size, model.outputs))),
    names.map((name) => tensors[name]!),
  );
  return Object.fromEntries(names.map((name, index) => [gradientOf(name), gradients[index]!]));
}

/**
 * Compiles it.
 * @param microBatch examples that pass at once
 */
export async function openSlope(
  backend: Backend,
  model: Model,
  loss: Loss,
  examples: Examples,
  microBatch: number,
): Promise<Slope> {
  const names = model.parameters.map(({ name }) => name);
  const chunks = chunksOf(examples, microBatch);
  const graphs = await compileBySize(chunks, backend, (size) => gradientGraph(model, loss, size));
  const gradient = new Float32Array(parameterTotal(model.parameters));
  const views = viewsOf(gradient, model.parameters);
  const into = Object.fromEntries(names.map((name) => [gradientOf(name), views[name]!]));

  /** Hands over the gradient of each micro-batch with its share of the examples. @returns false when given up */
  async function each(
    point: HostPoint,
    between: () => boolean | Promise<boolean>,
    use: (share: number) => void,
  ): Promise<boolean> {
    const feeds = feedsOf(point, model);
    for (const { count, images, targets } of chunks) {
      if (await between()) return false;
      await graphs.get(count)!.run({ x: images, targets, ...feeds }, into);
      use(count / examples.count);
    }
    return true;
  }

  return {
    async gradient(point, between) {
      const total = new Float64Array(gradient.length);
      const done = await each(point, between, (share) => {
        for (let index = 0; index < total.length; index++) total[index]! += share * gradient[index]!;
      });
      return done ? total : null;
    },
    async along(point, direction, between) {
      let slope = 0;
      const done = await each(point, between, (share) => {
        slope += share * dot(gradient, direction);
      });
      return done ? slope : null;
    },
    dispose: () => disposeAll(graphs),
  };
}
