/** Gradient descent whose every gradient gets the same Gaussian noise in all components. */
import { z } from 'zod';
import { field, range } from '../fields.ts';
import { defineOptimizer } from './define.ts';
import { learningRate, momenta, stepping, weightDecay } from './settings.ts';
import { hasMomentum, momentumEdge, momentumWork, nesterovProblem } from './sgd.ts';

const noiseDeviation = field(
  {
    title: 'Noise standard deviation',
    help: 'Of the noise on every component of the gradient; empty measures it once at initialisation: √(0.02 × the greatest variance of a component over single examples), chosen on one half of the micro-batches and estimated on the other, so that it is not too large on average.',
    unit: null,
    group: 'how',
    control: 'number',
    empty: 'measured',
  },
  z
    .number({ error: 'must be a number' })
    .min(0, range('at least 0', 'at most 1,000,000'))
    .max(1e6, range('at least 0', 'at most 1,000,000'))
    .nullable()
    .default(null),
);

/** Declares it. */
export const gdIsotropicNoise = defineOptimizer({
  key: 'gd-isotropic-noise',
  title: 'Gradient descent with isotropic noise',
  help: 'isotropic noise adds the same Gaussian noise to every component of it',
  evidence: true,
  settings: { learningRate: learningRate(0.5), noiseDeviation, ...stepping, ...momenta, weightDecay: weightDecay() },
  vectors: { velocity: hasMomentum },
  work: momentumWork,
  problem: nesterovProblem,
  noise: ({ noiseDeviation }) => ({ deviation: noiseDeviation }),
  edge: momentumEdge,
});
