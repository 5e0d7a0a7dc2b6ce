/** The rule of Adam. */
import type { UpdateRule } from './rule.ts';

/**
 * One update as `torch.optim.Adam` does it, and its lengths, with d = g + weightDecay·θ and t counted from 1:
 * m ← β₁·m + (1 − β₁)·d; v ← β₂·v + (1 − β₂)·d²; θ ← θ − learningRate · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε).
 * float64 arithmetic, each stored element rounded to float32 once; one pass over memory.
 */
export const adam: UpdateRule<'adam'> = (update) => {
  const { current, next, initial, gradient, previous, iteration, learningRate } = update;
  const { firstMoment, secondMoment } = update.vectors;
  const { beta1, beta2, epsilon, weightDecay } = update.settings;
  const step = learningRate / (1 - beta1 ** (iteration + 1));
  const root = Math.sqrt(1 - beta2 ** (iteration + 1));
  const sums = { gradient: 0, product: 0, update: 0, distance: 0 };
  for (let index = 0; index < current.length; index++) {
    const here = current[index]!;
    const gradientHere = gradient[index]!;
    const direction = gradientHere + weightDecay * here;
    const mean = (firstMoment[index] = Math.fround(beta1 * firstMoment[index]! + (1 - beta1) * direction));
    const square = (secondMoment[index] = Math.fround(beta2 * secondMoment[index]! + (1 - beta2) * direction ** 2));
    const there = (next[index] = Math.fround(here - (step * mean) / (Math.sqrt(square) / root + epsilon)));
    sums.gradient += gradientHere ** 2;
    sums.product += gradientHere * previous[index]!;
    sums.update += (there - here) ** 2;
    sums.distance += (there - initial[index]!) ** 2;
  }
  return sums;
};
