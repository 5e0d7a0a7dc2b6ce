/** Arithmetic on flat parameter vectors: float32 storage, float64 arithmetic and sums, one pass over memory. */
import { openLoop } from './loops/loop.ts';
import type { Loop } from './loops/loop.ts';
import { loopLength } from './loops/text.ts';
import type { SumOrder } from './loops/text.ts';
import { vectorFormulas } from './vector-formulas.ts';

/** Squared lengths and products of an update, in float64. */
export interface StepSums {
  /** ‖g_t‖². */
  gradient: number;
  /** ⟨g_t, g_{t−1}⟩. */
  product: number;
  /** ‖θ_{t+1} − θ_t‖², of the stored float32 values. */
  update: number;
  /** ‖θ_{t+1} − θ_0‖². */
  distance: number;
}

const formulas = vectorFormulas(loopLength);
const orders = {
  blend: 'in sequence',
  // as the updates of SGD sum, so that both tell the same of one way
  distance: 'in pairs',
  norm: 'in sequence',
  cosine: 'in sequence',
} as const satisfies Record<keyof typeof formulas, SumOrder>;
const loops = new Map<string, Loop>();

/** The loop of a formula, made when it is first asked for. */
function loopOf(name: keyof typeof formulas): Loop {
  const found = loops.get(name) ?? openLoop(formulas[name], orders[name]);
  loops.set(name, found);
  return found;
}

/**
 * Writes (1−α)·start + α·end, computed in float64 and rounded once; exactly `start` at 0 and `end` at 1.
 * @param alpha in [0, 1], or beyond
 */
export function blend(start: Float32Array, end: Float32Array, alpha: number, into: Float32Array): void {
  loopOf('blend')({ a: start, b: end }, { rest: 1 - alpha, alpha }, { into });
}

/** ‖b − a‖₂, summed in float64 as updates of SGD sum, so that both tell the same; not finite where an element is not. */
export function distanceBetween(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(loopOf('distance')({ a, b }, {}, {})['squared']!);
}

/** ‖a‖₂, summed in float64; not finite where an element is not. */
export function lengthOf(a: Float32Array): number {
  return Math.sqrt(loopOf('norm')({ a }, {}, {})['squared']!);
}

/** cos(here − before, next − here), in float64; NaN where one of both ways is nothing. */
export function cosineOfUpdates(before: Float32Array, here: Float32Array, next: Float32Array): number {
  const sums = loopOf('cosine')({ a: before, b: here, c: next }, {}, {});
  return cosineOf({ product: sums['product']!, last: sums['last']!, now: sums['now']! });
}

/** The cosine of two ways. @param sums their product and squared lengths */
export function cosineOf({ product, last, now }: { product: number; last: number; now: number }): number {
  return product / (Math.sqrt(last) * Math.sqrt(now));
}
