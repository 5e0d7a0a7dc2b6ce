/** The rule of every optimiser; a missing one does not compile. */
import { declaredVectors } from '../../../../shared/optimizers/index.ts';
import type { OptimizerOf, OptimizerSettings } from '../../../../shared/optimizers/index.ts';
import type { StepSums } from '../vector.ts';
import type { Update, UpdateRule, FloatArray } from './rule.ts';
import { adam } from './adam.ts';
import { adamw } from './adamw.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

const rules: { [K in keyof OptimizerOf]: UpdateRule<K> } = {
  sgd,
  gd: sgd,
  'gd-isotropic-noise': sgd,
  adam,
  adamw,
  rmsprop,
};

type Kind = keyof OptimizerOf;

/** The rule of an optimiser with these settings. @param vectors what it declares, by name; one that it has not with them is left out */
export function ruleOf<K extends Kind>(
  settings: Extract<OptimizerSettings, { kind: K }>,
  vectors: Readonly<Record<string, FloatArray>>,
): (update: Omit<Update<K>, 'vectors' | 'settings'>) => StepSums {
  const rule = rules[settings.kind];
  const none = Object.fromEntries(declaredVectors(settings).map((name) => [name, null]));
  // the names are the declaration's
  const known = { ...none, ...vectors } as unknown as Update<K>['vectors'];
  return (update) => rule({ ...update, vectors: known, settings });
}
