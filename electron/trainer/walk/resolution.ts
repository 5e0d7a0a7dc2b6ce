/**
 * How small a difference between losses an evaluation tells from its own rounding noise: measured, by evaluating one point in two
 * orders. Every parameter is moved by one unit in its last place, up or down, or left, at random (Monte Carlo arithmetic, Parker
 * 1997; CESTAC, Vignes 1993): so every rounding on the way to the loss falls anew, and so does that of the parameters themselves,
 * whose blends between two points are rounded to float32. How far the losses of single examples move is the noise's scale.
 */
import { recomputedOn } from '../../../shared/cost.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import { roundingDraws } from '../../../shared/noise.ts';
import { unmeasuredResolution } from '../../../shared/resolution.ts';
import type { Examples } from '../../datasets/load.ts';
import type { Backend } from '../backends/backend.ts';
import type { Model } from '../../../shared/networks/model.ts';
import { generatorFor } from '../random/generator.ts';
import type { Generator } from '../random/generator.ts';
import { pick } from './chunks.ts';
import { pointEvaluator, wholeSegments } from './evaluator.ts';
import type { Evaluator } from './evaluator.ts';
import type { Measurement } from './measurement.ts';
import { emptyPoint } from './point.ts';
import type { HostPoint, Point } from './point.ts';
import { recomputing } from './recompute.ts';
import { evaluatedExamples } from './segments.ts';
import { valuesOf } from './space/space.ts';
import { lossFor } from './targets.ts';

/**
 * The least difference between losses of a slice that its evaluation tells from its own noise:
 *
 *   ν = 2⁻²² · (1 + max |ℓ|) · (1 + 1/√n) + 2⁻²⁰ · max z + r · (1 + 8/√n)
 *
 * First: the last rounding, that of the losses themselves, which may be the same for all examples and whatever is rounded before it, as
 * where all losses are tiny. Second: the rounding of the logits, from their sizes; where they are huge a few examples, those
 * between two classes, have all of it, and a sample may miss them. Third: what adds up on the way there, measured. Its scale r is
 * that of single examples; a mean over n of them may be as wrong as one (what the blends' rounding does, all share), and of few
 * examples the worst of a slice's points is some times their root mean square. The constants hold twice the noise that was
 * measured against float64 (docs/decisions/0010).
 * @param slice measurements at its points, of finite losses
 * @param scale r: the greatest of {@link NoiseScale} at the slice's ends
 * @returns ν in nats; the greatest number where the scale is not finite, so that nothing is told
 */
export function lossResolution(slice: readonly Measurement[], scale: number): number {
  const means = {
    losses: slice.map(({ loss }) => loss),
    logitSize: Math.max(...slice.map(({ logitSize }) => logitSize)),
    examples: slice[0]!.losses.length,
  };
  return resolutionOfMeans(means, scale);
}

/** Losses as means over examples. */
interface MeanLosses {
  losses: readonly number[];
  /** The greatest z of them. */
  logitSize: number;
  /** n. */
  examples: number;
}

/** {@link lossResolution} of what it takes of measurements. */
export function resolutionOfMeans({ losses, logitSize, examples }: MeanLosses, scale: number): number {
  const root = Math.sqrt(examples);
  const ofLosses = unmeasuredResolution(losses) * (1 + 1 / root);
  const ofLogits = 2 ** -20 * logitSize;
  const resolution = ofLosses + ofLogits + scale * (1 + 8 / root);
  return Number.isFinite(resolution) ? resolution : Number.MAX_VALUE;
}

/** Most examples on which a point's rounding noise is measured; fewer are measured all. */
const most = 128;

/** Measures the rounding noise of an evaluation. */
export interface NoiseScale {
  /**
   * Root mean square over examples of how far their losses move when the point's roundings are drawn anew, in nats; the same for the
   * same point, whenever it is asked.
   * @param iteration which point of the walk it is, and so which roundings are drawn
   * @param measured what the evaluation measures there
   */
  at(iteration: number, point: Point, measured: Measurement): Promise<number>;
  dispose(): Promise<void>;
}

/** Opens the measurement of an evaluation's rounding noise, for slices as the experiment asks for them. */
export async function openNoiseScale(
  experiment: Experiment,
  { backend, model, train }: { backend: Backend; model: Model; train: Examples },
): Promise<NoiseScale> {
  const evaluated = evaluatedExamples(experiment, train);
  const count = Math.min(evaluated.count, most);
  const chosen = Uint32Array.from({ length: count }, (_, index) => Math.floor((index * evaluated.count) / count));
  const examples = pick(evaluated, chosen);
  const sample = recomputedOn(experiment);
  const byBatch = experiment.probes.interpolation.batchNorm === 'batch' && model.statistics.length > 0;
  const plain = await pointEvaluator({
    backend,
    model,
    loss: lossFor(experiment.loss, train),
    examples,
    population: count,
    statistics: byBatch ? 'chunk' : 'running',
  });
  const evaluator: Evaluator =
    sample === 0 ? plain : await recomputing(wholeSegments(plain), { backend, model, examples });
  // what batch norm makes of an example depends on the others: then the few are evaluated twice
  const alone = sample === 0 && !byBatch;
  const moved = emptyPoint(model);
  return {
    async at(iteration, point, measured) {
      const losses = alone
        ? Float32Array.from(chosen, (index) => measured.losses[index]!)
        : (await evaluator.measure(point)).losses;
      const generator = generatorFor(experiment.seed, `rounding ${iteration}`);
      const parameters = await valuesOf(point.parameters);
      return roundingScale({ parameters, statistics: point.statistics }, losses, { evaluator, generator, moved });
    },
    dispose: () => evaluator.dispose(),
  };
}

/**
 * How far the losses of single examples move when a point's roundings are drawn anew, root mean square over examples and draws: r of
 * {@link lossResolution}.
 * @param losses those that the evaluator measures at the point
 * @param moved written to
 */
export async function roundingScale(
  { parameters, statistics }: HostPoint,
  losses: ArrayLike<number>,
  { evaluator, generator, moved }: { evaluator: Pick<Evaluator, 'measure'>; generator: Generator; moved: HostPoint },
): Promise<number> {
  const times = roundingDraws(losses.length);
  let squares = 0;
  for (let time = 0; time < times; time++) {
    moveByRounding(parameters, generator, moved.parameters);
    moveByRounding(statistics, generator, moved.statistics);
    const again = (await evaluator.measure(moved)).losses;
    for (let index = 0; index < losses.length; index++) squares += (again[index]! - losses[index]!) ** 2;
  }
  return Math.sqrt(squares / (losses.length * times));
}

/** Tells the resolution of slices; keeps the scales of a slice's two ends, of which the next slice begins with one. */
export interface ResolutionProbe {
  /**
   * ν of a slice, see {@link lossResolution}.
   * @param start where it begins, and which point of the walk that is
   * @param end where it ends
   * @param slice measurements at all its points; where a loss is not finite, NaN is the answer
   */
  of(start: NumberedPoint, end: NumberedPoint, slice: readonly Measurement[]): Promise<number>;
  /** The greater {@link NoiseScale} of both ends of a slice, r. @param ends measurements there */
  scale(start: NumberedPoint, end: NumberedPoint, ends: readonly [Measurement, Measurement]): Promise<number>;
  dispose(): Promise<void>;
}

/** A point with its iteration. */
export interface NumberedPoint<P extends Point = Point> {
  iteration: number;
  point: P;
}

/** Opens the probe, see {@link openNoiseScale}. */
export async function openResolution(...options: Parameters<typeof openNoiseScale>): Promise<ResolutionProbe> {
  const noise = await openNoiseScale(...options);
  /** Of the two points measured last: a slice that samples do not decide is asked for both ends twice. */
  let known: readonly { iteration: number; scale: number }[] = [];
  async function scaleAt({ iteration, point }: NumberedPoint, measured: Measurement): Promise<number> {
    const before = known.find((each) => each.iteration === iteration);
    if (before) return before.scale;
    const scale = await noise.at(iteration, point, measured);
    known = [...known.slice(-1), { iteration, scale }];
    return scale;
  }
  const scale: ResolutionProbe['scale'] = async (start, end, [first, second]) =>
    Math.max(await scaleAt(start, first), await scaleAt(end, second));
  return {
    async of(start, end, slice) {
      if (!slice.every(({ loss }) => Number.isFinite(loss))) return NaN;
      return lossResolution(slice, await scale(start, end, [slice[0]!, slice.at(-1)!]));
    },
    scale,
    dispose: () => noise.dispose(),
  };
}

/** Bits of the least float32 that another unit in the last place might make infinite. */
const greatest = 0x7f000000;

/**
 * Writes numbers moved by one unit in the last place: up with probability ¼, down with ¼, else unmoved. Zeros stay, and so does what is
 * infinite or might become so.
 */
export function moveByRounding(values: Float32Array, generator: Generator, into: Float32Array): void {
  const from = new Int32Array(values.buffer, values.byteOffset, values.length);
  const to = new Int32Array(into.buffer, into.byteOffset, into.length);
  // two bits of a word each
  for (let start = 0; start < from.length; start += 16) {
    const end = Math.min(start + 16, from.length);
    for (let index = start, word = generator.word() | 0; index < end; index++, word >>= 2) {
      const bits = from[index]!;
      const size = bits & 0x7fffffff;
      to[index] = size > 0 && size < greatest ? bits + (word & 1) + ((word >> 1) & 1) - 1 : bits;
    }
  }
}
