/** The edge of stability of an optimiser: the curvature of a quadratic from which on its steps climb. */
import { clips } from '../clipping/index.ts';
import type { OptimizerSettings } from './index.ts';

/**
 * η·λ at the edge, λ being the curvature of a quadratic along one of its eigenvectors and η the learning rate: 2 of plain gradient descent,
 * 2(1 + μ)/(1 − dampening) with momentum μ, 2(1 + μ)/(1 + 2μ) with Nesterov's (where a root of the step's 2 × 2 matrix reaches −1; the
 * former is Goh, "Why momentum really works", 2017). Null where a step is no fixed multiple of gradients: Adam, AdamW and RMSProp scale each
 * component by a root of its own, and clipping shortens.
 */
export function edgeFactorOf(optimizer: OptimizerSettings): number | null {
  if (clips(optimizer.clipping)) return null;
  switch (optimizer.kind) {
    case 'sgd':
    case 'gd':
    case 'gd-isotropic-noise': {
      const { momentum, dampening, nesterov } = optimizer;
      // without momentum there is nothing to dampen
      if (momentum === 0) return 2;
      return (2 * (1 + momentum)) / (nesterov ? 1 + 2 * momentum : 1 - dampening);
    }
    case 'adam':
    case 'adamw':
    case 'rmsprop':
      return null;
  }
}

/**
 * The curvature λ of L at the edge, {@link edgeFactorOf}/η − weight decay: steps go down L + ½·decay·‖θ‖², whose curvature is λ + decay. Null where there
 * is no edge.
 */
export function edgeOf(optimizer: OptimizerSettings, learningRate: number): number | null {
  const factor = edgeFactorOf(optimizer);
  return factor === null ? null : factor / learningRate - optimizer.weightDecay;
}
