/**
 * Sequential slices: the same answers about a slice for a part of its work. Both ends are evaluated on the whole set, points between them on a
 * random sample that grows until every answer is decided at the confidence that was asked for; a few of them on the whole set too where that makes
 * the sample smaller by more than it costs.
 */
import { curveThrough } from '../losses/curve.ts';
import type { Loss } from '../losses/index.ts';
import type { Generator } from '../random/generator.ts';
import { hitControl, lossControl } from './control.ts';
import { stratifiedMean, studentQuantile } from './intervals.ts';
import type { Contrast, SeenStratum, StratifiedMean } from './intervals.ts';
import { nextLook, samplingPlan } from './plan.ts';
import { sizesOf, stratifiedSample } from './strata.ts';
import type { StratifiedSample } from './strata.ts';
import { decideSlice, toleranceOf } from './verdicts.ts';
import type { BoundedSlice, SliceDecision } from './verdicts.ts';

/** A point of a slice that was evaluated on the whole set. */
export interface KnownPoint {
  /** Mean over all examples. */
  loss: number;
  /** Share of examples classified correctly. */
  accuracy: number | null;
  /** Loss of every example. */
  losses: Float32Array;
  /** The network's outputs, [examples, classes]. */
  outputs: Float32Array;
}

/** What the examples of a sample showed at the inner points of a slice. */
export interface Seen {
  /** Losses by point, each in the order of the examples. */
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
  ends: readonly [KnownPoint, KnownPoint];
  /** Class of every example. */
  labels: ArrayLike<number>;
  /** K ≥ 2. */
  intervals: number;
  loss: Pick<Loss, 'along' | 'sensitivity'>;
  /** A stream of its own. */
  generator: Pick<Generator, 'below'>;
  /** ν of these losses, as means over so many examples, see `lossResolution`. */
  resolution: (losses: readonly number[], examples: number) => number;
  /** Evaluates examples at inner points; null when stopped on the way. */
  evaluate: (examples: Uint32Array, points: readonly number[]) => Promise<Seen | null>;
  /** Evaluates the whole set at inner points; null when stopped on the way. */
  know: (points: readonly number[]) => Promise<readonly KnownPoint[] | null>;
}

/** An inner point as it was told. */
export interface SampledPoint {
  loss: number;
  accuracy: number | null;
  /** Standard error of the loss; null where it was evaluated on the whole set. */
  standardError: number | null;
}

/** A slice that a sample decided. */
export interface DecidedSlice {
  /** Examples of the sample. */
  examples: number;
  /** α_1 … α_{K−1}. */
  inner: SampledPoint[];
  decision: SliceDecision;
  /** ν that the answers had to exceed. */
  resolution: number;
}

/** By example of the sample: values at every inner point, without meaning where the point was known already. */
type Rows = Map<number, Float64Array>;

/** What a sample tells of a slice. */
interface Estimate extends BoundedSlice {
  standardErrors: (number | null)[];
}

/**
 * Decides a slice.
 *
 * The loss at α_k is estimated by differences to the control variate (`lossControl`) with coefficient 1: its exact mean, and the stratified
 * mean of what the sampled examples' losses differ from it. A coefficient fitted to the sample would save little more, and makes intervals
 * too narrow where tails are heavy. Differences and second differences are taken example by example.
 * @returns null where only the whole set decides, `stopped` where `evaluate` or `know` was
 */
export async function sequentialSlice(slice: SequentialSlice): Promise<DecidedSlice | null | 'stopped'> {
  const { ends, labels, intervals, loss, generator, confidence, tolerance } = slice;
  const [start, end] = ends;
  const count = start.losses.length;
  const classes = start.outputs.length / count;
  const { stages, levels } = samplingPlan(count, intervals, confidence);
  if (stages.length === 0) return null;
  const points = Array.from({ length: intervals - 1 }, (_, index) => index + 1);
  const known = new Map([
    [0, start],
    [intervals, end],
  ]);
  const controlNow = () => {
    const outputs = [...known].map(([k, point]) => ({ k, outputs: point.outputs }));
    return lossControl(curveThrough(outputs, classes, intervals), labels, loss);
  };
  let [level, control] = [0, controlNow()];
  const sizes = sizesOf([start.losses, end.losses], [start.outputs, end.outputs], loss.sensitivity);
  const sample = stratifiedSample(sizes, generator);
  const seen: { losses: Rows; hits: Rows } = { losses: new Map(), hits: new Map() };
  /** How losses differ from the control's. */
  let differences: Rows = new Map();

  for (const [index, stage] of stages.entries()) {
    const fresh = sample.growTo(stage);
    const unknown = points.filter((k) => !known.has(k));
    const found = await slice.evaluate(fresh, unknown);
    if (found === null) return 'stopped';
    for (const [at, example] of fresh.entries()) {
      seen.losses.set(example, rowAt(found.losses, at, unknown, points.length));
      seen.hits.set(example, rowAt(found.correct, at, unknown, points.length));
    }
    const examples = seen.losses.size;

    for (;;) {
      addDifferences(seen.losses, control.of, differences);
      const { risk } = levels[level]!;
      const estimate = estimated(strataOf(sample, differences), control.means, known, { intervals, risk });
      if (!estimate.losses.every(Number.isFinite)) return null;
      const resolution = slice.resolution(estimate.losses, examples);
      const least = toleranceOf(estimate, tolerance, resolution);
      const widest = Math.max(...estimate.halves);
      if (widest <= least) {
        const decision = decideSlice(estimate, tolerance, resolution, slice.resolution(estimate.losses, count));
        if (decision.isDecided) return { examples, decision, resolution, inner: innerPoints(estimate) };
      }
      const [now, next] = [levels[level]!.known, levels[level + 1]?.known];
      const look = nextLook({
        count,
        examples,
        shrinks: least / widest,
        stage: stages[index + 1] ?? null,
        unknown: points.length - now.length,
        more: next ? next.length - now.length : null,
      });
      if (look === 'give up') return null;
      if (look === 'grow') break;
      const more = next!.filter((k) => !known.has(k));
      const evaluated = await slice.know(more);
      if (evaluated === null) return 'stopped';
      if (!evaluated.every((point) => Number.isFinite(point.loss))) return null;
      more.forEach((k, at) => known.set(k, evaluated[at]!));
      level++;
      control = controlNow();
      differences = new Map();
    }
  }
  return null;

  function innerPoints({ losses, standardErrors }: Estimate): SampledPoint[] {
    const hits = hitControl([start.outputs, end.outputs], labels, intervals);
    const off: Rows = new Map();
    addDifferences(seen.hits, hits.of, off);
    const strata = strataOf(sample, off);
    return points.map((k) => {
      const accuracy = hits.means[k - 1]! + stratifiedMean(strata, [[k - 1, 1]]).mean;
      return {
        loss: losses[k]!,
        accuracy: known.has(k) ? known.get(k)!.accuracy : Math.min(1, Math.max(0, accuracy)),
        standardError: standardErrors[k]!,
      };
    });
  }
}

/** Values of one example by inner point. @param points which the columns are of */
function rowAt(
  columns: readonly ArrayLike<number>[],
  at: number,
  points: readonly number[],
  inner: number,
): Float64Array {
  const row = new Float64Array(inner);
  points.forEach((k, column) => (row[k - 1] = columns[column]![at]!));
  return row;
}

/** Adds the differences to a control of the examples that have none yet. */
function addDifferences(values: Rows, control: (example: number, into: Float64Array) => void, differences: Rows): void {
  for (const [example, seen] of values) {
    if (differences.has(example)) continue;
    const row = new Float64Array(seen.length);
    control(example, row);
    for (let k = 0; k < row.length; k++) row[k] = seen[k]! - row[k]!;
    differences.set(example, row);
  }
}

function strataOf({ strata }: StratifiedSample, rows: Rows): SeenStratum[] {
  return strata.map(({ size, drawn }) => ({ size, rows: drawn.map((example) => rows.get(example)!) }));
}

/** Losses at all points with their intervals. @param means of the control variate, k = 1…K−1 */
function estimated(
  strata: readonly SeenStratum[],
  means: Float64Array,
  known: ReadonlyMap<number, KnownPoint>,
  { intervals, risk }: { intervals: number; risk: number },
): Estimate {
  /** Of a contrast of losses at some k with weights; what is known has no part in it. */
  const of = (...weighted: (readonly [k: number, weight: number])[]): StratifiedMean => {
    const contrast: Contrast = weighted.filter(([k]) => !known.has(k)).map(([k, weight]) => [k - 1, weight]);
    return stratifiedMean(strata, contrast);
  };
  const halfOf = ({ standardError, freedom }: StratifiedMean): number =>
    standardError === 0 ? 0 : studentQuantile(risk, freedom) * standardError;
  const all = Array.from({ length: intervals + 1 }, (_, k) => {
    const exact = known.get(k);
    if (exact) return { loss: exact.loss, half: 0, standardError: null };
    const found = of([k, 1]);
    return { loss: means[k - 1]! + found.mean, half: halfOf(found), standardError: found.standardError };
  });
  return {
    losses: all.map(({ loss }) => loss),
    halves: all.map(({ half }) => half),
    standardErrors: all.map(({ standardError }) => standardError),
    halfBetween: (j, k) => halfOf(of([j, 1], [k, -1])),
    halfBend: (k) => halfOf(of([k - 1, 1], [k, -2], [k + 1, 1])),
  };
}
