/** The rule of RMSProp. */
import { updateEach } from './rule.ts';
import type { UpdateRule } from './rule.ts';

/**
 * One update as `torch.optim.RMSprop` does it, and its lengths, with d = g + weightDecay·θ: s ← α·s + (1 − α)·d²; centred, a ← α·a + (1 − α)·d;
 * b ← momentum·b + d / (√(s − a²) + ε); θ ← θ − learningRate·b. Where rounding leaves s below a², of gradients that are all alike, the
 * root is 0 (PyTorch's is NaN).
 */
export const rmsprop: UpdateRule<'rmsprop'> = (update) => {
  const { learningRate } = update;
  const { squareAverage, gradientAverage, velocity } = update.vectors;
  const { alpha, epsilon, momentum, weightDecay } = update.settings;
  return updateEach(update, (index, here, gradient) => {
    const direction = gradient + weightDecay * here;
    squareAverage[index] = alpha * squareAverage[index]! + (1 - alpha) * direction ** 2;
    let spread = squareAverage[index];
    if (gradientAverage) {
      gradientAverage[index] = alpha * gradientAverage[index]! + (1 - alpha) * direction;
      spread = Math.max(0, spread - gradientAverage[index] ** 2);
    }
    const scaled = direction / (Math.sqrt(spread) + epsilon);
    if (!velocity) return here - learningRate * scaled;
    velocity[index] = momentum * velocity[index]! + scaled;
    return here - learningRate * velocity[index];
  });
};
