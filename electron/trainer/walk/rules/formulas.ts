/**
 * The rules as formulas, for devices that keep vectors: what a rule's loop does on the host, written in the graph's operations. An optimiser
 * without one takes its steps on the host, whatever computes its gradients.
 */
import { add, divide, input, multiply, scale, sqrt, subtract } from '../../../../shared/graph/ops/index.ts';
import type { Tensor } from '../../../../shared/graph/tensor.ts';
import { vectorsOf } from '../../../../shared/optimizers/index.ts';
import type { OptimizerOf, OptimizerSettings } from '../../../../shared/optimizers/index.ts';
import type { Formula } from '../../backends/backend.ts';
import type { StepSums } from '../vector.ts';

type Kind = keyof OptimizerOf;
type SettingsOf<K extends Kind> = Extract<OptimizerSettings, { kind: K }>;

/** What a rule is made of. */
interface Operands {
  /** θ_t. */
  current: Tensor;
  /** g_t. */
  gradient: Tensor;
  /** A vector that the optimiser declares, as it was; of one that it has with these settings. */
  remembered: (name: string) => Tensor;
  /** A number of the iteration, by its name in {@link RuleFormula.numbers}. */
  number: (name: string) => Tensor;
}

/** θ_{t+1}, and the optimiser's vectors as they will be. */
interface Results {
  next: Tensor;
  remembered: Readonly<Record<string, Tensor>>;
}

/** A rule as a formula. */
interface RuleFormula<S extends OptimizerSettings> {
  graph(operands: Operands, settings: S): Results;
  /** Numbers that change from one iteration to the next. @param iteration t, from 0 */
  numbers(iteration: number, learningRate: number, settings: S): Readonly<Record<string, number>>;
}

/** d = g + weightDecay·θ. */
function decayed({ current, gradient }: Operands, weightDecay: number): Tensor {
  return weightDecay === 0 ? gradient : add(gradient, scale(current, weightDecay));
}

/** See `sgdStep` of vector.ts. */
const sgd: RuleFormula<SettingsOf<'sgd' | 'gd' | 'gd-isotropic-noise'>> = {
  graph(operands, { momentum, weightDecay }): Results {
    const direction = decayed(operands, weightDecay);
    const { current, remembered, number } = operands;
    const to = (speed: Tensor): Tensor => subtract(current, multiply(speed, number('learningRate')));
    if (momentum === 0) return { next: to(direction), remembered: {} };
    const velocity = add(scale(remembered('velocity'), momentum), direction);
    return { next: to(velocity), remembered: { velocity } };
  },
  numbers: (_, learningRate) => ({ learningRate }),
};

/** See rules/adam.ts. */
const adam: RuleFormula<SettingsOf<'adam'>> = {
  graph(operands, { beta1, beta2, weightDecay }) {
    const direction = decayed(operands, weightDecay);
    const { current, remembered, number } = operands;
    const firstMoment = add(scale(remembered('firstMoment'), beta1), scale(direction, 1 - beta1));
    const secondMoment = add(
      scale(remembered('secondMoment'), beta2),
      scale(multiply(direction, direction), 1 - beta2),
    );
    const root = add(divide(sqrt(secondMoment), number('root')), number('epsilon'));
    return {
      next: subtract(current, divide(multiply(firstMoment, number('step')), root)),
      remembered: { firstMoment, secondMoment },
    };
  },
  numbers: (iteration, learningRate, { beta1, beta2, epsilon }) => ({
    step: learningRate / (1 - beta1 ** (iteration + 1)),
    root: Math.sqrt(1 - beta2 ** (iteration + 1)),
    epsilon,
  }),
};

const formulas: { readonly [K in Kind]?: RuleFormula<SettingsOf<K>> } = {
  sgd,
  gd: sgd,
  'gd-isotropic-noise': sgd,
  adam,
};

/** The update of an optimiser as a formula over vectors of a length; null where it has none. */
export function formulaOf<K extends Kind>(
  settings: SettingsOf<K>,
  size: number,
): {
  /** Inputs `current`, `gradient`, `previous`, `initial` and the optimiser's vectors; results `next` and those vectors. */
  formula: Formula;
  numbers(iteration: number, learningRate: number): Readonly<Record<string, number>>;
  /** The lengths and products among the formula's sums. */
  sums(found: Readonly<Record<string, number>>): StepSums;
  /** ‖θ_t‖₂, which is among them, too. */
  norm(found: Readonly<Record<string, number>>): number;
} | null {
  const rule = formulas[settings.kind];
  if (!rule) return null;
  const vector = (name: string): Tensor => input(name, [size]);
  const number = (name: string): Tensor => input(name, []);
  const [current, gradient] = [vector('current'), vector('gradient')];
  const { next, remembered } = rule.graph({ current, gradient, remembered: vector, number }, settings);
  const squared = (of: Tensor): Tensor => multiply(of, of);
  const sums: Record<keyof StepSums | 'current', Tensor> = {
    current: squared(current),
    gradient: squared(gradient),
    product: multiply(gradient, vector('previous')),
    update: squared(subtract(next, current)),
    distance: squared(subtract(next, vector('initial'))),
  };
  const declared = vectorsOf(settings).join();
  if (declared !== Object.keys(remembered).join())
    throw new Error(`the formula of ${settings.kind} remembers ${Object.keys(remembered).join()}, not ${declared}`);
  return {
    formula: { results: { next, ...remembered }, sums },
    numbers: (iteration, learningRate) => rule.numbers(iteration, learningRate, settings),
    sums: (found) => found as Record<keyof StepSums, number>,
    norm: (found) => Math.sqrt(found['current']!),
  };
}
