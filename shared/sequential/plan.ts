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

/** When a slice is looked at, and what each look may be wrong by. */
export interface SamplingPlan {
  /** Examples in the sample at each stage, ascending; the whole set follows the last. Empty for a set too small to be sampled. */
  stages: readonly number[];
  /** Probability with which one contrast at one stage may lie outside of its interval, both sides together. */
  risk: number;
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
 * Plans the stages of a slice. Bonferroni over all contrasts and stages: the probability that any interval at any stage fails is at most
 * 1 − confidence, however they depend on each other, so that a sample may be looked at as often as there are stages, and the floor may be
 * chosen after looking. At these few, geometric stages that is narrower than an asymptotic confidence sequence, which holds at every size of
 * sample (Waudby-Smith et al., 2024; docs/decisions/0054 has figures).
 * @param count examples of the whole set
 * @param intervals K ≥ 2
 * @param confidence in (0, 1), of all answers of a slice together
 */
export function samplingPlan(count: number, intervals: number, confidence: number): SamplingPlan {
  const stages: number[] = [];
  for (let size = firstStage; size <= mostOfSet * count; size *= stageGrowth) stages.push(Math.round(size));
  return { stages, risk: (1 - confidence) / (contrastsOf(intervals) * Math.max(1, stages.length)) };
}

/**
 * Whether so large a sample is to be expected that the whole set costs less: widths go with √(1/n − 1/N). That the whole set is evaluated
 * is never wrong, and so looking ahead costs no confidence.
 * @param shrinks what the widest interval has to shrink to, as a share of its width; NaN where there is no telling
 */
export function isHopeless({
  count,
  examples,
  shrinks,
}: {
  count: number;
  examples: number;
  shrinks: number;
}): boolean {
  const needed = 1 / (1 / count + (1 / examples - 1 / count) * shrinks ** 2);
  return !(needed <= mostOfSet * count);
}
