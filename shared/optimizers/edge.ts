/** The edge of stability of an optimiser: the curvature of a quadratic from which on its steps climb. */
import { clips } from '../clipping/index.ts';
import { declaredEdge } from './index.ts';
import type { OptimizerSettings } from './index.ts';

/**
 * η·λ at the edge, λ being the curvature of a quadratic along one of its eigenvectors and η the learning rate. Null where a step is no fixed
 * multiple of gradients: of optimisers that scale components, and where gradients are clipped.
 */
export function edgeFactorOf(optimizer: OptimizerSettings): number | null {
  return clips(optimizer.clipping) ? null : declaredEdge(optimizer);
}

/**
 * The curvature λ of L at the edge, {@link edgeFactorOf}/η − weight decay: steps go down L + ½·decay·‖θ‖², whose curvature is λ + decay. Null where there
 * is no edge.
 */
export function edgeOf(optimizer: OptimizerSettings, learningRate: number): number | null {
  const factor = edgeFactorOf(optimizer);
  return factor === null ? null : factor / learningRate - optimizer.weightDecay;
}
