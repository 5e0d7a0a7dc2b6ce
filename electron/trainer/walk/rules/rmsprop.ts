/** The rule of RMSProp. */
import { add, divide, multiply, relu, scale, sqrt, subtract } from '../../../../shared/graph/ops/index.ts';
import type { Tensor } from '../../../../shared/graph/tensor.ts';
import { decayed } from './rule.ts';
import type { Results, UpdateRule } from './rule.ts';

/**
 * One update as `torch.optim.RMSprop` does it, with d = g + weightDecay·θ: s ← α·s + (1 − α)·d²; centred, a ← α·a + (1 − α)·d;
 * b ← momentum·b + d / (√(s − a²) + ε); θ ← θ − learningRate·b. Where rounding leaves s below a², of gradients that are all alike, the
 * root is 0 (PyTorch's is NaN).
 */
export const rmsprop: UpdateRule<'rmsprop'> = {
  graph(operands, { alpha, centered, momentum, weightDecay }): Results<'rmsprop'> {
    const direction = decayed(operands, weightDecay);
    const { current, remembered, number } = operands;
    const averaged = (name: 'squareAverage' | 'gradientAverage', of: Tensor): Tensor =>
      add(scale(remembered(name), alpha), scale(of, 1 - alpha));
    const squareAverage = averaged('squareAverage', multiply(direction, direction));
    const gradientAverage = centered ? averaged('gradientAverage', direction) : null;
    const spread = gradientAverage
      ? relu(subtract(squareAverage, multiply(gradientAverage, gradientAverage)))
      : squareAverage;
    const scaled = divide(direction, add(sqrt(spread), number('epsilon')));
    const velocity = momentum > 0 ? add(scale(remembered('velocity'), momentum), scaled) : null;
    return {
      next: subtract(current, multiply(velocity ?? scaled, number('learningRate'))),
      remembered: {
        squareAverage,
        ...(gradientAverage ? { gradientAverage } : {}),
        ...(velocity ? { velocity } : {}),
      },
    };
  },
  numbers: (_, learningRate, { epsilon }) => ({ learningRate, epsilon }),
};
