/** The sigmoid linear unit (Elfwing, Uchibe and Doya, 2018), also called swish, composed of other operations. */
import type { Tensor } from '../tensor.ts';
import { multiply } from './arithmetic.ts';
import { sigmoid } from './sigmoid.ts';

/** a · sigmoid(a): `torch.nn.SiLU()`. */
export function silu(a: Tensor): Tensor {
  return multiply(a, sigmoid(a));
}
