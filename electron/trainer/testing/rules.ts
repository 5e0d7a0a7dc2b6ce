/** The rules of optimisers for tests: as the host takes their steps, and element by element in vectors of either type. */
import { clipOf } from '../../../shared/clipping/index.ts';
import type { ClippingSettings } from '../../../shared/clipping/index.ts';
import type { OptimizerSettings } from '../../../shared/optimizers/index.ts';
import { planFormula } from '../backends/formula.ts';
import { openUpdate } from '../walk/rules/host-update.ts';
import { formulaOf } from '../walk/rules/index.ts';
import type { UpdateOf } from '../walk/rules/rule.ts';
import type { StepSums } from '../walk/vector.ts';
import { computeByElement } from './formula-by-element.ts';
import type { FloatArray } from './formula-by-element.ts';

/** A rule on vectors of a type; gradients come to it clipped. */
export type Rule<V extends FloatArray> = (update: UpdateOf<V>) => StepSums;

/** By the host's loops. @param vectors what the optimiser remembers, read and written */
export function ruleOnHost(
  settings: OptimizerSettings,
  vectors: Readonly<Record<string, Float32Array>>,
): Rule<Float32Array> {
  const update = openUpdate({ ...settings, clipping: { kind: 'none' } }, () => new Float32Array(0));
  return (given) => update(given, vectors).sums;
}

/** By the operations of the graph, in float64; what is stored is rounded as the vectors are. @param vectors what the optimiser remembers */
export function ruleByElement(
  settings: OptimizerSettings,
  vectors: Readonly<Record<string, FloatArray>>,
): Rule<FloatArray> {
  return ({ iteration, learningRate, current, next, initial, gradient, previous }) => {
    const { formula, numbers, sums } = formulaOf(settings, current.length);
    const planned = planFormula(formula, current.length);
    const reads = { current, initial, gradient, previous, ...vectors };
    return sums(computeByElement(planned, reads, numbers(iteration, learningRate), { next, ...vectors }));
  };
}

/** A gradient as it is clipped, in its own type; itself where it is not. */
export function clippedByElement<V extends FloatArray>(settings: ClippingSettings, gradient: V): V {
  const clip = clipOf(settings);
  if (!clip) return gradient;
  let squares = 0;
  for (const value of gradient) squares += value ** 2;
  const { scale, bound } = clip(Math.sqrt(squares));
  return gradient.map((value) => Math.max(-bound, Math.min(bound, scale * value))) as V;
}
