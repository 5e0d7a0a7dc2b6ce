/** Evaluates some examples of a set between the ends of a segment: those that a sample has drawn. */
import { add, correct, input, multiply, subtract } from '../../../shared/graph/ops/index.ts';
import type { Tensor } from '../../../shared/graph/tensor.ts';
import type { Loss } from '../../../shared/losses/index.ts';
import { mostInChunk } from '../../../shared/memory.ts';
import { logitsOf } from '../../../shared/networks/model.ts';
import type { Model } from '../../../shared/networks/model.ts';
import { byRunningStatistics } from '../../../shared/networks/norms.ts';
import type { Examples } from '../../datasets/load.ts';
import type { Backend, Executable, Feed } from '../backends/backend.ts';
import { chunkSizeFor } from './chunks.ts';
import type { Place, SegmentEvaluator } from './evaluator.ts';
import { feedsOf, pointInputs } from './point.ts';
import type { Point } from './point.ts';
import { targetsInput } from './targets.ts';

/** What examples showed at a point. */
interface SampleMeasurement {
  /** Loss of each, in their order. */
  losses: Float32Array;
  /** 1 where the greatest output is the label's, else 0. */
  correct: Float32Array;
}

/** The ends of a segment. */
interface Ends {
  from: Point;
  to: Point;
}

/** Evaluates samples. */
export interface SampleEvaluator {
  /** Whether several points are computed faster together than apart. */
  readonly takesTogether: boolean;
  /**
   * Losses and hits of some examples at places between two ends, whose running statistics normalise.
   * @param places with their points, see `blendPoints`
   */
  measure(ends: Ends, places: readonly Place[], examples: Uint32Array): Promise<SampleMeasurement[]>;
  dispose(): Promise<void>;
}

/** What is evaluated, and by what. */
interface SampleOptions {
  backend: Backend;
  model: Model;
  loss: Loss;
  /** Their targets are classes. */
  examples: Examples;
  /** What evaluates the ends, on the same examples. */
  segments: Pick<SegmentEvaluator, 'stems'>;
}

/** Opens an evaluator of samples. */
export function openSample(options: SampleOptions): Promise<SampleEvaluator> {
  return options.model.stem.parameters.length > 0 ? Promise.resolve(stemmedSample(options)) : wholeSample(options);
}

/** Chunks with a stem are of multiples of so many examples, so that few graphs do for samples of all sizes. */
const chunkStep = 50;

/**
 * Blends of the stem's values at both ends pass the heads of all places in one go: of a 784-500-350-10 MLP 0.18 million multiply-adds a place, instead of 0.57. Where
 * the host has these values they are gathered, elsewhere the examples pass the stem again, twice for all places.
 */
function stemmedSample({ backend, model, loss, examples, segments }: SampleOptions): SampleEvaluator {
  const { stem } = model;
  const most = Math.min(mostInChunk.stem, Math.ceil(examples.count / chunkStep) * chunkStep);
  const graphs = new Map<string, Executable>();

  async function graphFor(size: number, places: number, isKept: boolean): Promise<Executable> {
    const key = `${size} ${places} ${isKept}`;
    const known = graphs.get(key);
    if (known) return known;
    const targets = targetsInput(loss, size, model.outputs);
    const [from, to] = [atStart, atEnd].map((end) =>
      isKept
        ? input(`stem${end}`, [size, stem.width])
        : stem.apply(input('x', [size, model.features]), pointInputs(model, end)),
    ) as [Tensor, Tensor];
    const change = subtract(to, from);
    const outputs = Array.from({ length: places }, (_, index): [string, Tensor][] => {
      const tensors = pointInputs(model, at(index));
      const blended = add(from, multiply(change, input(`share${at(index)}`, [])));
      const logits = model.head(blended, tensors, byRunningStatistics(tensors));
      return [
        [`losses${at(index)}`, loss.of(logits, targets)],
        [`correct${at(index)}`, correct(logits, targets)],
      ];
    });
    const compiled = await backend.compile(Object.fromEntries(outputs.flat()));
    graphs.set(key, compiled);
    return compiled;
  }

  return {
    takesTogether: true,
    async measure({ from, to }, places, chosen) {
      const found = places.map(() => roomFor(chosen.length));
      const kept = segments.stems();
      const weights: Record<string, Feed> = kept
        ? {}
        : { ...feedsOf(from, model, atStart), ...feedsOf(to, model, atEnd) };
      for (const [index, { point, alpha }] of places.entries())
        Object.assign(weights, feedsOf(point, model, at(index)), { [`share${at(index)}`]: Float32Array.of(alpha) });
      for (let start = 0; start < chosen.length; start += most) {
        const chunk = chosen.subarray(start, start + most);
        const size = Math.ceil(chunk.length / chunkStep) * chunkStep;
        const executable = await graphFor(size, places.length, kept !== null);
        const rows = filledUp(chunk, size);
        const inputs: Record<string, Float32Array> = kept
          ? {
              [`stem${atStart}`]: gathered(kept[0], stem.width, rows),
              [`stem${atEnd}`]: gathered(kept[1], stem.width, rows),
            }
          : { x: gathered(examples.images, examples.features, rows) };
        const of = await executable.run({ ...inputs, targets: targetsOf(examples, rows), ...weights });
        for (const [index, { losses, correct: hits }] of found.entries()) {
          losses.set(of[`losses${at(index)}`]!.subarray(0, chunk.length), start);
          hits.set(of[`correct${at(index)}`]!.subarray(0, chunk.length), start);
        }
      }
      return found;
    },
    async dispose() {
      for (const graph of graphs.values()) await graph.dispose();
    },
  };
}

/**
 * Examples from which on it pays to build a point into the graph of a network without a stem for one sample: some 60 (ResNet-20) to 170 (the
 * small CNN) pass in the time that it takes.
 */
const worthBuilding = 200;

/**
 * All examples pass the whole network at every place, in chunks of one size, so that it compiles once, whatever the samples' sizes; the last is filled up with
 * its first example, which changes nothing for the others as running statistics normalise.
 */
async function wholeSample({ backend, model, loss, examples }: SampleOptions): Promise<SampleEvaluator> {
  const size = Math.min(chunkSizeFor(model), examples.count);
  const outputs = (): Record<string, Tensor> => {
    const tensors = pointInputs(model);
    const targets = targetsInput(loss, size, model.outputs);
    const logits = logitsOf(model, input('x', [size, model.features]), tensors, byRunningStatistics(tensors));
    return { losses: loss.of(logits, targets), correct: correct(logits, targets) };
  };
  const fed = await backend.compile(outputs());

  async function measureAt(point: Point, chosen: Uint32Array): Promise<SampleMeasurement> {
    const found = roomFor(chosen.length);
    const weights = feedsOf(point, model);
    const building = chosen.length >= worthBuilding;
    const executable = building ? await backend.compile(outputs(), weights) : fed;
    try {
      for (let start = 0; start < chosen.length; start += size) {
        const chunk = chosen.subarray(start, start + size);
        const rows = filledUp(chunk, size);
        const x = gathered(examples.images, examples.features, rows);
        const of = await executable.run({ x, targets: targetsOf(examples, rows), ...weights });
        found.losses.set(of['losses']!.subarray(0, chunk.length), start);
        found.correct.set(of['correct']!.subarray(0, chunk.length), start);
      }
    } finally {
      if (building) await executable.dispose();
    }
    return found;
  }

  return {
    takesTogether: false,
    async measure(_, places, chosen) {
      const found: SampleMeasurement[] = [];
      for (const { point } of places) found.push(await measureAt(point, chosen));
      return found;
    },
    dispose: () => fed.dispose(),
  };
}

const roomFor = (count: number): SampleMeasurement => ({
  losses: new Float32Array(count),
  correct: new Float32Array(count),
});

/** Some examples, filled up to a size with the first of them. */
const filledUp = (chosen: Uint32Array, size: number): Uint32Array =>
  Uint32Array.from({ length: size }, (_, row) => chosen[row] ?? chosen[0]!);

/** Rows of a table, copied side by side. @param values [examples, width] */
function gathered(values: Float32Array, width: number, rows: Uint32Array): Float32Array {
  const found = new Float32Array(rows.length * width);
  for (const [at, row] of rows.entries()) found.set(values.subarray(row * width, (row + 1) * width), at * width);
  return found;
}

const targetsOf = ({ targets }: Examples, rows: Uint32Array): Int32Array =>
  Int32Array.from(rows, (example) => targets[example]!);

/** What tells the points of a segment in the names of a graph's inputs and outputs. */
const [atStart, atEnd] = [' at the start', ' at the end'];
const at = (index: number): string => ` at ${index}`;
