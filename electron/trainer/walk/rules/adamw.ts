/** The rule of AdamW. */
import { alongMoments } from './adam.ts';
import type { UpdateRule } from './rule.ts';

/** One update as `torch.optim.AdamW` does it: θ ← (1 − learningRate · weightDecay) · θ, then {@link alongMoments} of the gradient alone. */
export const adamw: UpdateRule<'adamw'> = (update) =>
  alongMoments(update, { decay: 0, kept: 1 - update.learningRate * update.settings.weightDecay });
