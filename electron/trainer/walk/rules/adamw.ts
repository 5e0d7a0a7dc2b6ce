/** The rule of AdamW. */
import { multiply } from '../../../../shared/graph/ops/index.ts';
import { alongMoments, momentNumbers } from './adam.ts';
import type { UpdateRule } from './rule.ts';

/** One update as `torch.optim.AdamW` does it: θ ← (1 − learningRate · weightDecay) · θ, then {@link alongMoments} of the gradient alone. */
export const adamw: UpdateRule<'adamw'> = {
  graph(operands, settings) {
    const { current, gradient, number } = operands;
    const from = settings.weightDecay === 0 ? current : multiply(current, number('kept'));
    return alongMoments(operands, settings, from, gradient);
  },
  numbers: (iteration, learningRate, settings) => ({
    ...momentNumbers(iteration, learningRate, settings),
    ...(settings.weightDecay === 0 ? {} : { kept: 1 - learningRate * settings.weightDecay }),
  }),
};
