/** Stochastic gradient descent, as `torch.optim.SGD` without dampening and Nesterov. */
import { defineOptimizer } from './define.ts';
import { batchSize, learningRate, momentum, stepping, weightDecay } from './settings.ts';

/** Whether a velocity is kept. */
export const hasMomentum = (settings: { momentum: number }): boolean => settings.momentum > 0;

/** Declares it. */
export const sgd = defineOptimizer({
  key: 'sgd',
  title: 'Stochastic gradient descent (SGD)',
  help: 'SGD steps along the gradient of one batch',
  evidence: true,
  settings: { learningRate: learningRate(0.5), batchSize, ...stepping, momentum, weightDecay },
  vectors: { velocity: hasMomentum },
});
