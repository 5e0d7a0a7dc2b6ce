/** Cross-entropy, composed of other operations so that every backend and every derivative has it at once. */
import type { Tensor } from '../tensor.ts';
import { multiply, negate } from './arithmetic.ts';
import { oneHot } from './labels.ts';
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
