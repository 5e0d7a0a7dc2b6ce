/**
 * Sequential slices: the same answers about a slice for a part of its work. Both ends are evaluated on the whole set, points between them on a
 * random sample that grows until every answer is decided at the confidence that was asked for, or is the whole set.
 */
import type { Loss } from '../losses/index.ts';
import type { Generator } from '../random/generator.ts';
import { controlVariate } from './control.ts';
import type { MeasuredEnd } from './control.ts';
import { stratifiedMean, studentQuantile } from './intervals.ts';
import type { Contrast, SeenStratum, StratifiedMean } from './intervals.ts';
import { isHopeless, samplingPlan } from './plan.ts';
import { sizesOf, stratifiedSample } from './strata.ts';
import { decideSlice, toleranceOf } from './verdicts.ts';
import type { SliceDecision } from './verdicts.ts';

/** What the examples of a sample showed at the inner points of a slice. */
export interface Seen {
  /** Losses by inner point, each in the order of the examples. */
  losses: readonly ArrayLike<number>[];
  /** 1 where an example was classified correctly, else 0; likewise. */
  correct: readonly ArrayLike<number>[];
}

/** A slice that is to be decided. */
export interface SequentialSlice {
  /** Probability that all of a slice's answers are those of the whole set, in (0, 1). */
  confidence: number;
  /** What losses are told to, as a share of the slice's range, in (0, 1). */
  tolerance: number;
  /** Both ends with their mean losses; every loss and output finite. */
  ends: readonly [MeasuredEnd & { loss: number }, MeasuredEnd & { loss: number }];
  /** Class of every example. */
  labels: ArrayLike<number>;
  /** K ≥ 2. */
  intervals: number;
  loss: Pick<Loss, 'between' | 'sensitivity'>;
  /** A stream of its own. */
  generator: Pick<Generator, 'below'>;
  /** ν of these losses, as means over so many examples, see `lossResolution`. */
  resolution: (losses: readonly number[], examples: number) => number;
  /** Evaluates examples at all inner points; null when stopped on the way. */
  evaluate: (examples: Uint32Array) => Promise<Seen | null>;
}

/** An inner point as a sample tells it. */
export interface SampledPoint {
  loss: number;
  accuracy: number;
  /** Standard error of the loss. */
  standardError: number;
}

/** A slice that a sample decided. */
export interface DecidedSlice {
  /** Examples that inner points were evaluated on. */
  examples: number;
  /** α_1 … α_{K−1}. */
  inner: SampledPoint[];
  decision: SliceDecision;
  /** ν that the answers had to exceed. */
  resolution: number;
}

/**
 * Decides a slice.
 *
 * The loss at α_k is estimated by differences to the control variate (`controlVariate`) with coefficient 1: its exact mean, and the stratified
 * mean of what the sampled examples' losses differ from it. A coefficient fitted to the sample would save little more, and makes intervals
 * too narrow where tails are heavy. Differences and second differences are taken example by example.
 * @returns null where only the whole set decides, `stopped` where `evaluate` was
 */
export async function sequentialSlice(slice: SequentialSlice): Promise<DecidedSlice | null | 'stopped'> {
  const { ends, labels, intervals, loss, generator, confidence, tolerance } = slice;
  const [start, end] = ends;
  const count = start.losses.length;
  const inner = intervals - 1;
  const { stages, risk } = samplingPlan(count, intervals, confidence);
  if (stages.length === 0) return null;
  const control = controlVariate(ends, labels, intervals, loss);
  const sizes = sizesOf([start.losses, end.losses], [start.outputs, end.outputs], loss.sensitivity);
  const sample = stratifiedSample(sizes, generator);
  /** By example: how its losses and hits differ from the control's. */
  const differences = new Map<number, Float64Array>();

  for (const stage of stages) {
    const fresh = sample.growTo(stage);
    const seen = await slice.evaluate(fresh);
    if (seen === null) return 'stopped';
    fresh.forEach((example, at) => {
      const row = new Float64Array(2 * inner);
      control.of(example, row);
      for (let k = 0; k < inner; k++) {
        row[k] = seen.losses[k]![at]! - row[k]!;
        row[inner + k] = seen.correct[k]![at]! - row[inner + k]!;
      }
      differences.set(example, row);
    });
    const strata = sample.strata.map(({ size, drawn }): SeenStratum => ({
      size,
      rows: drawn.map((example) => differences.get(example)!),
    }));
    const of = (contrast: Contrast): StratifiedMean => stratifiedMean(strata, contrast);
    const halfOf = ({ standardError, freedom }: StratifiedMean): number =>
      standardError === 0 ? 0 : studentQuantile(risk, freedom) * standardError;
    /** The contrast of losses at some k with weights; ends are known and have no part in it. */
    const at = (...weighted: (readonly [k: number, weight: number])[]): Contrast =>
      weighted.filter(([k]) => k > 0 && k < intervals).map(([k, weight]) => [k - 1, weight]);
    const means = Array.from({ length: inner }, (_, k) => of([[k, 1]]));
    const losses = [start.loss, ...means.map(({ mean }, k) => control.losses[k]! + mean), end.loss];
    const resolution = slice.resolution(losses, differences.size);
    const halves = [0, ...means.map(halfOf), 0];
    const least = toleranceOf({ losses, halves }, tolerance, resolution);
    const widest = Math.max(...halves);
    if (isHopeless({ count, examples: differences.size, shrinks: least / widest })) return null;
    if (!(widest <= least)) continue;
    const decision = decideSlice(
      {
        losses,
        halves,
        halfBetween: (j, k) => halfOf(of(at([j, 1], [k, -1]))),
        halfBend: (k) => halfOf(of(at([k - 1, 1], [k, -2], [k + 1, 1]))),
      },
      tolerance,
      resolution,
      slice.resolution(losses, count),
    );
    if (!decision.isDecided) continue;
    return {
      examples: differences.size,
      inner: means.map(({ standardError }, k) => ({
        loss: losses[k + 1]!,
        accuracy: Math.min(1, Math.max(0, control.accuracies[k]! + of([[inner + k, 1]]).mean)),
        standardError,
      })),
      decision,
      resolution,
    };
  }
  return null;
}
