/** RMSProp (Hinton, 2012; centred: Graves, 2013), as `torch.optim.RMSprop`. */
import { z } from 'zod';
import { field } from '../fields.ts';
import { defineOptimizer } from './define.ts';
import { average, batchSize, epsilon, learningRate, momentum, stepping, weightDecay } from './settings.ts';
import { hasMomentum } from './sgd.ts';

const centered = field(
  {
    title: 'Centered',
    help: 'Divides by the root of the gradient’s variance: of its average square less the square of its average.',
    unit: null,
    group: 'how',
    control: 'switch',
    advanced: true,
  },
  z.boolean({ error: 'must be true or false' }).default(false),
);

/** Declares it. */
export const rmsprop = defineOptimizer({
  key: 'rmsprop',
  title: 'RMSProp',
  help: 'RMSProp divides the batch gradient by the root of an average of its squares',
  evidence: false,
  settings: {
    learningRate: learningRate(0.01),
    batchSize,
    ...stepping,
    alpha: average('Alpha', 'squared gradients', 0.99),
    epsilon,
    centered,
    momentum,
    weightDecay: weightDecay(),
  },
  vectors: { squareAverage: true, gradientAverage: ({ centered }) => centered, velocity: hasMomentum },
  work: ({ centered, momentum }) => 150 + (centered ? 100 : 0) + (momentum > 0 ? 40 : 0),
  // each component is scaled by a root of its own
  edge: null,
});
