/** What evaluating a set of examples yields, from losses per example. */
import type { Loss } from '../../../shared/losses/index.ts';
import type { ScaledColumn } from '../../datasets/load.ts';

/** Loss and accuracy at one point of parameter space. */
export interface Measurement {
  /** Mean loss; NaN or infinite where the network's output is. */
  loss: number;
  /** Share classified correctly, 0 to 1; null where targets are real numbers. */
  accuracy: number | null;
  /** How near outputs are to targets that are real numbers; null where they are classes, or where it was not asked for. */
  fit: Fit | null;
  /** Standard error of the loss, when the examples are a sample of a larger set; null for a whole set. */
  standardError: number | null;
  /** Loss of every example, float32, in the evaluator's order. */
  losses: Float32Array;
  /** How large the logits are that the loss is made of, see {@link logitSize}. */
  logitSize: number;
  /** The network's outputs, [examples, outputs of each]; only of an evaluator that keeps them. */
  outputs?: Float32Array;
}

/** How near a network's outputs are to targets that are real numbers, each the mean over the outputs. */
export interface Fit {
  /** Root mean squared error over the examples, in the targets' own units. */
  rmse: number;
  /** 1 − Σ (target − output)² / Σ (target − mean target)² over the examples; NaN where a target is constant among them. */
  rSquared: number;
}

/**
 * How near outputs are to standardised targets, as scikit-learn's `root_mean_squared_error` and `r2_score` tell it of several targets:
 * uniform averages. R² does not depend on the standardisation; the errors are taken back to the targets' own units.
 * @param outputs [examples, columns]
 * @param targets [examples, columns]
 */
export function fitOf(
  outputs: Float32Array,
  targets: Float32Array,
  columns: readonly Pick<ScaledColumn, 'deviation'>[],
): Fit {
  const width = columns.length;
  const count = targets.length / width;
  let [rmse, rSquared] = [0, 0];
  for (const [column, { deviation }] of columns.entries()) {
    let sum = 0;
    for (let at = column; at < targets.length; at += width) sum += targets[at]!;
    const mean = sum / count;
    let [away, spread] = [0, 0];
    for (let at = column; at < targets.length; at += width) {
      away += (outputs[at]! - targets[at]!) ** 2;
      spread += (targets[at]! - mean) ** 2;
    }
    rmse += (deviation * Math.sqrt(away / count)) / width;
    rSquared += (spread > 0 ? 1 - away / spread : NaN) / width;
  }
  return { rmse, rSquared };
}

/** What the losses were made of. */
export interface Outputs {
  /** The network's outputs, [examples, outputs]. */
  values: Float32Array;
  /** Of the loss, see {@link Loss}. */
  sensitivity: Loss['sensitivity'];
}

/**
 * Sums a set up in float64.
 * @param losses of every example
 * @param correct 1 or 0 for every example; null where it is not told, as where targets are real numbers
 * @param population size of the set that these examples were drawn from without replacement; their own number for a whole set
 * @param outputs [examples, outputs] and what the loss makes of them, for {@link logitSize}; left out where its rounding does not matter
 * @param fit where targets are real numbers
 */
export function summarise(
  losses: Float32Array,
  correct: Float32Array | null,
  population: number,
  outputs: Outputs | null = null,
  fit: Fit | null = null,
): Measurement {
  let total = 0;
  let right = 0;
  for (let index = 0; index < losses.length; index++) {
    total += losses[index]!;
    if (correct) right += correct[index]!;
  }
  const loss = total / losses.length;
  return {
    loss,
    accuracy: correct ? right / losses.length : null,
    fit,
    standardError: population > losses.length ? standardError(losses, population) : null,
    losses,
    logitSize: outputs ? logitSize(outputs, losses) : 0,
  };
}

/**
 * z = √(Σ (s(ℓᵢ) · max |logits of i|)²) / n: what the mean of n losses takes from relative errors of single logits that have nothing to
 * do with each other, s being the loss's sensitivity: an example's cross-entropy moves by at most 1 − e^−ℓ ≤ min(1, ℓ) of what the logit of its
 * label does.
 * @param losses of every example
 */
export function logitSize({ values: logits, sensitivity }: Outputs, losses: Float32Array): number {
  const each = logits.length / losses.length;
  let squares = 0;
  for (let example = 0; example < losses.length; example++) {
    let most = 0;
    const end = (example + 1) * each;
    for (let index = example * each; index < end; index++) {
      const size = logits[index]!;
      if (size > most) most = size;
      else if (-size > most) most = -size;
    }
    squares += (sensitivity(losses[example]!) * most) ** 2;
  }
  return Math.sqrt(squares) / losses.length;
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

/** A number, or null where it is not finite: how records say that a loss is gone. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Accuracy of a measurement; null where its loss is not finite, or targets are real numbers. */
export function accuracyOf({ loss, accuracy }: Measurement): number | null {
  return Number.isFinite(loss) ? accuracy : null;
}
