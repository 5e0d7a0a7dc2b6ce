/** Loss and gradient of one batch, taken in micro-batches where it would not fit into memory. */
import type { Backend } from '../backends/backend.ts';
import { differentiate } from '../../../shared/graph/differentiate.ts';
import { input, mean } from '../../../shared/graph/ops/index.ts';
import type { Tensor } from '../../../shared/graph/tensor.ts';
import type { Loss } from '../../../shared/losses/index.ts';
import { logitsOf } from '../../../shared/networks/model.ts';
import type { Model } from '../../../shared/networks/model.ts';
import { byBatchStatistics } from '../../../shared/networks/norms.ts';
import { viewsOf } from '../../../shared/networks/parameters.ts';
import { feedsOf, pointInputs } from './point.ts';
import type { Point } from './point.ts';

/** Share of a batch's statistics in the running ones, PyTorch's default. */
const momentum = 0.1;

/** Computes batch gradients of one model and batch size. */
export interface GradientFunction {
  /**
   * Mean loss of a batch and its gradient, without weight decay. Batch norm normalises each micro-batch by its own
   * statistics.
   * @param images [batchSize, features]
   * @param into where the gradient is written, and the running statistics after this batch: 0.9 of what they were and 0.1 of the
   *   micro-batch's, one micro-batch after the other; may be the point's own
   * @returns the loss, possibly NaN or infinite
   */
  compute(
    point: Point,
    images: Float32Array,
    labels: Int32Array,
    into: { gradient: Float32Array; statistics: Float32Array },
  ): Promise<number>;
  /** Frees what the backend holds. */
  dispose(): Promise<void>;
}

const gradientName = (name: string): string => `gradient of ${name}`;
const batchName = (name: string): string => `batch ${name}`;

/** The graph of a model's mean batch loss, its gradient and the batch's statistics, by the names of the outputs. */
export function batchGradient(model: Model, loss: Loss, batchSize: number): Record<string, Tensor> {
  const tensors = pointInputs(model);
  const { normalise, statistics } = byBatchStatistics(tensors);
  const logits = logitsOf(model, input('x', [batchSize, model.features]), tensors, normalise);
  const value = mean(loss.of(logits, input('labels', [batchSize], 'int')));
  const names = model.parameters.map(({ name }) => name);
  const gradients = differentiate(
    value,
    names.map((name) => tensors[name]!),
  );
  return {
    loss: value,
    ...Object.fromEntries(names.map((name, index) => [gradientName(name), gradients[index]!])),
    ...Object.fromEntries(Object.entries(statistics).map(([name, tensor]) => [batchName(name), tensor])),
  };
}

/**
 * Compiles the gradient of a model's mean batch loss.
 * @param microBatch examples that pass at once; it divides the batch size
 */
export async function gradientFunction(
  backend: Backend,
  model: Model,
  loss: Loss,
  batchSize: number,
  microBatch: number = batchSize,
): Promise<GradientFunction> {
  const names = model.parameters.map(({ name }) => name);
  const executable = await backend.compile(batchGradient(model, loss, microBatch));
  const parts = batchSize / microBatch;
  const total = parts > 1 ? new Float64Array(model.parameters.reduce((sum, { size }) => sum + size, 0)) : null;

  return {
    async compute(point, images, labels, into) {
      const feeds = feedsOf(point, model);
      const views = viewsOf(into.gradient, model.parameters);
      const gradientViews = Object.fromEntries(names.map((name) => [gradientName(name), views[name]!]));
      into.statistics.set(point.statistics);
      const running = viewsOf(into.statistics, model.statistics);
      total?.fill(0);
      let sum = 0;
      for (let part = 0; part < parts; part++) {
        const from = part * microBatch;
        const results = await executable.run(
          {
            x: images.subarray(from * model.features, (from + microBatch) * model.features),
            labels: labels.subarray(from, from + microBatch),
            ...feeds,
          },
          gradientViews,
        );
        sum += results.loss![0]!;
        for (const { name } of model.statistics) average(running[name]!, results[batchName(name)]!);
        if (total) accumulate(total, into.gradient);
      }
      if (total) divide(total, parts, into.gradient);
      return sum / parts;
    },
    dispose: () => executable.dispose(),
  };
}

function average(running: Float32Array, batch: Float32Array): void {
  for (let index = 0; index < running.length; index++)
    running[index] = (1 - momentum) * running[index]! + momentum * batch[index]!;
}

function accumulate(total: Float64Array, part: Float32Array): void {
  for (let index = 0; index < total.length; index++) total[index]! += part[index]!;
}

function divide(total: Float64Array, by: number, into: Float32Array): void {
  for (let index = 0; index < total.length; index++) into[index] = total[index]! / by;
}
