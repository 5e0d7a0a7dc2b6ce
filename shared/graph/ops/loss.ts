/** Losses, composed of other operations so that every backend and every derivative has them at once. */
import type { Tensor } from '../tensor.ts';
import { add, multiply, negate, scale, subtract } from './arithmetic.ts';
import { oneHot } from './labels.ts';
import { constant } from './leaf.ts';
import { sum } from './reduce.ts';
import { logSoftmax } from './softmax.ts';

/** One-hot rows of labels, int [n], for outputs [n, classes]; targets as they are, float [n, classes]. */
function targetsOf(outputs: Tensor, labels: Tensor): Tensor {
  return labels.dtype === 'int' ? oneHot(labels, outputs.shape.at(-1)!) : labels;
}

/** Targets of which a share is spread evenly over all classes, as `label_smoothing` of PyTorch's `CrossEntropyLoss`. */
function smoothed(targets: Tensor, share: number): Tensor {
  return share === 0 ? targets : add(scale(targets, 1 - share), constant(share / targets.shape.at(-1)!));
}

/**
 * Softmax cross-entropy of every example in nats: −Σ target · log softmax(logits).
 * @param logits [n, classes]
 * @param labels int [n], or float [n, classes] of target probabilities (one-hot rows)
 * @param labelSmoothing share of the target that is spread evenly over all classes
 * @returns [n]
 * @throws Error when the shapes do not fit.
 */
export function crossEntropy(logits: Tensor, labels: Tensor, labelSmoothing = 0): Tensor {
  const targets = smoothed(targetsOf(logits, labels), labelSmoothing);
  return negate(sum(multiply(logSoftmax(logits), targets), [-1]));
}

/**
 * The same loss by the margins to the label's logit, log(1 + Σ over the other classes of exp(z_j − z_label)) without smoothing, whose
 * derivatives keep their relative accuracy in float32. {@link crossEntropy}'s gradient has p_label − 1, of which nothing is left below 10⁻⁷ where
 * a prediction is nearly certain, though all of the loss's curvature may lie there. Here the label's part is minus the sum of the others.
 * @param logits [n, classes]
 * @param labels int [n]
 * @param labelSmoothing as above
 * @returns [n]
 * @throws Error when the shapes do not fit.
 */
export function crossEntropyByMargins(logits: Tensor, labels: Tensor, labelSmoothing = 0): Tensor {
  const target = oneHot(labels, logits.shape.at(-1)!);
  const others = subtract(constant(1, target.shape), target);
  // the mask leaves the label's margin 0, and lets no gradient pass through it
  const margins = multiply(others, subtract(logits, sum(multiply(logits, target), [-1], true)));
  return crossEntropy(margins, target, labelSmoothing);
}

/**
 * Half the squared distance of every example's outputs from its target, ½ Σ (output − target)².
 * @param outputs [n, classes]
 * @param labels int [n], whose targets are one-hot rows, or float [n, classes] of targets
 * @returns [n]
 * @throws Error when the shapes do not fit.
 */
export function squaredError(outputs: Tensor, labels: Tensor): Tensor {
  const away = subtract(outputs, targetsOf(outputs, labels));
  return scale(sum(multiply(away, away), [-1]), 0.5);
}
