/** Adam (Kingma and Ba, 2015), as `torch.optim.Adam`: bias-corrected moments of the gradient, L2 weight decay added to it. */
import { z } from 'zod';
import { field, range } from '../fields.ts';
import { defineOptimizer } from './define.ts';
import { batchSize, learningRate, stepping, weightDecay } from './settings.ts';

/** A share of what an average was before. */
function beta(title: string, of: string, usual: number) {
  const allowed = range('at least 0', 'below 1');
  return field(
    {
      title,
      help: `Share of the running average of ${of} that is kept at every update.`,
      unit: null,
      group: 'how',
      control: 'number',
      advanced: true,
    },
    z.number({ error: 'must be a number' }).min(0, allowed).lt(1, allowed).default(usual),
  );
}

const epsilon = field(
  {
    title: 'Epsilon',
    help: 'Added to the root of the second moment, so that nothing is divided by zero.',
    unit: null,
    group: 'how',
    control: 'number',
    advanced: true,
  },
  z
    .number({ error: 'must be a number' })
    .positive(range('above 0', 'at most 1'))
    .max(1, range('above 0', 'at most 1'))
    .default(1e-8),
);

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
    beta1: beta('Beta 1', 'gradients', 0.9),
    beta2: beta('Beta 2', 'squared gradients', 0.999),
    epsilon,
    weightDecay: weightDecay(),
  },
  vectors: { firstMoment: true, secondMoment: true },
});
