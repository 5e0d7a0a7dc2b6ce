/** What makes an update of a gradient. */
import type { OptimizerOf, OptimizerSettings } from '../../../../shared/optimizers/index.ts';
import type { StepSums } from '../vector.ts';

type Kind = keyof OptimizerOf;
type DeclaredVectors<K extends Kind> = OptimizerOf[K]['vectors'];

/** The vectors that an optimiser declares, null where it has one not with these settings. */
type RuleVectors<K extends Kind> = {
  readonly [N in keyof DeclaredVectors<K>]: DeclaredVectors<K>[N] extends true ? Float32Array : Float32Array | null;
};

/** What one update works on; all arrays have one length. */
export interface Update<K extends Kind> {
  /** t, from 0. */
  iteration: number;
  /** θ_t, read. */
  current: Float32Array;
  /** θ_{t+1}, written. */
  next: Float32Array;
  /** θ_0, read. */
  initial: Float32Array;
  /** g_t, read. */
  gradient: Float32Array;
  /** g_{t−1}, read; its content does not matter at the first iteration. */
  previous: Float32Array;
  /** What the rule remembers, read and written: all that it does, since a rule is a function and the vectors are declared. */
  vectors: RuleVectors<K>;
  /** η_t. */
  learningRate: number;
  settings: Extract<OptimizerSettings, { kind: K }>;
}

/** Updates the parameters, and tells lengths and products. */
export type UpdateRule<K extends Kind> = (update: Update<K>) => StepSums;
