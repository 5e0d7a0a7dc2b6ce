/** The rule of SGD and of gradient descent: what differs is where the gradient comes from. */
import { isFloat32, sgdStep } from '../vector.ts';
import { updateEach } from './rule.ts';
import type { Update, UpdateRule } from './rule.ts';
import type { StepSums } from '../vector.ts';

type Kinds = 'sgd' | 'gd' | 'gd-isotropic-noise';

/**
 * One update as `torch.optim.SGD` does it: by the loops in WebAssembly (see {@link sgdStep}) on float32 without dampening and Nesterov, else
 * by {@link sgdEach}.
 */
export const sgd: UpdateRule<Kinds> = (update) => {
  const { momentum, dampening, nesterov, weightDecay } = update.settings;
  const { velocity } = update.vectors;
  const { current, next, initial, gradient, previous, learningRate } = update;
  const points = { current, next, initial, gradient, previous, velocity };
  return isFloat32(points) && !(velocity && (dampening > 0 || nesterov))
    ? sgdStep({ ...points, learningRate, momentum, weightDecay })
    : sgdEach(update);
};

/**
 * The same on vectors of either type, and its lengths, with d = g + weightDecay·θ: v ← momentum·v + (1 − dampening)·d, the first v being d;
 * θ ← θ − learningRate·v, of Nesterov's θ − learningRate·(d + momentum·v). In float32 it is {@link sgdStep}'s to the bit.
 */
export function sgdEach(update: Update<Kinds>): StepSums {
  const { iteration, learningRate } = update;
  const { velocity } = update.vectors;
  const { momentum, dampening, nesterov, weightDecay } = update.settings;
  const taken = iteration === 0 ? 1 : 1 - dampening;
  return updateEach(update, (index, here, gradient) => {
    if (!velocity) return here - learningRate * (gradient + weightDecay * here);
    velocity[index] = momentum * velocity[index]! + taken * gradient + taken * weightDecay * here;
    const direction = nesterov ? gradient + weightDecay * here + momentum * velocity[index] : velocity[index];
    return here - learningRate * direction;
  });
}
