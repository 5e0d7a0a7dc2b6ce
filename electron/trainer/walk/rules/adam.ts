/** The rule of Adam, and the step that AdamW shares. */
import type { StepSums } from '../vector.ts';
import { updateEach } from './rule.ts';
import type { Update, UpdateRule } from './rule.ts';

/** One update as `torch.optim.Adam` does it: {@link alongMoments} of the gradient with its weight decay. */
export const adam: UpdateRule<'adam'> = (update) =>
  alongMoments(update, { decay: update.settings.weightDecay, kept: 1 });

/**
 * A step along the moments, and its lengths, with d = g + decay·θ and t counted from 1: m ← β₁·m + (1 − β₁)·d; v ← β₂·v + (1 − β₂)·d²;
 * θ ← kept·θ − learningRate · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε).
 */
export function alongMoments(
  update: Update<'adam'> | Update<'adamw'>,
  { decay, kept }: { decay: number; kept: number },
): StepSums {
  const { iteration, learningRate } = update;
  const { firstMoment, secondMoment } = update.vectors;
  const { beta1, beta2, epsilon } = update.settings;
  const step = learningRate / (1 - beta1 ** (iteration + 1));
  const root = Math.sqrt(1 - beta2 ** (iteration + 1));
  return updateEach(update, (index, here, gradient) => {
    const direction = gradient + decay * here;
    firstMoment[index] = beta1 * firstMoment[index]! + (1 - beta1) * direction;
    secondMoment[index] = beta2 * secondMoment[index]! + (1 - beta2) * direction ** 2;
    return kept * here - (step * firstMoment[index]) / (Math.sqrt(secondMoment[index]) / root + epsilon);
  });
}
