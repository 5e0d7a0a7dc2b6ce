/** The rule of Adam, and the step that AdamW shares. */
import { add, divide, multiply, scale, sqrt, subtract } from '../../../../shared/graph/ops/index.ts';
import type { Tensor } from '../../../../shared/graph/tensor.ts';
import { decayed } from './rule.ts';
import type { Operands, Results, UpdateRule } from './rule.ts';

/**
 * A step along the moments, with d a direction and t counted from 1: m ← β₁·m + (1 − β₁)·d; v ← β₂·v + (1 − β₂)·d²;
 * θ ← from − learningRate · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε).
 * @param from θ before the step @param direction d
 */
export function alongMoments(
  { remembered, number }: Operands<'adam' | 'adamw'>,
  { beta1, beta2 }: { beta1: number; beta2: number },
  from: Tensor,
  direction: Tensor,
): Results<'adam' | 'adamw'> {
  const firstMoment = add(scale(remembered('firstMoment'), beta1), scale(direction, 1 - beta1));
  const secondMoment = add(scale(remembered('secondMoment'), beta2), scale(multiply(direction, direction), 1 - beta2));
  const root = add(divide(sqrt(secondMoment), number('root')), number('epsilon'));
  return {
    next: subtract(from, divide(multiply(firstMoment, number('step')), root)),
    remembered: { firstMoment, secondMoment },
  };
}

/** The numbers of {@link alongMoments}: learningRate / (1 − β₁ᵗ), √(1 − β₂ᵗ) and ε. @param iteration t − 1 */
export function momentNumbers(
  iteration: number,
  learningRate: number,
  { beta1, beta2, epsilon }: { beta1: number; beta2: number; epsilon: number },
): { step: number; root: number; epsilon: number } {
  return {
    step: learningRate / (1 - beta1 ** (iteration + 1)),
    root: Math.sqrt(1 - beta2 ** (iteration + 1)),
    epsilon,
  };
}

/** One update as `torch.optim.Adam` does it: {@link alongMoments} of the gradient with its weight decay. */
export const adam: UpdateRule<'adam'> = {
  graph: (operands, settings) =>
    alongMoments(operands, settings, operands.current, decayed(operands, settings.weightDecay)),
  numbers: momentNumbers,
};
