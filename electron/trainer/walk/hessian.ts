/** Exact products of the loss's Hessian with vectors: the gradient's graph, pulled back along the vector, over a set of examples in micro-batches. */
import type { Examples } from '../../datasets/load.ts';
import type { Backend } from '../backends/backend.ts';
import { differentiate, pulledBack } from '../../../shared/graph/differentiate.ts';
import { input, mean } from '../../../shared/graph/ops/index.ts';
import type { Tensor } from '../../../shared/graph/tensor.ts';
import type { Loss } from '../../../shared/losses/index.ts';
import { logitsOf } from '../../../shared/networks/model.ts';
import type { Model, Normalise, TensorsByName } from '../../../shared/networks/model.ts';
import { byBatchStatistics, byRunningStatistics } from '../../../shared/networks/norms.ts';
import { parameterTotal, viewsOf } from '../../../shared/networks/parameters.ts';
import { generatorFor } from '../random/generator.ts';
import { subset } from '../random/shuffle.ts';
import { chunksOf, pick } from './chunks.ts';
import type { Chunk } from './chunks.ts';
import { keepingGraph } from './kept.ts';
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

/** Asked between pieces of work, which are given up where it says true. */
type Between = () => boolean | Promise<boolean>;

/** Multiplies the Hessian at a point by vectors. */
interface HessianAt {
  /**
   * H(θ)·v, H being the second derivative of the mean loss by the trainable parameters, without weight decay. Batch norm
   * normalises by the point's running statistics, as in evaluation.
   * @param vector as long as the parameters
   * @param between asked before each micro-batch
   * @returns the product summed in float64, in an array that the next product writes into, at whatever point; null when given up
   */
  multiply(vector: Float32Array, between: Between): Promise<Float64Array | null>;
}

/** Multiplies the Hessian of the mean loss over a set of examples by vectors. */
export interface HessianProduct {
  /** Number of examples. */
  readonly count: number;
  /**
   * The Hessian at a point whose numbers stay as they are while it is multiplied: products after the first cost less. Points may take turns, but each
   * turn then begins anew.
   */
  at(point: Point): HessianAt;
  /** A single product, see {@link HessianAt.multiply}. */
  multiply(point: Point, vector: Float32Array, between: Between): Promise<Float64Array | null>;
  /** Frees what the backend holds. */
  dispose(): Promise<void>;
}

/** Multiplies the Hessians of batches' mean losses by vectors. */
export interface BatchHessian {
  /**
   * H_B(θ)·v, as {@link HessianAt.multiply}, but of the loss that training descends: batch norm normalises each micro-batch by its own statistics.
   * @param batch as many examples as it was compiled for
   */
  multiply(
    point: Point,
    batch: Pick<Chunk, 'images' | 'targets'>,
    vector: Float32Array,
    between: Between,
  ): Promise<Float64Array | null>;
  /** Frees what the backend holds. */
  dispose(): Promise<void>;
}

/** What a pass takes. */
type Part = Pick<Chunk, 'count' | 'images' | 'targets'>;

/**
 * Compiles the Hessian-vector product of a model. What it takes of the point alone (activations, masks, and the gradient by each layer's result) is computed at
 * the first product and kept for the others, where it lies at hand: in a processor's memory or a device's own. See {@link keepingGraph}.
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
  const graph = await keepingGraph(
    backend,
    chunks,
    (size) => productGraph(model, loss, size, byRunningStatistics),
    new Set(model.parameters.map(({ name }) => directionName(name))),
  );
  const sum = summing(model);
  const at = (point: Point): HessianAt => {
    const feeds = feedsOf(point, model);
    const visit = {};
    return {
      multiply: (vector, between) =>
        sum(chunks, vector, between, ({ images, targets }, { directions, into }, index) =>
          graph.run(visit, index, { x: images, targets, ...feeds, ...directions }, into),
        ),
    };
  };
  return {
    count: examples.count,
    at,
    multiply: (point, vector, between) => at(point).multiply(vector, between),
    dispose: () => graph.dispose(),
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
  // one product at a point: there is nothing to keep
  const graph = await backend.compile(
    productGraph(model, loss, microBatch, (tensors) => byBatchStatistics(tensors).normalise),
  );
  const sum = summing(model);
  return {
    multiply(point, { images, targets }, vector, between) {
      const feeds = feedsOf(point, model);
      const parts = Array.from({ length: batchSize / microBatch }, (_, part): Part => {
        const [from, end] = [part * microBatch, (part + 1) * microBatch];
        return {
          count: microBatch,
          images: rowsOf(images, batchSize, from, end),
          targets: rowsOf(targets, batchSize, from, end),
        };
      });
      return sum(parts, vector, between, (part, { directions, into }) =>
        graph.run({ x: part.images, targets: part.targets, ...feeds, ...directions }, into),
      );
    },
    dispose: () => graph.dispose(),
  };
}

/** Names of a product's inputs and outputs. */
const directionName = (name: string): string => `direction of ${name}`;
const productName = (name: string): string => `product of ${name}`;

/** The graph of a product with the Hessian of the mean loss of some examples: the gradient, pulled back along the direction. @param normaliser what batch norm normalises by */
function productGraph(
  model: Model,
  loss: Loss,
  size: number,
  normaliser: (tensors: TensorsByName) => Normalise,
): Record<string, Tensor> {
  const names = model.parameters.map(({ name }) => name);
  const tensors = pointInputs(model);
  const logits = logitsOf(model, input('x', [size, model.features]), tensors, normaliser(tensors));
  const value = mean(loss.toDifferentiateTwice(logits, targetsInput(loss, size, model.outputs)));
  const variables = names.map((name) => tensors[name]!);
  const gradients = differentiate(value, variables);
  const products = pulledBack(
    gradients.map((output, index) => ({ output, upstream: input(directionName(names[index]!), output.shape) })),
    variables,
  );
  return Object.fromEntries(names.map((name, index) => [productName(name), products[index]!]));
}

/** What a product is made of: parts of the direction, and room for those of the result, by name. */
interface Run {
  directions: Readonly<Record<string, Float32Array>>;
  into: Readonly<Record<string, Float32Array>>;
}

/** Sums products over parts of a set of examples, each by its share of them, in float64. */
function summing(model: Model) {
  const names = model.parameters.map(({ name }) => name);
  // made once: arrays of this size come faster than the garbage collector takes them away
  const part = new Float32Array(parameterTotal(model.parameters));
  const total = new Float64Array(part.length);
  const partViews = viewsOf(part, model.parameters);
  const into = Object.fromEntries(names.map((name) => [productName(name), partViews[name]!]));
  /** The product of the mean loss over all parts together, see {@link HessianAt.multiply}. @param run computes a part's product */
  return async <P extends Pick<Chunk, 'count'>>(
    parts: readonly P[],
    vector: Float32Array,
    between: Between,
    run: (part: P, run: Run, index: number) => Promise<unknown>,
  ): Promise<Float64Array | null> => {
    const views = viewsOf(vector, model.parameters);
    const directions = Object.fromEntries(names.map((name) => [directionName(name), views[name]!]));
    const all = parts.reduce((sum, { count }) => sum + count, 0);
    total.fill(0);
    for (const [index, each] of parts.entries()) {
      if (await between()) return null;
      await run(each, { directions, into }, index);
      const share = each.count / all;
      for (let at = 0; at < total.length; at++) total[at]! += share * part[at]!;
    }
    return total;
  };
}
