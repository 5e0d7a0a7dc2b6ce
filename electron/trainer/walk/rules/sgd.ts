/** The rule of SGD and of gradient descent: what differs is where the gradient comes from. */
import { isFloat32, sgdStep } from '../vector.ts';
import { updateEach } from './rule.ts';
import type { Update, UpdateRule } from './rule.ts';
import type { StepSums } from '../vector.ts';

type Kinds = 'sgd' | 'gd' | 'gd-isotropic-noise';

/** One update as `torch.optim.SGD` does it: by the loops in WebAssembly (see {@link sgdStep}) on float32. */
export const sgd: UpdateRule<Kinds> = (update) => {
  const { momentum, weightDecay } = update.settings;
  const { velocity } = update.vectors;
  const { current, next, initial, gradient, previous, learningRate } = update;
  const points = { current, next, initial, gradient, previous, velocity };
  return isFloat32(points) ? sgdStep({ ...points, learningRate, momentum, weightDecay }) : sgdEach(update);
};

/** The same by {@link updateEach}, on vectors of either type; in float32 the same to the bit. */
export function sgdEach(update: Update<Kinds>): StepSums {
  const { learningRate } = update;
  const { velocity } = update.vectors;
  const { momentum, weightDecay } = update.settings;
  return updateEach(update, (index, here, gradient) => {
    if (!velocity) return here - learningRate * (gradient + weightDecay * here);
    velocity[index] = momentum * velocity[index]! + gradient + weightDecay * here;
    return here - learningRate * velocity[index]!;
  });
}
