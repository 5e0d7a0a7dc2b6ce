/** What normalisations of a batch and of groups of channels have in common. */
import type { Shape, Tensor } from '../tensor.ts';
import { add, divide } from './arithmetic.ts';
import { sqrt } from './elementary.ts';
import { reshape } from './layout.ts';
import { constant } from './leaf.ts';

/** Added to every variance, PyTorch's default. */
const epsilon = 1e-5;

/** [channels] → a shape that stretches over [examples, channels, …]. */
export function perChannel(values: Tensor, shape: Shape): Tensor {
  return reshape(
    values,
    shape.map((dimension, axis) => (axis === 1 ? dimension : 1)),
  );
}

/** 1 / √(variance + 10⁻⁵). */
export function inverseDeviation(variance: Tensor): Tensor {
  return divide(constant(1), sqrt(add(variance, constant(epsilon))));
}
