/** Clipping of gradients before the rule makes an update of them. */
import { clipOf } from '../../../../shared/clipping/index.ts';
import type { ClippingSettings } from '../../../../shared/clipping/index.ts';
import type { FloatArray } from './rule.ts';

/** A clipped gradient, and what is told of the one before it. */
interface Clipped<V extends FloatArray = FloatArray> {
  /** What the rule gets; the gradient itself where nothing is too long. */
  gradient: V;
  /** ‖g_t‖² and ⟨g_t, g_{t−1}⟩ before clipping, in float64. */
  sums: { gradient: number; product: number };
}

/** Clips a gradient; null where an experiment does not. @param into where a clipped one is written; none of the others */
export function gradientClipping<V extends FloatArray>(
  settings: ClippingSettings,
  into: () => V,
): ((gradient: V, previous: V) => Clipped<V>) | null {
  const clip = clipOf(settings);
  if (!clip) return null;
  const clipped = into();
  return (gradient, previous) => {
    const sums = { gradient: 0, product: 0 };
    for (let index = 0; index < gradient.length; index++) {
      sums.gradient += gradient[index]! ** 2;
      sums.product += gradient[index]! * previous[index]!;
    }
    const { scale, bound } = clip(Math.sqrt(sums.gradient));
    if (scale === 1 && bound === Infinity) return { gradient, sums };
    for (let index = 0; index < gradient.length; index++)
      clipped[index] = Math.max(-bound, Math.min(bound, scale * gradient[index]!));
    return { gradient: clipped, sums };
  };
}
