/** Loss and gradient of one batch, taken in micro-batches where it would not fit into memory. */
import { isOnDevice } from '../backends/backend.ts';
import type { Backend, DeviceMemory, DeviceVector, Vector } from '../backends/backend.ts';
import { differentiate } from '../../../shared/graph/differentiate.ts';
import { add, input, mean, multiply } from '../../../shared/graph/ops/index.ts';
import type { Tensor } from '../../../shared/graph/tensor.ts';
import type { Loss } from '../../../shared/losses/index.ts';
import { logitsOf } from '../../../shared/networks/model.ts';
import type { Model } from '../../../shared/networks/model.ts';
import { byBatchStatistics } from '../../../shared/networks/norms.ts';
import { parameterTotal, viewsOf } from '../../../shared/networks/parameters.ts';
import { feedsOf, partsOf, pointInputs } from './point.ts';
import type { Point } from './point.ts';
import { rowsOf, targetsInput } from './targets.ts';
import type { TargetFeed } from './targets.ts';

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
    targets: TargetFeed,
    into: { gradient: Vector; statistics: Float32Array },
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
  const value = mean(loss.of(logits, targetsInput(loss, batchSize, model.outputs)));
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
  const size = parameterTotal(model.parameters);
  let onHost: PartSum | null = null;
  let onDevice: PartSum | null = null;

  /** Where micro-batches are summed up: where their mean is to lie. */
  async function sumFor(gradient: Vector): Promise<PartSum> {
    if (isOnDevice(gradient)) return (onDevice ??= await sumOnDevice(backend.memory!, size, parts));
    return (onHost ??= sumOnHost(size, parts));
  }

  return {
    async compute(point, images, targets, into) {
      const feeds = feedsOf(point, model);
      const summing = parts > 1 ? await sumFor(into.gradient) : null;
      into.statistics.set(point.statistics);
      const running = viewsOf(into.statistics, model.statistics);
      let sum = 0;
      for (let part = 0; part < parts; part++) {
        const from = part * microBatch;
        const written = partsOf(summing?.place(part, into.gradient) ?? into.gradient, model.parameters);
        const results = await executable.run(
          {
            x: images.subarray(from * model.features, (from + microBatch) * model.features),
            targets: rowsOf(targets, batchSize, from, from + microBatch),
            ...feeds,
          },
          Object.fromEntries(names.map((name) => [gradientName(name), written[name]!])),
        );
        sum += results.loss![0]!;
        for (const { name } of model.statistics) average(running[name]!, results[batchName(name)]!);
        await summing?.add(part, into.gradient);
      }
      return sum / parts;
    },
    async dispose() {
      await onDevice?.dispose();
      await executable.dispose();
    },
  };
}

/** The mean of the gradients of a batch's micro-batches. */
interface PartSum {
  /** Where the gradient of a micro-batch is to be written. */
  place(part: number, gradient: Vector): Vector;
  /** Takes it from there; after the last one `gradient` is the mean. */
  add(part: number, gradient: Vector): Promise<void>;
  dispose(): Promise<void>;
}

/** Sums up in float64. */
function sumOnHost(size: number, parts: number): PartSum {
  const total = new Float64Array(size);
  return {
    place: (_, gradient) => gradient,
    add(part, gradient) {
      const values = gradient as Float32Array;
      if (part === 0) total.fill(0);
      for (let index = 0; index < size; index++) total[index]! += values[index]!;
      if (part === parts - 1) for (let index = 0; index < size; index++) values[index] = total[index]! / parts;
      return Promise.resolve();
    },
    dispose: () => Promise.resolve(),
  };
}

/** Sums up in float32, one rounding a micro-batch: as much as a gradient's own elements are rounded by. */
async function sumOnDevice(memory: DeviceMemory, size: number, parts: number): Promise<PartSum> {
  const next = await memory.vector(size);
  const [sofar, more] = [input('sofar', [size]), input('more', [size])];
  const formula = await memory.compile(
    { results: { sofar: multiply(add(sofar, more), input('share', [])) }, sums: {} },
    size,
  );
  return {
    place: (part, gradient) => (part === 0 ? gradient : next),
    async add(part, gradient) {
      if (part === 0) return;
      const vector = gradient as DeviceVector;
      const share = part === parts - 1 ? 1 / parts : 1;
      await formula.run({ sofar: vector, more: next }, { share }, { sofar: vector });
    },
    async dispose() {
      await formula.dispose();
      await next.dispose();
    },
  };
}

function average(running: Float32Array, batch: Float32Array): void {
  for (let index = 0; index < running.length; index++)
    running[index] = (1 - momentum) * running[index]! + momentum * batch[index]!;
}
