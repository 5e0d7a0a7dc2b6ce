/**
 * The control variate of a sequential slice: the loss of the outputs interpolated linearly between those at both ends. It needs no pass through
 * the network, is known for every example, and so its mean over the whole set is exact; only what the network does differently
 * from a straight line of its outputs has to be estimated on a sample.
 */
import type { Loss, OutputEnds } from '../losses/index.ts';

/** A measured end of a slice. */
export interface MeasuredEnd {
  /** Loss of every example. */
  losses: Float32Array;
  /** The network's outputs, [examples, classes]. */
  outputs: Float32Array;
}

/** Losses of interpolated outputs. */
export interface ControlVariate {
  /** Means over all examples at every inner α_k, k = 1…K−1. */
  losses: Float64Array;
  /** Shares of examples that they classify correctly. */
  accuracies: Float64Array;
  /**
   * The same of one example.
   * @param into K − 1 losses and then as many hits (1 or 0) are written there
   */
  of(example: number, into: Float64Array): void;
}

/**
 * Makes the control variate of a slice: at α the loss of (1−α)·z₀ + α·z₁, in float64.
 * @param labels class of every example
 * @param intervals K ≥ 2
 */
export function controlVariate(
  [start, end]: readonly [MeasuredEnd, MeasuredEnd],
  labels: ArrayLike<number>,
  intervals: number,
  loss: Pick<Loss, 'between'>,
): ControlVariate {
  const count = start.losses.length;
  const inner = intervals - 1;
  const outputs: OutputEnds = { start: start.outputs, end: end.outputs, classes: start.outputs.length / count };
  const losses = new Float64Array(inner);
  const hits = new Float64Array(inner);
  const totals = { losses: new Float64Array(inner), accuracies: new Float64Array(inner) };
  for (let example = 0; example < count; example++) {
    const label = labels[example]!;
    loss.between(outputs, example, label, losses);
    hitsBetween(outputs, example, label, hits);
    for (let k = 0; k < inner; k++) {
      totals.losses[k]! += losses[k]!;
      totals.accuracies[k]! += hits[k]!;
    }
  }
  for (const means of Object.values(totals)) for (let k = 0; k < inner; k++) means[k]! /= count;
  return {
    ...totals,
    of(example, into) {
      loss.between(outputs, example, labels[example]!, into.subarray(0, inner));
      hitsBetween(outputs, example, labels[example]!, into.subarray(inner));
    },
  };
}

/**
 * Whether the label has the greatest of the outputs on a line, the first of equal ones, as `correct` has it: 1 or 0 at every inner point. Each other class's margin
 * goes straight, so that one below 0 at both ends never wins, and one above 0 at both always does.
 * @param into K − 1 hits are written there
 */
function hitsBetween({ start, end, classes }: OutputEnds, example: number, label: number, into: Float64Array): void {
  const from = example * classes;
  const [atStart, atEnd] = [start[from + label]!, end[from + label]!];
  into.fill(1);
  for (let at = 0; at < classes; at++) {
    const [first, last] = [start[from + at]! - atStart, end[from + at]! - atEnd];
    if ((first < 0 && last < 0) || at === label) continue;
    for (let k = 1; k <= into.length; k++) {
      const margin = (into.length + 1 - k) * first + k * last;
      if (at < label ? margin >= 0 : margin > 0) into[k - 1] = 0;
    }
  }
}
