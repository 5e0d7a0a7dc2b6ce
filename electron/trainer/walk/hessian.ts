/** Exact products of the loss's Hessian with vectors: the graph differentiated twice, over a set of examples in micro-batches. */
import type { Examples } from '../../datasets/load.ts';
import type { Backend } from '../backends/backend.ts';
import { differentiate } from '../../../shared/graph/differentiate.ts';
import { add, input, mean, multiply, sum } from '../../../shared/graph/ops/index.ts';
import type { Loss } from '../../../shared/losses/index.ts';
import { logitsOf } from '../../../shared/networks/model.ts';
import type { Model, Normalise, TensorsByName } from '../../../shared/networks/model.ts';
import { byBatchStatistics, byRunningStatistics } from '../../../shared/networks/norms.ts';
import { parameterTotal, viewsOf } from '../../../shared/networks/parameters.ts';
import { generatorFor } from '../random/generator.ts';
import { subset } from '../random/shuffle.ts';
import { chunksOf, pick } from './chunks.ts';
import type { Chunk } from './chunks.ts';
import { compileBySize, disposeAll } from './evaluator.ts';
import { feedsOf, pointInputs } from './point.ts';
import type { Point } from './point.ts';
import { rowsOf, targetsInput } from './targets.ts';

/**
 * The examples that curvature is measured on: the first so many of one seeded order, so that fewer are among more; the training set as it is where that is no
 * larger.
 */
export function curvatureExamples(train: Examples, asked: number, seed: number): Examples {
  const count = Math.min(asked, train.count);
  return count < train.count
    ? pick(train, subset(train.count, count, generatorFor(seed, 'curvature examples')))
    : train;
}

/** Multiplies the Hessian of the mean loss over a set of examples by vectors. */
export interface HessianProduct {
  /** Number of examples. */
  readonly count: number;
  /**
   * H(θ)·v, H being the second derivative of the mean loss by the trainable parameters, without weight decay. Batch norm
   * normalises by the point's running statistics, as in evaluation.
   * @param vector as long as the parameters
   * @param between asked before each micro-batch; the product is given up where it says true
   * @returns the product summed in float64, in an array that the next product writes into; null when given up
   */
  multiply(point: Point, vector: Float32Array, between: () => boolean | Promise<boolean>): Promise<Float64Array | null>;
  /** Frees what the backend holds. */
  dispose(): Promise<void>;
}

/** Multiplies the Hessians of batches' mean losses by vectors. */
export interface BatchHessian {
  /**
   * H_B(θ)·v, as {@link HessianProduct.multiply}, but of the loss that training descends: batch norm normalises each micro-batch by its own statistics.
   * @param batch as many examples as it was compiled for
   */
  multiply(
    point: Point,
    batch: Pick<Chunk, 'images' | 'targets'>,
    vector: Float32Array,
    between: () => boolean | Promise<boolean>,
  ): Promise<Float64Array | null>;
  /** Frees what the backend holds. */
  dispose(): Promise<void>;
}

/** What a pass takes. */
type Part = Pick<Chunk, 'count' | 'images' | 'targets'>;

/**
 * Compiles the Hessian-vector product of a model: the gradient of ⟨gradient, v⟩.
 * @param microBatch examples that pass at once
 */
export async function hessianProduct(
  backend: Backend,
  model: Model,
  loss: Loss,
  examples: Examples,
  microBatch: number,
): Promise<HessianProduct> {
  const chunks = chunksOf(examples, microBatch);
  const products = await openProducts(backend, model, loss, chunks, byRunningStatistics);
  return {
    count: examples.count,
    multiply: (point, vector, between) => products.over(chunks, point, vector, between),
    dispose: () => products.dispose(),
  };
}

/**
 * Compiles the product for batches.
 * @param microBatch examples that pass at once; it divides the batch size
 */
export async function batchHessian(
  backend: Backend,
  model: Model,
  loss: Loss,
  batchSize: number,
  microBatch: number,
): Promise<BatchHessian> {
  const products = await openProducts(
    backend,
    model,
    loss,
    [{ count: microBatch }],
    (tensors) => byBatchStatistics(tensors).normalise,
  );
  return {
    multiply(point, { images, targets }, vector, between) {
      const parts = Array.from({ length: batchSize / microBatch }, (_, part): Part => {
        const [from, end] = [part * microBatch, (part + 1) * microBatch];
        return {
          count: microBatch,
          images: rowsOf(images, batchSize, from, end),
          targets: rowsOf(targets, batchSize, from, end),
        };
      });
      return products.over(parts, point, vector, between);
    },
    dispose: () => products.dispose(),
  };
}

/** Compiles products over parts of these sizes. @param normaliser what batch norm normalises by */
async function openProducts(
  backend: Backend,
  model: Model,
  loss: Loss,
  sizes: readonly Pick<Part, 'count'>[],
  normaliser: (tensors: TensorsByName) => Normalise,
) {
  const names = model.parameters.map(({ name }) => name);
  const directionName = (name: string): string => `direction of ${name}`;
  const productName = (name: string): string => `product of ${name}`;
  const graphs = await compileBySize(sizes, backend, (size) => {
    const tensors = pointInputs(model);
    const logits = logitsOf(model, input('x', [size, model.features]), tensors, normaliser(tensors));
    const value = mean(loss.toDifferentiateTwice(logits, targetsInput(loss, size, model.outputs)));
    const variables = names.map((name) => tensors[name]!);
    const along = differentiate(value, variables)
      .map((gradient, index) => sum(multiply(gradient, input(directionName(names[index]!), gradient.shape))))
      .reduce((a, b) => add(a, b));
    const products = differentiate(along, variables);
    return Object.fromEntries(names.map((name, index) => [productName(name), products[index]!]));
  });
  const part = new Float32Array(parameterTotal(model.parameters));
  // made once: arrays of this size come faster than the garbage collector takes them away
  const total = new Float64Array(part.length);
  const partViews = viewsOf(part, model.parameters);
  const into = Object.fromEntries(names.map((name) => [productName(name), partViews[name]!]));

  return {
    /** The product of the mean loss over all parts together, see {@link HessianProduct.multiply}. */
    async over(
      parts: readonly Part[],
      point: Point,
      vector: Float32Array,
      between: () => boolean | Promise<boolean>,
    ): Promise<Float64Array | null> {
      const directions = viewsOf(vector, model.parameters);
      const feeds = {
        ...feedsOf(point, model),
        ...Object.fromEntries(names.map((name) => [directionName(name), directions[name]!])),
      };
      const all = parts.reduce((sum, { count }) => sum + count, 0);
      total.fill(0);
      for (const { count, images, targets } of parts) {
        if (await between()) return null;
        await graphs.get(count)!.run({ x: images, targets, ...feeds }, into);
        const share = count / all;
        for (let index = 0; index < total.length; index++) total[index]! += share * part[index]!;
      }
      return total;
    },
    dispose: () => disposeAll(graphs),
  };
}
