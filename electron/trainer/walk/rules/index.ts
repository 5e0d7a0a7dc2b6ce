/** The rule of every optimiser; a missing one does not compile. */
import { input, multiply, subtract } from '../../../../shared/graph/ops/index.ts';
import type { Tensor } from '../../../../shared/graph/tensor.ts';
import { vectorsOf } from '../../../../shared/optimizers/index.ts';
import type { Formula } from '../../backends/backend.ts';
import type { StepSums } from '../vector.ts';
import type { Kind, SettingsOf, UpdateRule } from './rule.ts';
import { adam } from './adam.ts';
import { adamw } from './adamw.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

const rules: { readonly [K in Kind]: UpdateRule<K> } = {
  sgd: sgd as UpdateRule<'sgd'>,
  gd: sgd as UpdateRule<'gd'>,
  'gd-isotropic-noise': sgd as UpdateRule<'gd-isotropic-noise'>,
  adam,
  adamw,
  rmsprop,
};

/** The update of an optimiser as a formula. */
interface UpdateFormula {
  /** Inputs `current`, `gradient`, `previous`, `initial` and the optimiser's vectors; results `next` and those vectors. */
  formula: Formula;
  /** The numbers of an iteration that it is fed. @param iteration t, from 0 */
  numbers: (iteration: number, learningRate: number) => Readonly<Record<string, number>>;
  /** Whether the host takes the sums of {@link StepSums} in pairs, see `UpdateRule`. */
  summedInPairs: boolean;
  /** The lengths and products among the formula's sums. */
  sums: (found: Readonly<Record<string, number>>) => StepSums;
  /** ‖θ_t‖₂, which is among them, too. */
  norm: (found: Readonly<Record<string, number>>) => number;
}

/** The update of an optimiser, its gradient clipped before where it is, as a formula over vectors of a length. */
export function formulaOf<K extends Kind>(settings: SettingsOf<K>, size: number): UpdateFormula {
  const rule = rules[settings.kind] as UpdateRule<K>;
  const vector = (name: string): Tensor => input(name, [size]);
  const number = (name: string): Tensor => input(name, []);
  const [current, slope] = [vector('current'), vector('gradient')];
  const { next, remembered } = rule.graph({ current, gradient: slope, remembered: vector, number }, settings);
  const squared = (of: Tensor): Tensor => multiply(of, of);
  const sums: Record<keyof StepSums | 'current', Tensor> = {
    current: squared(current),
    gradient: squared(slope),
    product: multiply(slope, vector('previous')),
    update: squared(subtract(next, current)),
    distance: squared(subtract(next, vector('initial'))),
  };
  const declared = vectorsOf(settings).join();
  if (declared !== Object.keys(remembered).join())
    throw new Error(`the formula of ${settings.kind} remembers ${Object.keys(remembered).join()}, not ${declared}`);
  return {
    formula: { results: { next, ...remembered }, sums },
    numbers: (iteration, learningRate) => rule.numbers(iteration, learningRate, settings),
    summedInPairs: rule.summedInPairs?.(settings) ?? false,
    sums(found) {
      const { gradient, product, update, distance } = found as Record<keyof StepSums, number>;
      return { gradient, product, update, distance };
    },
    norm: (found) => Math.sqrt(found['current']!),
  };
}
