/** What makes an update of a gradient: a formula, element by element, of which every device and the host make their code. */
import { add, scale } from '../../../../shared/graph/ops/index.ts';
import type { Tensor } from '../../../../shared/graph/tensor.ts';
import type { OptimizerOf, OptimizerSettings } from '../../../../shared/optimizers/index.ts';

/** The names of optimisers. */
export type Kind = keyof OptimizerOf;

/** An optimiser's settings, by its name. */
export type SettingsOf<K extends Kind> = Extract<OptimizerSettings, { kind: K }>;

type DeclaredVectors<K extends Kind> = OptimizerOf[K]['vectors'];
/** The names of the vectors that an optimiser declares. */
type VectorName<K extends Kind> = keyof DeclaredVectors<K> & string;
/** Those vectors as they will be; one that it has not with all settings may be left out. */
type Remembered<K extends Kind> = {
  readonly [N in VectorName<K> as DeclaredVectors<K>[N] extends true ? N : never]: Tensor;
} & { readonly [N in VectorName<K> as DeclaredVectors<K>[N] extends true ? never : N]?: Tensor };

/** What a rule is made of. */
export interface Operands<K extends Kind> {
  /** θ_t. */
  current: Tensor;
  /** g_t. */
  gradient: Tensor;
  /** A vector that the optimiser declares, as it was; of one that it has with these settings. */
  remembered: (name: VectorName<K>) => Tensor;
  /** A number of the iteration, by its name in {@link UpdateRule.numbers}. */
  number: (name: string) => Tensor;
}

/** θ_{t+1}, and the optimiser's vectors as they will be. */
export interface Results<K extends Kind> {
  next: Tensor;
  remembered: Remembered<K>;
}

/** The rule of an optimiser. */
export interface UpdateRule<K extends Kind> {
  /** What an update stores. What others are made of is the stored value; all between is float64 where the device has it, and on the host. */
  graph(operands: Operands<K>, settings: SettingsOf<K>): Results<K>;
  /** Numbers that change from one iteration to the next. @param iteration t, from 0 */
  numbers(iteration: number, learningRate: number, settings: SettingsOf<K>): Readonly<Record<string, number>>;
  /**
   * Whether the host sums lengths and products over elements at even and at odd places, which takes a half of the time of one after the other where there
   * is little else to do. Rules that did not from the first do not, so that their recorded lengths stay what they are to the bit.
   */
  summedInPairs?: (settings: SettingsOf<K>) => boolean;
}

/** d = g + weightDecay·θ. */
export function decayed(
  { current, gradient }: Pick<Operands<Kind>, 'current' | 'gradient'>,
  weightDecay: number,
): Tensor {
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
