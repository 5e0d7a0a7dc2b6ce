/**
 * Evaluates loss and accuracy over a set of examples: at single points, or along a segment between two points.
 *
 * Along a segment the model's stem (its first linear layer) is affine in the parameters: stem((1−α)·θ + α·θ′) =
 * (1−α)·stem(θ) + α·stem(θ′). So each end's stem is computed once and kept, and a point between them costs a blend and
 * the head. Measured on a 784-500-350-10 MLP, 6,000 examples, two cores: 13 ms a point, against 38 ms for the whole network
 * with the weights fed and 36 ms with the weights as constants (plus 80 ms to build that session).
 *
 * Convolutional networks have no stem worth keeping. They are compiled anew at every point, with the point built in as constants:
 * the runtime then packs the weights and folds batch norm into the convolutions. Measured on two busy cores, examples a
 * second with the point fed and built in, and what the compilation takes: CNN 24,500 and 44,400, 19 ms; with batch norm
 * 14,700 and 38,200, 12 ms; VGG-11 170 and 270, 150 to 220 ms; with batch norm 220 and 360, 225 ms; ResNet-20 600 and
 * 1,100, 22 ms.
 */
import type { Examples } from '../../datasets/load.ts';
import type { Backend, Executable } from '../backends/backend.ts';
import { add, constant, correct, crossEntropy, input, multiply, subtract } from '../graph/ops/index.ts';
import type { Tensor } from '../graph/tensor.ts';
import { logitsOf } from '../models/model.ts';
import type { Model, Normalise, TensorsByName } from '../models/model.ts';
import { byBatchStatistics, byRunningStatistics } from '../models/norms.ts';
import { chunkSizeFor, chunksOf } from './chunks.ts';
import type { Chunk } from './chunks.ts';
import { summarise } from './measurement.ts';
import type { Measurement } from './measurement.ts';
import { feedsOf, pointInputs } from './point.ts';
import type { Point } from './point.ts';

/** Evaluates at single points. */
export interface Evaluator {
  /** Number of examples that pass the network in one measurement. */
  readonly count: number;
  /** Loss and accuracy at a point. */
  measure(point: Point): Promise<Measurement>;
  /** Frees what the backend holds. */
  dispose(): Promise<void>;
}

/** Evaluates along segments; the last two points measured are the ends of the present one. */
export interface SegmentEvaluator extends Evaluator {
  /**
   * Loss and accuracy at (1−α)·start + α·end.
   * @param alpha in [0, 1]
   * @param point that same point, see `blendPoints`
   * @throws Error when fewer than two points have been measured.
   */
  between(alpha: number, point: Point): Promise<Measurement>;
}

/** What to evaluate on. */
export interface EvaluatorOptions {
  backend: Backend;
  model: Model;
  examples: Examples;
  /** Size of the set that the examples were drawn from; their own number for a whole set. */
  population: number;
  /** What batch norm normalises by: the point's running statistics, or those of each evaluated chunk. */
  statistics?: 'running' | 'chunk';
}

/** Floats that a segment evaluator may keep (1 GiB); a larger set is evaluated through the whole network at every point. */
const keptFloats = 2 ** 28;

/** Examples from which on building a point into the graph of a network without a stem pays: some 60 are evaluated in its time. */
const worthBuilding = 500;

/** Makes an evaluator for single points. */
export async function pointEvaluator(options: EvaluatorOptions): Promise<Evaluator> {
  const { backend, model, examples, population } = options;
  const chunks = chunksOf(examples, chunkSizeFor(model));
  const outputs = (size: number): Record<string, Tensor> => {
    const tensors = pointInputs(model);
    return measures(logitsOf(model, input('x', [size, model.features]), tensors, normaliser(options, tensors)), size);
  };
  const building = model.stem.parameters.length === 0 && examples.count >= worthBuilding;
  const wholeChunk = chunks[0]!.count;
  const fed = building ? chunks.filter(({ count }) => count !== wholeChunk) : chunks;
  const graphs = await compileBySize(fed, backend, outputs);
  return {
    count: examples.count,
    async measure(point) {
      const losses = new Float32Array(examples.count);
      const hits = new Float32Array(examples.count);
      const weights = feedsOf(point, model);
      const built = building ? await backend.compile(outputs(wholeChunk), weights) : null;
      try {
        for (const { start, count, images, labels } of chunks)
          await (graphs.get(count) ?? built!).run(
            { x: images, labels, ...weights },
            { losses: losses.subarray(start, start + count), correct: hits.subarray(start, start + count) },
          );
      } finally {
        await built?.dispose();
      }
      return summarise(losses, hits, population);
    },
    dispose: () => disposeAll(graphs),
  };
}

/** Makes an evaluator for segments. */
export async function segmentEvaluator(options: EvaluatorOptions): Promise<SegmentEvaluator> {
  const { model, examples } = options;
  if (model.stem.parameters.length === 0 || 2 * examples.count * model.stem.width > keptFloats)
    return wholeSegments(await pointEvaluator(options));
  return stemmedSegments(options);
}

/** Every point through the whole network. */
function wholeSegments(evaluator: Evaluator): SegmentEvaluator {
  return { ...evaluator, between: (_, point) => evaluator.measure(point) };
}

/** Ends through stem and head, points between them through a blend and the head. */
async function stemmedSegments(options: EvaluatorOptions): Promise<SegmentEvaluator> {
  const { backend, model, examples, population } = options;
  const { width } = model.stem;
  const chunks = chunksOf(examples);
  const stems = await compileBySize(chunks, backend, (size) => ({
    stem: model.stem.apply(input('x', [size, model.features]), pointInputs(model)),
  }));
  const heads = await compileBySize(chunks, backend, (size) => {
    const alpha = input('alpha', []);
    const [from, to] = [input('from', [size, width]), input('to', [size, width])];
    // this form is exactly `from` at 0 and exactly `to` at 1
    const blended = add(multiply(from, subtract(constant(1), alpha)), multiply(to, alpha));
    const tensors = pointInputs(model);
    return measures(model.head(blended, tensors, normaliser(options, tensors)), size);
  });
  const alphaFeed = new Float32Array(1);
  let start: Float32Array | null = null;
  let end: Float32Array | null = null;

  async function head(from: Float32Array, to: Float32Array, alpha: number, point: Point): Promise<Measurement> {
    const losses = new Float32Array(examples.count);
    const hits = new Float32Array(examples.count);
    const weights = feedsOf(point, model);
    alphaFeed[0] = alpha;
    for (const chunk of chunks) {
      const [first, last] = [chunk.start, chunk.start + chunk.count];
      await heads.get(chunk.count)!.run(
        {
          from: from.subarray(first * width, last * width),
          to: to.subarray(first * width, last * width),
          alpha: alphaFeed,
          labels: chunk.labels,
          ...weights,
        },
        { losses: losses.subarray(first, last), correct: hits.subarray(first, last) },
      );
    }
    return summarise(losses, hits, population);
  }

  return {
    count: examples.count,
    async measure(point) {
      const values = start ?? new Float32Array(examples.count * width);
      start = end;
      end = values;
      const weights = feedsOf(point, model);
      for (const chunk of chunks)
        await stems
          .get(chunk.count)!
          .run(
            { x: chunk.images, ...weights },
            { stem: values.subarray(chunk.start * width, (chunk.start + chunk.count) * width) },
          );
      return head(values, values, 0, point);
    },
    async between(alpha, point) {
      if (!start || !end) throw new Error('a segment has two ends: measure both before points between them');
      return head(start, end, alpha, point);
    },
    async dispose() {
      await disposeAll(stems);
      await disposeAll(heads);
    },
  };
}

function normaliser({ statistics = 'running' }: EvaluatorOptions, tensors: TensorsByName): Normalise {
  return statistics === 'running' ? byRunningStatistics(tensors) : byBatchStatistics(tensors).normalise;
}

function measures(logits: Tensor, size: number): { losses: Tensor; correct: Tensor } {
  const labels = input('labels', [size], 'int');
  return { losses: crossEntropy(logits, labels), correct: correct(logits, labels) };
}

/** One executable for every size of chunk: the whole ones', and the last one's. */
export async function compileBySize(
  chunks: readonly Chunk[],
  backend: Backend,
  outputs: (size: number) => Record<string, Tensor>,
): Promise<Map<number, Executable>> {
  const executables = new Map<number, Executable>();
  for (const size of new Set(chunks.map(({ count }) => count)))
    executables.set(size, await backend.compile(outputs(size)));
  return executables;
}

/** Disposes what {@link compileBySize} compiled. */
export async function disposeAll(executables: ReadonlyMap<number, Executable>): Promise<void> {
  for (const executable of executables.values()) await executable.dispose();
}
