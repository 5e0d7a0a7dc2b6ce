/** The Gaussian error linear unit (Hendrycks and Gimpel, 2016), composed of other operations. */
import type { Tensor } from '../tensor.ts';
import { add, multiply, scale } from './arithmetic.ts';
import { tanh } from './elementary.ts';
import { erf } from './erf.ts';
import { constant } from './leaf.ts';

/** a · Φ(a), Φ being the distribution function of a standard normal number: `torch.nn.GELU()`. */
export function gelu(a: Tensor): Tensor {
  return multiply(scale(a, 0.5), add(erf(scale(a, Math.SQRT1_2)), constant(1)));
}

/** a/2 · (1 + tanh(√(2/π) · (a + 0.044715 a³))): `torch.nn.GELU(approximate='tanh')`. */
export function geluTanh(a: Tensor): Tensor {
  const cubic = multiply(a, add(scale(multiply(a, a), 0.044715), constant(1)));
  return multiply(scale(a, 0.5), add(tanh(scale(cubic, Math.sqrt(2 / Math.PI))), constant(1)));
}
