/** The rule of SGD and of gradient descent: what differs is where the gradient comes from. */
import { add, multiply, scale, subtract } from '../../../../shared/graph/ops/index.ts';
import type { Tensor } from '../../../../shared/graph/tensor.ts';
import { decayed } from './rule.ts';
import type { Results, UpdateRule } from './rule.ts';

type Descent = 'sgd' | 'gd' | 'gd-isotropic-noise';

/**
 * One update as `torch.optim.SGD` does it, with d = g + weightDecay·θ: v ← momentum·v + (1 − dampening)·d, the first v being d;
 * θ ← θ − learningRate·v, of Nesterov's θ − learningRate·(d + momentum·v).
 */
export const sgd: UpdateRule<Descent> = {
  graph(operands, { momentum, dampening, nesterov, weightDecay }): Results<Descent> {
    const { current, gradient, remembered, number } = operands;
    const to = (speed: Tensor): Tensor => subtract(current, multiply(speed, number('learningRate')));
    if (momentum === 0) return { next: to(decayed(operands, weightDecay)), remembered: {} };
    const isDampened = dampening > 0;
    const taken = isDampened ? multiply(gradient, number('taken')) : gradient;
    const decay = isDampened ? multiply(current, number('takenDecay')) : scale(current, weightDecay);
    const gained = add(scale(remembered('velocity'), momentum), taken);
    const velocity = weightDecay === 0 ? gained : add(gained, decay);
    const ahead = nesterov ? add(decayed(operands, weightDecay), scale(velocity, momentum)) : velocity;
    return { next: to(ahead), remembered: { velocity } };
  },
  numbers(iteration, learningRate, { momentum, dampening, weightDecay }): Record<string, number> {
    if (momentum === 0 || dampening === 0) return { learningRate };
    const taken = iteration === 0 ? 1 : 1 - dampening;
    return { learningRate, taken, takenDecay: taken * weightDecay };
  },
  summedInPairs: ({ momentum, dampening, nesterov }) => momentum === 0 || (dampening === 0 && !nesterov),
};
