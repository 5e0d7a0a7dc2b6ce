/** Gradient descent: the whole training set is every batch. */
import { defineOptimizer } from './define.ts';
import { learningRate, momenta, stepping, weightDecay } from './settings.ts';
import { hasMomentum, momentumEdge, momentumWork, nesterovProblem } from './sgd.ts';

/** Declares it. */
export const gd = defineOptimizer({
  key: 'gd',
  title: 'Gradient descent (GD)',
  help: 'gradient descent along that of the whole training set, one iteration an epoch',
  evidence: true,
  settings: { learningRate: learningRate(0.5), ...stepping, ...momenta, weightDecay: weightDecay() },
  vectors: { velocity: hasMomentum },
  work: momentumWork,
  problem: nesterovProblem,
  edge: momentumEdge,
});
