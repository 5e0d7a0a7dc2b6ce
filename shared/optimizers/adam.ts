/** Adam (Kingma and Ba, 2015), as `torch.optim.Adam`: bias-corrected moments of the gradient, L2 weight decay added to it. */
import { defineOptimizer } from './define.ts';
import { average, batchSize, epsilon, learningRate, stepping, weightDecay } from './settings.ts';

/** The averages of Adam and AdamW. */
export const moments = {
  beta1: average('Beta 1', 'gradients', 0.9),
  beta2: average('Beta 2', 'squared gradients', 0.999),
  epsilon,
} as const;

/** Multiply-adds of a step for each parameter beyond plain SGD's: two moments, a root and two divisions. */
export const momentsWork = (): number => 240;

/** Declares it. */
export const adam = defineOptimizer({
  key: 'adam',
  title: 'Adam',
  help: 'Adam divides averages of batch gradients by the roots of those of their squares',
  evidence: false,
  settings: {
    learningRate: learningRate(0.001),
    batchSize,
    ...stepping,
    ...moments,
    weightDecay: weightDecay(),
  },
  vectors: { firstMoment: true, secondMoment: true },
  work: momentsWork,
  // each component is scaled by a root of its own
  edge: null,
});
