/** The update of an optimiser on the host: clipping of the gradient, and the rule. */
import type { OptimizerSettings } from '../../../../shared/optimizers/index.ts';
import type { StepSums } from '../vector.ts';
import { gradientClipping } from './clipping.ts';
import { ruleOf } from './index.ts';
import type { UpdateOf } from './rule.ts';

/** What an update tells; the sums of the gradient are of it before clipping. */
export interface Updated {
  sums: StepSums;
  /** ‖clip(g_t)‖₂; null where gradients are not clipped. */
  clippedNorm: number | null;
}

/**
 * Opens it.
 * @param vector makes a vector for the clipped gradient, where gradients are clipped
 * @returns an update, given what the optimiser remembers by name
 */
export function openUpdate(
  optimizer: OptimizerSettings,
  vector: () => Float32Array,
): (update: UpdateOf<Float32Array>, remembered: Readonly<Record<string, Float32Array>>) => Updated {
  const clip = gradientClipping(optimizer.clipping, vector);
  return (update, remembered) => {
    const rule = ruleOf(optimizer, remembered);
    if (!clip) return { sums: rule(update), clippedNorm: null };
    const clipped = clip(update.gradient, update.previous);
    const sums = rule({ ...update, gradient: clipped.gradient });
    return { sums: { ...sums, ...clipped.sums }, clippedNorm: Math.sqrt(sums.gradient) };
  };
}
