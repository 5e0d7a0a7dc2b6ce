/** Every optimiser: what each declares, joined. To add one: its file, its line in the list, and its rule in electron/trainer/walk/rules/. */
import { z } from 'zod';
import { casesOf, noSuchCase } from '../cases.ts';
import type { VectorPlace } from '../backends.ts';
import { clippingWords, clippingWork, clips } from '../clipping/index.ts';
import { toldAs } from '../fields.ts';
import type { OptimizerDefinition, SettingProblem, Vectors } from './define.ts';
import { adam } from './adam.ts';
import { adamw } from './adamw.ts';
import { gd } from './gd.ts';
import { gdIsotropicNoise } from './gd-isotropic-noise.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

/** The optimisers in the order of the form. */
const optimizers = [sgd, gd, gdIsotropicNoise, adam, adamw, rmsprop] as const;

const settings = z.discriminatedUnion(
  'kind',
  casesOf(optimizers, { title: 'Optimiser', help: `${optimizers.map(({ help }) => help).join('; ')}.` }),
  noSuchCase(optimizers),
);

/** An optimiser; one that does not tell its kind is SGD. */
export const optimizer = z.preprocess((value) => toldAs(value, 'kind', 'sgd'), settings);

/** The settings of an optimiser. */
export type OptimizerSettings = z.output<typeof settings>;

/** The declarations by kind. */
export type OptimizerOf = { [D in (typeof optimizers)[number] as D['key']]: D };

// a definition takes the settings of its own kind, which a list cannot say
type AnyDefinition = OptimizerDefinition<string, z.ZodRawShape, Vectors<z.ZodRawShape>>;
function definitionOf({ kind }: OptimizerSettings): AnyDefinition {
  return (optimizers as readonly unknown[] as readonly AnyDefinition[]).find(({ key }) => key === kind)!;
}

/**
 * Whether an optimiser takes its gradients on batches drawn from the training set, rather than on the whole of it: whether its settings
 * have a batch size.
 */
export function drawsBatches(
  optimizer: OptimizerSettings,
): optimizer is Extract<OptimizerSettings, { batchSize: number }> {
  return 'batchSize' in optimizer;
}

/** Whether an optimiser has a batch size, by its name; one of which there is none is taken for SGD. */
export function takesBatches(kind: string = 'sgd'): boolean {
  const definition = (optimizers as readonly unknown[] as readonly AnyDefinition[]).find(({ key }) => key === kind);
  return definition === undefined || 'batchSize' in definition.settings;
}

/** Whether a walk of an optimiser is evidence for the paper's claims, each of which may ask for more. */
export function isEvidence(optimizer: OptimizerSettings): boolean {
  return definitionOf(optimizer).evidence;
}

/** An optimiser's name in words. */
export function optimizerTitle(optimizer: OptimizerSettings): string {
  return definitionOf(optimizer).title;
}

/** Names of the vectors that an optimiser remembers with these settings, each of the parameters' length. */
export function vectorsOf(optimizer: OptimizerSettings): string[] {
  return Object.entries(definitionOf(optimizer).vectors)
    .filter(([, has]) => has === true || has(optimizer))
    .map(([name]) => name);
}

/** The same, and those that it would remember with other settings. */
export function declaredVectors(optimizer: OptimizerSettings): string[] {
  return Object.keys(definitionOf(optimizer).vectors);
}

/**
 * Whether an optimiser takes its steps on the host: wherever the vectors lie there, and with clipping, for which a norm is known only after a
 * pass. On a device every optimiser's rule is a formula, see electron/trainer/walk/rules/.
 */
export function stepsOnHost({ clipping }: OptimizerSettings, vectors: VectorPlace): boolean {
  return vectors === 'host' || clips(clipping);
}

/**
 * Multiply-adds that a step takes for each parameter beyond that of plain SGD, clipping counted in: loops on the host, which a device does not
 * wait for.
 */
export function stepWorkOf(optimizer: OptimizerSettings, vectors: VectorPlace): number {
  if (!stepsOnHost(optimizer, vectors)) return 0;
  return definitionOf(optimizer).work(optimizer) + clippingWork(optimizer.clipping);
}

/** The isotropic noise that an optimiser's gradients get: its standard deviation, null where it is to be measured; null where they get none. */
export function noiseOf(optimizer: OptimizerSettings): { deviation: number | null } | null {
  return definitionOf(optimizer).noise?.(optimizer) ?? null;
}

/** η·λ at the edge of stability as an optimiser's file declares it, its gradients not clipped; null where it has none. */
export function declaredEdge(optimizer: OptimizerSettings): number | null {
  return definitionOf(optimizer).edge?.(optimizer) ?? null;
}

/** What is wrong with an optimiser's settings beside each other; null where nothing is. */
export function optimizerProblem(optimizer: OptimizerSettings): SettingProblem | null {
  return definitionOf(optimizer).problem?.(optimizer) ?? null;
}

/** What makes an optimiser's steps other than learning rate times gradient, which the paper's are; in words that follow `has`, null where nothing does. */
export function unlikePaper(optimizer: OptimizerSettings): string | null {
  const momentum = 'momentum' in optimizer ? optimizer.momentum : 0;
  const clipped = clippingWords(optimizer.clipping);
  const parts = [...(momentum > 0 ? [`momentum ${momentum}`] : []), ...(clipped === null ? [] : [clipped])];
  return parts.length === 0 ? null : parts.join(' and ');
}
