/**
 * The control variate of a sequential slice: the loss of the outputs interpolated linearly between those at both ends. It needs no pass through
 * the network, is known for every example, and so its mean over the whole set is exact; only what the network does differently
 * from a straight line of its outputs has to be estimated on a sample.
 */
import type { Loss } from '../losses/index.ts';

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
  loss: Pick<Loss, 'value'>,
): ControlVariate {
  const count = start.losses.length;
  const classes = start.outputs.length / count;
  const inner = intervals - 1;
  const blended = new Float64Array(classes);
  function of(example: number, into: Float64Array): void {
    const from = example * classes;
    const label = labels[example]!;
    for (let index = 0; index < inner; index++) {
      const alpha = (index + 1) / intervals;
      let best = 0;
      for (let at = 0; at < classes; at++) {
        blended[at] = (1 - alpha) * start.outputs[from + at]! + alpha * end.outputs[from + at]!;
        if (blended[at]! > blended[best]!) best = at;
      }
      into[index] = loss.value(blended, label);
      into[inner + index] = Number(best === label);
    }
  }
  const totals = new Float64Array(2 * inner);
  const own = new Float64Array(2 * inner);
  for (let example = 0; example < count; example++) {
    of(example, own);
    for (let index = 0; index < own.length; index++) totals[index]! += own[index]!;
  }
  for (let index = 0; index < totals.length; index++) totals[index]! /= count;
  return { losses: totals.subarray(0, inner), accuracies: totals.subarray(inner), of };
}
