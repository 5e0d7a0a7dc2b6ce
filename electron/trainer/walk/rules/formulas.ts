/**
 * The rules as formulas, for devices that keep vectors: what a rule's loop does on the host, written in the graph's operations. An optimiser
 * without one takes its steps on the host, whatever computes its gradients.
 */
import { add, divide, input, multiply, relu, scale, sqrt, subtract } from '../../../../shared/graph/ops/index.ts';
import type { Tensor } from '../../../../shared/graph/tensor.ts';
import { clips } from '../../../../shared/clipping/index.ts';
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

/** See rules/sgd.ts. */
const sgd: RuleFormula<SettingsOf<'sgd' | 'gd' | 'gd-isotropic-noise'>> = {
  graph(operands, { momentum, dampening, nesterov, weightDecay }): Results {
    const direction = decayed(operands, weightDecay);
    const { current, remembered, number } = operands;
    const to = (speed: Tensor): Tensor => subtract(current, multiply(speed, number('learningRate')));
    if (momentum === 0) return { next: to(direction), remembered: {} };
    const taken = dampening === 0 ? direction : multiply(direction, number('taken'));
    const velocity = add(scale(remembered('velocity'), momentum), taken);
    const ahead = nesterov ? add(direction, scale(velocity, momentum)) : velocity;
    return { next: to(ahead), remembered: { velocity } };
  },
  numbers: (iteration, learningRate, { momentum, dampening }) => ({
    learningRate,
    ...(momentum > 0 && dampening > 0 ? { taken: iteration === 0 ? 1 : 1 - dampening } : {}),
  }),
};

/** See `alongMoments` of rules/adam.ts. @param from θ before the step @param direction d */
function alongMoments(
  { remembered, number }: Operands,
  { beta1, beta2 }: { beta1: number; beta2: number },
  from: Tensor,
  direction: Tensor,
): Results {
  const firstMoment = add(scale(remembered('firstMoment'), beta1), scale(direction, 1 - beta1));
  const secondMoment = add(scale(remembered('secondMoment'), beta2), scale(multiply(direction, direction), 1 - beta2));
  const root = add(divide(sqrt(secondMoment), number('root')), number('epsilon'));
  return {
    next: subtract(from, divide(multiply(firstMoment, number('step')), root)),
    remembered: { firstMoment, secondMoment },
  };
}

const momentNumbers = (
  iteration: number,
  learningRate: number,
  { beta1, beta2, epsilon }: { beta1: number; beta2: number; epsilon: number },
): { step: number; root: number; epsilon: number } => ({
  step: learningRate / (1 - beta1 ** (iteration + 1)),
  root: Math.sqrt(1 - beta2 ** (iteration + 1)),
  epsilon,
});

/** See rules/adam.ts. */
const adam: RuleFormula<SettingsOf<'adam'>> = {
  graph: (operands, settings) =>
    alongMoments(operands, settings, operands.current, decayed(operands, settings.weightDecay)),
  numbers: momentNumbers,
};

/** See rules/adamw.ts. */
const adamw: RuleFormula<SettingsOf<'adamw'>> = {
  graph(operands, settings) {
    const { current, gradient, number } = operands;
    const from = settings.weightDecay === 0 ? current : multiply(current, number('kept'));
    return alongMoments(operands, settings, from, gradient);
  },
  numbers: (iteration, learningRate, settings) => ({
    ...momentNumbers(iteration, learningRate, settings),
    ...(settings.weightDecay === 0 ? {} : { kept: 1 - learningRate * settings.weightDecay }),
  }),
};

/** See rules/rmsprop.ts. */
const rmsprop: RuleFormula<SettingsOf<'rmsprop'>> = {
  graph(operands, { alpha, centered, momentum, weightDecay }): Results {
    const direction = decayed(operands, weightDecay);
    const { current, remembered, number } = operands;
    const averaged = (name: string, of: Tensor): Tensor => add(scale(remembered(name), alpha), scale(of, 1 - alpha));
    const squareAverage = averaged('squareAverage', multiply(direction, direction));
    const gradientAverage = centered ? averaged('gradientAverage', direction) : null;
    const spread = gradientAverage
      ? relu(subtract(squareAverage, multiply(gradientAverage, gradientAverage)))
      : squareAverage;
    const scaled = divide(direction, add(sqrt(spread), number('epsilon')));
    const velocity = momentum > 0 ? add(scale(remembered('velocity'), momentum), scaled) : null;
    return {
      next: subtract(current, multiply(velocity ?? scaled, number('learningRate'))),
      remembered: {
        squareAverage,
        ...(gradientAverage ? { gradientAverage } : {}),
        ...(velocity ? { velocity } : {}),
      },
    };
  },
  numbers: (_, learningRate, { epsilon }) => ({ learningRate, epsilon }),
};

const formulas: { readonly [K in Kind]?: RuleFormula<SettingsOf<K>> } = {
  sgd,
  gd: sgd,
  'gd-isotropic-noise': sgd,
  adam,
  adamw,
  rmsprop,
};

/** The update of an optimiser as a formula over vectors of a length; null where it has none, or clips gradients: a norm is known after a pass. */
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
  if (!rule || clips(settings.clipping)) return null;
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
