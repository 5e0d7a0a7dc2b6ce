/** AdamW (Loshchilov and Hutter, 2019), as `torch.optim.AdamW`: Adam whose weights decay by themselves, not through the moments. */
import { batchSize, learningRate, stepping, weightDecay } from './settings.ts';
import { defineOptimizer } from './define.ts';
import { moments, momentsWork } from './adam.ts';

/** Declares it. */
export const adamw = defineOptimizer({
  key: 'adamw',
  title: 'AdamW',
  help: 'AdamW does so and shrinks the parameters by weight decay apart from it',
  evidence: false,
  settings: {
    learningRate: learningRate(0.001),
    batchSize,
    ...stepping,
    ...moments,
    weightDecay: weightDecay(0.01),
  },
  vectors: { firstMoment: true, secondMoment: true },
  work: momentsWork,
  // each component is scaled by a root of its own
  edge: null,
});
