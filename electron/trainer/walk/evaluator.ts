/**
 * Evaluates loss and accuracy over a set of examples: at single points, or along a segment between two points.
 *
 * Along a segment the model's stem (its first linear layer) is affine in the parameters: stem((1−α)·θ + α·θ′) =
 * (1−α)·stem(θ) + α·stem(θ′). So each end's stem is computed once and kept, and a point between them costs a blend and
 * the head: of a 784-500-350-10 MLP's 570,500 multiply-adds 178,500. Points are taken together where they are not too large, so that the
 * kept values are read once for all of them. Measured with 6,000 examples on two cores: an end 40 ms, a point between 12 ms.
 *
 * Convolutional networks have no stem worth keeping: the small CNN's first layer yields 12,544 numbers an example, which take longer to read
 * back, twice, than they take to compute. They are compiled anew at every point, with the point built in as constants:
 * the runtime then packs the weights and folds batch norm into the convolutions. Measured on two busy cores, examples a
 * second with the point fed and built in, and what the compilation takes: CNN 24,500 and 44,400, 3 ms; with batch norm
 * 14,700 and 38,200; VGG-11 170 and 270, 150 to 220 ms; with batch norm 220 and 360, 225 ms; ResNet-20 600 and
 * 1,100, 22 ms. Small networks pass in groups of examples that the cache keeps, see `passingOf`.
 */
import { keptFloats, batchedPoints } from '../../../shared/memory.ts';
import type { Examples } from '../../datasets/load.ts';
import { isOnDevice, unchanging } from '../backends/backend.ts';
import type { Backend, Executable, FloatFeed, Vector } from '../backends/backend.ts';
import { add, correct, input, multiply, subtract } from '../../../shared/graph/ops/index.ts';
import type { Tensor } from '../../../shared/graph/tensor.ts';
import type { Loss } from '../../../shared/losses/index.ts';
import { logitsOf } from '../../../shared/networks/model.ts';
import type { Model, Normalise, TensorsByName } from '../../../shared/networks/model.ts';
import { parameterTotal } from '../../../shared/networks/parameters.ts';
import { byBatchStatistics, byRunningStatistics } from '../../../shared/networks/norms.ts';
import { balancedChunksOf, chunkSizeFor, chunksOf, passingOf } from './chunks.ts';
import type { Chunk } from './chunks.ts';
import { fitOf, summarise } from './measurement.ts';
import type { Measurement } from './measurement.ts';
import { feedsOf, pointInputs } from './point.ts';
import type { Point } from './point.ts';
import { rowsOf, targetFeed, targetsInput } from './targets.ts';

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
   * @param alpha in [0, 1], or beyond
   * @param point that same point, see `blendPoints`
   * @throws Error when fewer than two points have been measured.
   */
  between(alpha: number, point: Point): Promise<Measurement>;
  /** How many points {@link SegmentEvaluator.betweenAll} computes faster together than apart; 1 where it makes no difference. */
  readonly batchedPoints: number;
  /**
   * The same at several points, to the bit.
   * @throws Error when fewer than two points have been measured.
   */
  betweenAll(places: readonly Place[]): Promise<Measurement[]>;
  /** The point with the statistics that batch norm normalises by there, for one example as for another. */
  settled(point: Point): Promise<Point>;
  /** What the stem yields at both ends, [examples, stem's width] each; null where there is none, or where it is not kept in the host's memory. */
  stems(): readonly [start: Float32Array, end: Float32Array] | null;
}

/** A point of a segment. */
export interface Place {
  /** In [0, 1], or beyond. */
  alpha: number;
  /** That same point, see `blendPoints`. */
  point: Point;
}

/** What to evaluate on. */
export interface EvaluatorOptions {
  backend: Backend;
  model: Model;
  loss: Loss;
  examples: Examples;
  /** Size of the set that the examples were drawn from; their own number for a whole set. */
  population: number;
  /** What batch norm normalises by: the point's running statistics, or those of each evaluated chunk. */
  statistics?: 'running' | 'chunk';
  /** Whether measurements hold the network's outputs. */
  keepsOutputs?: boolean;
  /** Whether measurements at single points tell how near outputs are to real targets, as epochs do. */
  fits?: boolean;
}

/** Examples from which on building a point into the graph of a network without a stem pays: some 60 are evaluated in its time. */
const worthBuilding = 500;

/** Makes an evaluator for single points. */
export async function pointEvaluator(options: EvaluatorOptions): Promise<Evaluator> {
  const { backend, model, examples } = options;
  const { features } = model;
  const usual = chunkSizeFor(model);
  // a chunk's own statistics are those of all its examples
  const grouping = backend.cached && options.statistics !== 'chunk';
  const { chunk, group } = grouping ? passingOf(model) : { chunk: usual, group: usual };
  const chunks = cutter(options)(examples, chunk);
  /** Groups in a chunk of so many examples; the last, odd one passes as one. */
  const groupsIn = (count: number): number => (count % group === 0 ? count / group : 1);
  const outputs = (size: number): Record<string, Tensor> => {
    const groups = groupsIn(size);
    const tensors = pointInputs(model);
    const logits = Array.from({ length: groups }, (_, index): [string, Tensor] => {
      const images = input(`x${at(index)}`, [size / groups, features]);
      return [`logits${at(index)}`, logitsOf(model, images, tensors, normaliser(options, tensors))];
    });
    return Object.fromEntries(logits);
  };
  const building = model.stem.parameters.length === 0 && examples.count >= worthBuilding;
  const wholeChunk = chunks[0]!.count;
  const fed = building ? chunks.filter(({ count }) => count !== wholeChunk) : chunks;
  const graphs = await compileBySize(fed, backend, outputs);
  const summary = await openSummary(options);
  /** The parts of an array with rows for a chunk's examples, one for each group, by name. */
  const parts = (name: string, values: Float32Array, { count }: Chunk): Record<string, Float32Array> => {
    const groups = groupsIn(count);
    const length = values.length / groups;
    const cut = (index: number): Float32Array => values.subarray(index * length, (index + 1) * length);
    return Object.fromEntries(Array.from({ length: groups }, (_, index) => [name + at(index), cut(index)]));
  };
  return {
    count: examples.count,
    async measure(point) {
      const logits = new Float32Array(examples.count * model.outputs);
      const weights = feedsOf(point, model);
      const built = building ? await backend.compile(outputs(wholeChunk), weights) : null;
      try {
        for (const chunk of chunks)
          await (graphs.get(chunk.count) ?? built!).run(
            { ...parts('x', chunk.images, chunk), ...weights },
            parts('logits', rowsOf(logits, examples.count, chunk.start, chunk.start + chunk.count), chunk),
          );
      } finally {
        await built?.dispose();
      }
      return summary.of(logits, options.fits);
    },
    async dispose() {
      await disposeAll(graphs);
      await summary.dispose();
    },
  };
}

/** Makes measurements of logits. */
interface Summary {
  /** @param logits [examples, outputs] @param fits whether how near they are to real targets is told */
  of(logits: Float32Array, fits?: boolean): Promise<Measurement>;
  dispose(): Promise<void>;
}

/** Losses and hits of all examples at once: small operations, each of which costs as much as a thousand numbers. */
async function openSummary(options: EvaluatorOptions): Promise<Summary> {
  const { backend, model, loss, examples, population, keepsOutputs = false } = options;
  const { count } = examples;
  const targets = unchanging(targetFeed(examples.targets));
  const [logits, asked] = [input('logits', [count, model.outputs]), targetsInput(loss, count, model.outputs)];
  const classifies = loss.targets === 'classes';
  const executable = await backend.compile({
    losses: loss.of(logits, asked),
    ...(classifies ? { correct: correct(logits, asked) } : {}),
  });
  return {
    async of(values, fits = false) {
      const losses = new Float32Array(count);
      const hits = classifies ? new Float32Array(count) : null;
      await executable.run({ logits: values, targets }, { losses, ...(hits ? { correct: hits } : {}) });
      const { targetColumns } = examples;
      const fit =
        fits && targets instanceof Float32Array && targetColumns ? fitOf(values, targets, targetColumns) : null;
      const found = summarise(losses, hits, population, { values, sensitivity: loss.sensitivity }, fit);
      return keepsOutputs ? { ...found, outputs: values } : found;
    },
    dispose: () => executable.dispose(),
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
export function wholeSegments(evaluator: Evaluator): SegmentEvaluator {
  return {
    ...evaluator,
    batchedPoints: 1,
    between: (_, point) => evaluator.measure(point),
    settled: (point) => Promise.resolve(point),
    stems: () => null,
    async betweenAll(places) {
      const found: Measurement[] = [];
      for (const { point } of places) found.push(await evaluator.measure(point));
      return found;
    },
  };
}

/** Ends through stem and head, points between them through a blend and the head. */
async function stemmedSegments(options: EvaluatorOptions): Promise<SegmentEvaluator> {
  const { backend, model, examples } = options;
  const { stem } = model;
  const chunks = cutter(options)(examples);
  const ends = await compileBySize(chunks, backend, (size) => {
    const tensors = pointInputs(model);
    const values = stem.apply(input('x', [size, model.features]), tensors);
    return { stem: values, logits: model.head(values, tensors, normaliser(options, tensors)) };
  });
  const summary = await openSummary(options);
  /** By number of points: the graphs by size of chunk. */
  const inner = new Map<number, Map<number, Executable>>();
  /** Stem values at the ends of the present segment. */
  let start: Vector | null = null;
  let end: Vector | null = null;
  const stemValues = (): Promise<Vector> => {
    const size = examples.count * stem.width;
    return backend.memory ? backend.memory.vector(size) : Promise.resolve(new Float32Array(size));
  };

  async function innerFor(count: number): Promise<Map<number, Executable>> {
    const compiled =
      inner.get(count) ??
      (await compileBySize(chunks, backend, (size) => {
        const values = (name: string): Tensor => input(name, [size, stem.width]);
        const change = subtract(values('to'), values('from'));
        const logits = Array.from({ length: count }, (_, index): [string, Tensor] => {
          const blended = add(values(`base${at(index)}`), multiply(change, input(`share${at(index)}`, [])));
          const tensors = pointInputs(model, at(index));
          return [`logits${at(index)}`, model.head(blended, tensors, normaliser(options, tensors))];
        });
        return Object.fromEntries(logits);
      }));
    inner.set(count, compiled);
    return compiled;
  }

  const rowsIn = ({ start: first, count }: Chunk, values: Float32Array): Float32Array =>
    rowsOf(values, examples.count, first, first + count);
  const stemsOf = (chunk: Chunk, values: Vector): FloatFeed =>
    isOnDevice(values)
      ? { vector: values, offset: chunk.start * stem.width, length: chunk.count * stem.width }
      : rowsIn(chunk, values);
  const emptyLogits = (): Float32Array => new Float32Array(examples.count * model.outputs);

  async function betweenAll(places: readonly Place[]): Promise<Measurement[]> {
    const [from, to] = [start, end];
    if (!from || !to) throw new Error('a segment has two ends: measure both before points between them');
    const graphs = await innerFor(places.length);
    const weights = Object.fromEntries(
      places.flatMap(({ point, alpha }, index) => [
        ...Object.entries(feedsOf(point, model, at(index))),
        // from the nearer end, and so exactly the ends at 0 and 1
        [`share${at(index)}`, Float32Array.of(alpha < 0.5 ? alpha : alpha - 1)],
      ]),
    );
    const logits = places.map(emptyLogits);
    for (const chunk of chunks) {
      const stems = { from: stemsOf(chunk, from), to: stemsOf(chunk, to) };
      const bases = places.map(({ alpha }, index): [string, FloatFeed] => [
        `base${at(index)}`,
        alpha < 0.5 ? stems.from : stems.to,
      ]);
      const into = Object.fromEntries(logits.map((values, index) => [`logits${at(index)}`, rowsIn(chunk, values)]));
      await graphs.get(chunk.count)!.run({ ...stems, ...Object.fromEntries(bases), ...weights }, into);
    }
    const found: Measurement[] = [];
    for (const values of logits) found.push(await summary.of(values));
    return found;
  }

  return {
    count: examples.count,
    batchedPoints: batchedPoints(parameterTotal(model.parameters)),
    async measure(point) {
      const values = start ?? (await stemValues());
      start = end;
      end = values;
      const weights = feedsOf(point, model);
      const logits = emptyLogits();
      for (const chunk of chunks)
        await ends
          .get(chunk.count)!
          .run({ x: chunk.images, ...weights }, { stem: stemsOf(chunk, values), logits: rowsIn(chunk, logits) });
      return summary.of(logits, options.fits);
    },
    between: async (alpha, point) => (await betweenAll([{ alpha, point }]))[0]!,
    betweenAll,
    settled: (point) => Promise.resolve(point),
    stems: () => (start && end && !isOnDevice(start) && !isOnDevice(end) ? [start, end] : null),
    async dispose() {
      for (const graphs of [ends, ...inner.values()]) await disposeAll(graphs);
      for (const values of [start, end]) if (values && isOnDevice(values)) await values.dispose();
      await summary.dispose();
    },
  };
}

/** What tells one of several points or groups in the names of a graph's inputs and outputs. */
const at = (index: number): string => ` at ${index}`;

/** How a set is cut: a chunk whose own statistics normalise must not be small. */
function cutter({ statistics }: EvaluatorOptions): typeof chunksOf {
  return statistics === 'chunk' ? balancedChunksOf : chunksOf;
}

function normaliser({ statistics = 'running' }: EvaluatorOptions, tensors: TensorsByName): Normalise {
  return statistics === 'running' ? byRunningStatistics(tensors) : byBatchStatistics(tensors).normalise;
}

/** One executable for every size of chunk: the whole ones', and the last one's. */
export async function compileBySize(
  chunks: readonly Pick<Chunk, 'count'>[],
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
