/** Cross-entropy, composed of other operations so that every backend and every derivative has it at once. */
import type { Tensor } from '../tensor.ts';
import { multiply, negate, subtract } from './arithmetic.ts';
import { oneHot } from './labels.ts';
import { constant } from './leaf.ts';
import { sum } from './reduce.ts';
import { logSoftmax } from './softmax.ts';

/**
 * Softmax cross-entropy of every example in nats: −log softmax(logits)[label].
 * @param logits [n, classes]
 * @param labels int [n], or float [n, classes] of target probabilities (one-hot rows)
 * @returns [n]
 * @throws Error when the shapes do not fit.
 */
export function crossEntropy(logits: Tensor, labels: Tensor): Tensor {
  const targets = labels.dtype === 'int' ? oneHot(labels, logits.shape.at(-1)!) : labels;
  return negate(sum(multiply(logSoftmax(logits), targets), [-1]));
}

/**
 * The same loss by the margins to the label's logit, log(1 + Σ over the other classes of exp(z_j − z_label)), whose derivatives keep their
 * relative accuracy in float32. {@link crossEntropy}'s gradient has p_label − 1, of which nothing is left below 10⁻⁷ where a prediction
 * is nearly certain, though all of the loss's curvature may lie there. Here the label's part is minus the sum of the others.
 * @param logits [n, classes]
 * @param labels int [n]
 * @returns [n]
 * @throws Error when the shapes do not fit.
 */
export function crossEntropyByMargins(logits: Tensor, labels: Tensor): Tensor {
  const target = oneHot(labels, logits.shape.at(-1)!);
  const others = subtract(constant(1, target.shape), target);
  // the mask leaves the label's margin 0, and lets no gradient pass through it
  const margins = multiply(others, subtract(logits, sum(multiply(logits, target), [-1], true)));
  return crossEntropy(margins, target);
}
