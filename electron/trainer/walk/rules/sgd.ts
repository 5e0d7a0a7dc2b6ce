/** The rule of SGD and of gradient descent: what differs is where the gradient comes from. */
import { sgdStep } from '../vector.ts';
import type { UpdateRule } from './rule.ts';

/** See {@link sgdStep}. */
export const sgd: UpdateRule<'sgd' | 'gd' | 'gd-isotropic-noise'> = ({ vectors, settings, ...rest }) => {
  const { momentum, weightDecay } = settings;
  return sgdStep({ ...rest, velocity: vectors.velocity, momentum, weightDecay });
};
