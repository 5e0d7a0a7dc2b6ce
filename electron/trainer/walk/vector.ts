/** Arithmetic on flat parameter vectors: float32 storage, float64 arithmetic and sums, one pass over memory. */
import { runLoop } from './vector-kernels.ts';

/** What one update works on; all arrays have one length. */
export interface Step {
  /** θ_t, read. */
  current: Float32Array;
  /** θ_{t+1}, written. */
  next: Float32Array;
  /** θ_0, read. */
  initial: Float32Array;
  /** g_t, the plain gradient of the batch loss, read. */
  gradient: Float32Array;
  /** g_{t−1}, read; its content does not matter at the first iteration. */
  previous: Float32Array;
  /** v, read and written; null without momentum. */
  velocity: Float32Array | null;
  learningRate: number;
  momentum: number;
  weightDecay: number;
}

/** Vectors by name, those of float32 alone. */
type InFloat32<V> = { readonly [N in keyof V]: Exclude<V[N], Float64Array> };

/** Whether every vector is of float32, as those of a walk are; null is no vector. */
export function isFloat32<V extends Readonly<Record<string, Float32Array | Float64Array | null>>>(
  vectors: V,
): vectors is V & InFloat32<V> {
  return Object.values(vectors).every((each) => !(each instanceof Float64Array));
}

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

/**
 * One SGD update as PyTorch's `torch.optim.SGD` does it (no dampening, no Nesterov), and its lengths:
 * d = g + weightDecay·θ; v ← momentum·v + d; θ ← θ − learningRate·v. Each stored element is rounded to float32 once.
 * One pass over memory, with momentum two. Fastest on vectors of {@link allocateVectors}; the result is the same to the bit on others.
 */
export function sgdStep(step: Step): StepSums {
  const { current, next, initial, gradient, previous, velocity, learningRate, momentum, weightDecay } = step;
  if (velocity) runLoop('gainSpeed', [velocity, gradient, current], [momentum, weightDecay]);
  const vectors = [current, next, initial, gradient, previous];
  const [squares, product, update, distance] = (
    velocity || weightDecay !== 0
      ? runLoop('decayedStep', [...vectors, velocity ?? gradient], [learningRate, velocity ? 0 : weightDecay])
      : runLoop('step', vectors, [learningRate])
  ) as [number, number, number, number];
  return { gradient: squares, product, update, distance };
}

/**
 * Writes (1−α)·start + α·end, computed in float64 and rounded once; exactly `start` at 0 and `end` at 1.
 * @param alpha in [0, 1], or beyond
 */
export function blend(start: Float32Array, end: Float32Array, alpha: number, into: Float32Array): void {
  runLoop('blend', [start, end, into], [1 - alpha, alpha]);
}

/** ‖b − a‖₂, summed in float64 as {@link sgdStep} sums, so that both tell the same; not finite where an element is not. */
export function distanceBetween(a: Float32Array, b: Float32Array): number {
  return Math.sqrt(runLoop('distance', [a, b], [])[0]!);
}

/** ‖a‖₂, summed in float64; not finite where an element is not. */
export function lengthOf(a: Float32Array): number {
  let squares = 0;
  for (const value of a) squares += value * value;
  return Math.sqrt(squares);
}

/** cos(here − before, next − here), in float64; NaN where one of both ways is nothing. */
export function cosineOfUpdates(before: Float32Array, here: Float32Array, next: Float32Array): number {
  const sums = { product: 0, last: 0, now: 0 };
  for (let index = 0; index < here.length; index++) {
    const last = here[index]! - before[index]!;
    const now = next[index]! - here[index]!;
    sums.product += last * now;
    sums.last += last ** 2;
    sums.now += now ** 2;
  }
  return cosineOf(sums);
}

/** The cosine of two ways. @param sums their product and squared lengths */
export function cosineOf({ product, last, now }: { product: number; last: number; now: number }): number {
  return product / (Math.sqrt(last) * Math.sqrt(now));
}
