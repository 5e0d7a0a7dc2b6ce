/** What makes an update of a gradient. */
import type { OptimizerOf, OptimizerSettings } from '../../../../shared/optimizers/index.ts';
import type { StepSums } from '../vector.ts';

type Kind = keyof OptimizerOf;
type DeclaredVectors<K extends Kind> = OptimizerOf[K]['vectors'];

/** Numbers, one a parameter: float32 in walks; in float64 the same rule is compared with PyTorch's. What is written is rounded by being stored. */
export type FloatArray = Float32Array | Float64Array;

/** The vectors that an optimiser declares, null where it has one not with these settings. */
type RuleVectors<K extends Kind> = {
  readonly [N in keyof DeclaredVectors<K>]: DeclaredVectors<K>[N] extends true ? FloatArray : FloatArray | null;
};

/** The vectors of one update beside what its rule remembers, wherever they lie; all have one length. */
interface Points<V> {
  /** θ_t, read. */
  current: V;
  /** θ_{t+1}, written. */
  next: V;
  /** θ_0, read. */
  initial: V;
  /** g_t, read. */
  gradient: V;
  /** g_{t−1}, read; its content does not matter at the first iteration. */
  previous: V;
}

/** What one update is given beside what its optimiser remembers. */
export interface UpdateOf<V> extends Points<V> {
  /** t, from 0. */
  iteration: number;
  /** η_t. */
  learningRate: number;
}

/** What one update works on. */
export interface Update<K extends Kind> extends UpdateOf<FloatArray> {
  /** What the rule remembers, read and written: all that it does, since a rule is a function and the vectors are declared. */
  vectors: RuleVectors<K>;
  settings: Extract<OptimizerSettings, { kind: K }>;
}

/** Updates the parameters, and tells lengths and products. */
export type UpdateRule<K extends Kind> = (update: Update<K>) => StepSums;

/**
 * Updates every parameter in one pass over memory, in float64 arithmetic, and sums lengths and products of what was stored.
 * @param to the new value of the parameter at an index, of what it is and its gradient
 */
export function updateEach(
  { current, next, initial, gradient, previous }: Points<FloatArray>,
  to: (index: number, here: number, gradient: number) => number,
): StepSums {
  const sums = { gradient: 0, product: 0, update: 0, distance: 0 };
  for (let index = 0; index < current.length; index++) {
    const here = current[index]!;
    const gradientHere = gradient[index]!;
    next[index] = to(index, here, gradientHere);
    const there = next[index]!;
    sums.gradient += gradientHere ** 2;
    sums.product += gradientHere * previous[index]!;
    sums.update += (there - here) ** 2;
    sums.distance += (there - initial[index]!) ** 2;
  }
  return sums;
}
