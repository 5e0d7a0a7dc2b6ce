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
 * @param alpha in [0, 1]
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
