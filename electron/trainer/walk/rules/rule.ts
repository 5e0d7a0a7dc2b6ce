/** What makes an update of a gradient: a formula, element by element, of which every device and the host make their code. */
import { add, scale } from '../../../../shared/graph/ops/index.ts';
import type { Tensor } from '../../../../shared/graph/tensor.ts';
import type { OptimizerOf, OptimizerSettings } from '../../../../shared/optimizers/index.ts';

/** The names of optimisers. */
export type Kind = keyof OptimizerOf;

/** An optimiser's settings, by its name. */
export type SettingsOf<K extends Kind> = Extract<OptimizerSettings, { kind: K }>;

/** What a rule is made of. */
export interface Operands {
  /** θ_t. */
  current: Tensor;
  /** g_t. */
  gradient: Tensor;
  /** A vector that the optimiser declares, as it was; of one that it has with these settings. */
  remembered: (name: string) => Tensor;
  /** A number of the iteration, by its name in {@link UpdateRule.numbers}. */
  number: (name: string) => Tensor;
}

/** θ_{t+1}, and the optimiser's vectors as they will be. */
export interface Results {
  next: Tensor;
  remembered: Readonly<Record<string, Tensor>>;
}

/** The rule of an optimiser with settings of a kind. */
export interface UpdateRule<S extends OptimizerSettings> {
  /** What an update stores. What others are made of is the stored value; all between is float64 where the device has it, and on the host. */
  graph(operands: Operands, settings: S): Results;
  /** Numbers that change from one iteration to the next. @param iteration t, from 0 */
  numbers(iteration: number, learningRate: number, settings: S): Readonly<Record<string, number>>;
  /**
   * Whether the host sums lengths and products over elements at even and at odd places, which takes a half of the time of one after the other where there
   * is little else to do. Rules that did not from the first do not, so that their recorded lengths stay what they are to the bit.
   */
  summedInPairs?: (settings: S) => boolean;
}

/** d = g + weightDecay·θ. */
export function decayed({ current, gradient }: Operands, weightDecay: number): Tensor {
  return weightDecay === 0 ? gradient : add(gradient, scale(current, weightDecay));
}

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
