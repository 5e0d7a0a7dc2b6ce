/** What evaluating a set of examples yields, from losses per example. */

/** Loss and accuracy at one point of parameter space. */
export interface Measurement {
  /** Mean cross-entropy in nats; NaN or infinite where the network's output is. */
  loss: number;
  /** Share classified correctly, 0 to 1. */
  accuracy: number;
  /** Standard error of the loss, when the examples are a sample of a larger set; null for a whole set. */
  standardError: number | null;
  /** Cross-entropy of every example, float32, in the evaluator's order. */
  losses: Float32Array;
}

/**
 * Sums a set up in float64.
 * @param losses cross-entropy of every example
 * @param correct 1 or 0 for every example
 * @param population size of the set that these examples were drawn from without replacement; their own number for a whole set
 */
export function summarise(losses: Float32Array, correct: Float32Array, population: number): Measurement {
  let total = 0;
  let right = 0;
  for (let index = 0; index < losses.length; index++) {
    total += losses[index]!;
    right += correct[index]!;
  }
  const loss = total / losses.length;
  return {
    loss,
    accuracy: right / losses.length,
    standardError: population > losses.length ? standardError(losses, population) : null,
    losses,
  };
}

/**
 * Standard error of the mean of n values drawn from a population of N without replacement:
 * √(s²/n · (1 − n/N)), s² with n − 1 in the denominator (Cochran, Sampling Techniques, 2.6). NaN for a single value.
 */
export function standardError(values: ArrayLike<number>, population: number): number {
  const count = values.length;
  let total = 0;
  for (let index = 0; index < count; index++) total += values[index]!;
  const average = total / count;
  let squares = 0;
  for (let index = 0; index < count; index++) squares += (values[index]! - average) ** 2;
  return Math.sqrt((squares / (count - 1) / count) * (1 - count / population));
}
