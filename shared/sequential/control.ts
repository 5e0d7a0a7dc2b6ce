/**
 * The control variates of a sequential slice: the loss of outputs interpolated between the points where they are known. It needs no pass through
 * the network, is known for every example, and so its mean over the whole set is exact; only what the network does differently
 * has to be estimated on a sample. For accuracies the hits of outputs on the line between both ends.
 */
import type { OutputCurve } from '../losses/curve.ts';
import type { Loss } from '../losses/index.ts';

/** Values of every example at the inner points of a slice. */
export interface ControlVariate {
  /** Means over all examples at α_k, k = 1…K−1. */
  means: Float64Array;
  /** Writes those of one example. */
  of: (example: number, into: Float64Array) => void;
}

/** Sums values of all examples up. @param labels class of every example */
function controlOf(
  labels: ArrayLike<number>,
  inner: number,
  values: (example: number, label: number, into: Float64Array) => void,
): ControlVariate {
  const means = new Float64Array(inner);
  const own = new Float64Array(inner);
  for (let example = 0; example < labels.length; example++) {
    values(example, labels[example]!, own);
    for (let k = 0; k < inner; k++) means[k]! += own[k]!;
  }
  for (let k = 0; k < inner; k++) means[k]! /= labels.length;
  return { means, of: (example, into) => values(example, labels[example]!, into) };
}

/** The losses of interpolated outputs, in float64. @param labels class of every example */
export function lossControl(curve: OutputCurve, labels: ArrayLike<number>, loss: Pick<Loss, 'along'>): ControlVariate {
  return controlOf(labels, curve.weights.length, loss.along(curve));
}

/**
 * Whether the label has the greatest of the outputs on the line between both ends, 1 or 0; the first of equal ones, as `correct` has it. Each other class's
 * margin goes straight, so that one below 0 at both ends never wins.
 * @param outputs of every example at both ends, [examples, classes]
 * @param labels class of every example
 * @param intervals K ≥ 2
 */
export function hitControl(
  [start, end]: readonly [Float32Array, Float32Array],
  labels: ArrayLike<number>,
  intervals: number,
): ControlVariate {
  const classes = start.length / labels.length;
  return controlOf(labels, intervals - 1, (example, label, into) => {
    const from = example * classes;
    const atStart = start[from + label]!;
    const atEnd = end[from + label]!;
    into.fill(1);
    for (let at = 0; at < classes; at++) {
      const first = start[from + at]! - atStart;
      const last = end[from + at]! - atEnd;
      if ((first < 0 && last < 0) || at === label) continue;
      for (let k = 1; k < intervals; k++) {
        const margin = (intervals - k) * first + k * last;
        if (at < label ? margin >= 0 : margin > 0) into[k - 1] = 0;
      }
    }
  });
}
