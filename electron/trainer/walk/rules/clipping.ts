/** Clipping of gradients before the rule makes an update of them. */
import { input, multiply } from '../../../../shared/graph/ops/index.ts';
import { clipOf } from '../../../../shared/clipping/index.ts';
import type { ClippingSettings } from '../../../../shared/clipping/index.ts';
import { openLoop } from '../loops/loop.ts';
import { loopLength } from '../loops/text.ts';

/** A clipped gradient, and what is told of the one before it. */
interface Clipped {
  /** What the rule gets; the gradient itself where nothing is too long. */
  gradient: Float32Array;
  /** ‖g_t‖² and ⟨g_t, g_{t−1}⟩ before clipping, in float64. */
  sums: { gradient: number; product: number };
}

/** Clips a gradient; null where an experiment does not. @param into where a clipped one is written; none of the others */
export function gradientClipping(
  settings: ClippingSettings,
  into: () => Float32Array,
): ((gradient: Float32Array, previous: Float32Array) => Clipped) | null {
  const clip = clipOf(settings);
  if (!clip) return null;
  const clipped = into();
  const given = input('gradient', [loopLength]);
  const lengths = { gradient: multiply(given, given), product: multiply(given, input('previous', [loopLength])) };
  const measure = openLoop({ results: {}, sums: lengths });
  const shorten = openLoop({ results: { clipped: multiply(given, input('scale', [])) }, sums: {} });
  return (gradient, previous) => {
    const found = measure({ gradient, previous }, {}, {});
    const sums = { gradient: found['gradient']!, product: found['product']! };
    const { scale, bound } = clip(Math.sqrt(sums.gradient));
    if (scale === 1 && bound === Infinity) return { gradient, sums };
    if (scale === 1) clipped.set(gradient);
    else shorten({ gradient }, { scale }, { clipped });
    if (bound < Infinity) bindBy(clipped, bound);
    return { gradient: clipped, sums };
  };
}

/** Sets what is farther from 0 than the bound to it; what is not a number stays so. */
function bindBy(vector: Float32Array, bound: number): void {
  for (let index = 0; index < vector.length; index++) {
    const value = vector[index]!;
    if (value > bound) vector[index] = bound;
    else if (value < -bound) vector[index] = -bound;
  }
}
