/** The update of an optimiser on the host: clipping of the gradient, and the rule as a loop. */
import type { OptimizerSettings } from '../../../../shared/optimizers/index.ts';
import { openLoop } from '../loops/loop.ts';
import { loopLength } from '../loops/text.ts';
import type { StepSums } from '../vector.ts';
import { gradientClipping } from './clipping.ts';
import { formulaOf } from './index.ts';
import type { UpdateOf } from './rule.ts';

/** What an update tells; the sums of the gradient are of it before clipping. */
export interface Updated {
  sums: StepSums;
  /** ‖clip(g_t)‖₂; null where gradients are not clipped. */
  clippedNorm: number | null;
}

/** The same, and what the host tells at once. */
interface UpdatedOnHost extends Updated {
  /** ‖θ_t‖₂. */
  norm: number;
}

/** An update, given what the optimiser remembers by name; fastest on vectors of `allocateVectors`, the same to the bit on others. */
export type HostUpdate = (
  update: UpdateOf<Float32Array>,
  remembered: Readonly<Record<string, Float32Array>>,
) => UpdatedOnHost;

/**
 * Opens it.
 * @param vector makes a vector for the clipped gradient, where gradients are clipped
 */
export function openUpdate(optimizer: OptimizerSettings, vector: () => Float32Array): HostUpdate {
  const clip = gradientClipping(optimizer.clipping, vector);
  const { formula, numbers, summedInPairs, sums, norm } = formulaOf(optimizer, loopLength);
  // ‖θ_t‖ was a loop of its own once, one element after the other
  const loop = openLoop(formula, (sum) => (summedInPairs && sum !== 'current' ? 'in pairs' : 'in sequence'));
  return ({ iteration, learningRate, current, next, initial, gradient, previous }, remembered) => {
    const clipped = clip?.(gradient, previous);
    const points = { current, initial, gradient: clipped?.gradient ?? gradient, previous };
    const into = { next, ...remembered };
    const found = loop({ ...points, ...remembered }, numbers(iteration, learningRate), into);
    const told = sums(found);
    return {
      sums: clipped ? { ...told, ...clipped.sums } : told,
      clippedNorm: clipped ? Math.sqrt(told.gradient) : null,
      norm: norm(found),
    };
  };
}
