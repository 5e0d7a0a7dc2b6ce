/** The rule of Adam. */
import { updateEach } from './rule.ts';
import type { UpdateRule } from './rule.ts';

/**
 * One update as `torch.optim.Adam` does it, and its lengths, with d = g + weightDecay·θ and t counted from 1:
 * m ← β₁·m + (1 − β₁)·d; v ← β₂·v + (1 − β₂)·d²; θ ← θ − learningRate · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε).
 */
export const adam: UpdateRule<'adam'> = (update) => {
  const { iteration, learningRate } = update;
  const { firstMoment, secondMoment } = update.vectors;
  const { beta1, beta2, epsilon, weightDecay } = update.settings;
  const step = learningRate / (1 - beta1 ** (iteration + 1));
  const root = Math.sqrt(1 - beta2 ** (iteration + 1));
  return updateEach(update, (index, here, gradient) => {
    const direction = gradient + weightDecay * here;
    firstMoment[index] = beta1 * firstMoment[index]! + (1 - beta1) * direction;
    secondMoment[index] = beta2 * secondMoment[index]! + (1 - beta2) * direction ** 2;
    return here - (step * firstMoment[index]!) / (Math.sqrt(secondMoment[index]!) / root + epsilon);
  });
};
