/** How many examples a sequential slice looks at, and how sure each look has to be, so that all of them together are wrong at most so often. */

/** Examples of the first stage. */
export const firstStage = 400;

/** Each stage has so many times the examples of the one before. */
const stageGrowth = 1.35;

/** A stage of more than this share of the set costs more than it can save: then the whole set is evaluated. */
const mostOfSet = 0.5;

/**
 * Examples of a typical sample, for estimates of work: the third stage's, or the whole of a set that is too small to be sampled.
 * @param count examples of the whole set
 */
export function typicalSample(count: number): number {
  const { stages } = samplingPlan(count, 2, 0.5);
  return stages[Math.min(2, stages.length - 1)] ?? count;
}

/** Share of the risk that looks with nothing known between the ends have, where there are others. */
const firstShare = 0.75;

/** What is known of a slice on the whole set when it is looked at. */
interface Level {
  /** Points between the ends, ascending. */
  known: readonly number[];
  /** Probability with which one contrast at one look may lie outside of its interval, both sides together. */
  risk: number;
}

/** When a slice is looked at, and what each look may be wrong by. */
export interface SamplingPlan {
  /** Examples in the sample at each stage, ascending; the whole set follows the last. Empty for a set too small to be sampled. */
  stages: readonly number[];
  /** Ascending. */
  levels: readonly Level[];
}

/**
 * Contrasts of a slice that its answers are made of: the loss at every inner point (height, interior floor, barrier), every second difference
 * (convexity), and the difference of every two inner points (where the floor is, wherever it turns out to be).
 * @param intervals K ≥ 2
 */
export function contrastsOf(intervals: number): number {
  const inner = intervals - 1;
  return 2 * inner + (inner * (inner - 1)) / 2;
}

/**
 * Points that may be known on the whole set, by level: none, the one in the middle, and two more at some 0.2 and 0.8, which with the ends
 * is near Chebyshev's points, where polynomials do not swing. Each leaves half of the points to the sample at least.
 */
function knownAt(intervals: number): (readonly number[])[] {
  const [outer, middle] = [Math.round(intervals / 5), Math.round(intervals / 2)];
  return [[], ...(intervals >= 4 ? [[middle]] : []), ...(intervals >= 8 ? [[outer, middle, intervals - outer]] : [])];
}

/**
 * Plans the looks at a slice. Bonferroni over all contrasts, stages and levels: the probability that any interval at any look fails is at most
 * 1 − confidence, however they depend on each other, so that a sample may be looked at as often as there are stages, at whichever level what was seen suggests, and
 * the floor may be chosen after looking. At these few, geometric stages that is narrower than an asymptotic confidence sequence, which holds at every size of
 * sample (Waudby-Smith et al., 2024; docs/decisions/0054 has figures).
 * @param count examples of the whole set
 * @param intervals K ≥ 2
 * @param confidence in (0, 1), of all answers of a slice together
 */
export function samplingPlan(count: number, intervals: number, confidence: number): SamplingPlan {
  const stages: number[] = [];
  for (let size = firstStage; size <= mostOfSet * count; size *= stageGrowth) stages.push(Math.round(size));
  const risk = (1 - confidence) / (contrastsOf(intervals) * Math.max(1, stages.length));
  const points = knownAt(intervals);
  const shareOf = (level: number): number =>
    points.length === 1 ? 1 : level === 0 ? firstShare : (1 - firstShare) / (points.length - 1);
  return { stages, levels: points.map((known, level) => ({ known, risk: shareOf(level) * risk })) };
}

/** What to do about a slice that a look did not decide. */
export type NextLook = 'grow' | 'know more' | 'give up';

/**
 * What a slice is decided by at the least cost, as far as can be foreseen: a larger sample, more points known on the whole set, or all of them. Widths go with
 * √(1/n − 1/N). None of these is ever wrong, and so looking ahead costs no confidence.
 * @param shrinks what the widest interval has to shrink to, as a share of its width; NaN where there is no telling
 * @param stage examples of the next stage; null after the last
 * @param unknown points that a sample is evaluated at
 * @param more points that the next level knows beyond the present; null after the last
 */
export function nextLook({
  count,
  examples,
  shrinks,
  stage,
  unknown,
  more,
}: {
  count: number;
  examples: number;
  shrinks: number;
  stage: number | null;
  unknown: number;
  more: number | null;
}): NextLook {
  const needed = 1 / (1 / count + (1 / examples - 1 / count) * Math.min(1, shrinks) ** 2);
  const isEnough = stage !== null && needed <= mostOfSet * count;
  const larger = isEnough ? Math.max(stage, needed) - examples : Infinity;
  if (more !== null && !(larger * unknown <= more * count)) return 'know more';
  return isEnough ? 'grow' : 'give up';
}
