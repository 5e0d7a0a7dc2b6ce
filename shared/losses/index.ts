/** Every loss: what each declares, joined. To add one: its file, and its line in the list. */
import { z } from 'zod';
import { casesOf, noSuchCase } from '../cases.ts';
import { toldAs } from '../fields.ts';
import { crossEntropyLoss } from './cross-entropy.ts';
import type { Loss, LossDefinition } from './define.ts';
import { squaredErrorLoss } from './squared-error.ts';
import type { TargetKind } from '../targets.ts';

export type { Loss } from './define.ts';

/** The losses in the order of the form. */
const losses = [crossEntropyLoss, squaredErrorLoss] as const;

const schemas = casesOf(losses, {
  title: 'Loss',
  help: `What training lowers: the mean over examples. Of an example ${losses.map(({ help }) => help).join('; ')}.`,
  group: 'what',
});

const settings = z.discriminatedUnion('kind', schemas, noSuchCase(losses));

/** A loss; one that does not tell its kind is cross-entropy. */
export const loss = z.preprocess((value) => toldAs(value, 'kind', crossEntropyLoss.key), settings);

/** The settings of a loss. */
export type LossSettings = z.output<typeof settings>;

// a definition takes the settings of its own kind, which a list cannot say
type AnyDefinition = LossDefinition<string, z.ZodRawShape>;
function definitionOf({ kind }: LossSettings): AnyDefinition {
  return (losses as readonly unknown[] as readonly AnyDefinition[]).find(({ key }) => key === kind)!;
}

/** Makes the loss that an experiment asks for. @param targets those of its data */
export function lossOf(settings: LossSettings, targets: TargetKind): Loss {
  return { ...definitionOf(settings).build(settings), targets };
}

/** Why a loss cannot be taken of some targets, in words that follow the name of its setting; null when it can. */
export function lossProblem(settings: LossSettings, targets: TargetKind): string | null {
  const { title, targets: taken } = definitionOf(settings);
  if (taken.includes(targets)) return null;
  const others = losses.filter((each) => each.targets.some((kind) => kind === targets));
  const words = { classes: 'classes', values: 'real numbers' };
  return `is ${title.toLowerCase()}, which is not taken of ${words[targets]}, and the targets of this data set are ${words[targets]}; choose ${others.map(({ title: other }) => other.toLowerCase()).join(' or ')}, or another data set`;
}

/** The unit of a loss's values; null for a pure number. */
export function lossUnit(settings: LossSettings): 'nats' | null {
  return definitionOf(settings).unit;
}

/** A value of a loss in words with its unit: `0.25 nats`. @param number as it is written */
export function inLossUnit(number: string, settings: LossSettings): string {
  const unit = lossUnit(settings);
  return unit === null ? number : `${number} ${unit}`;
}

/** Whether a walk on a loss is evidence for the paper's claims. */
export function isLossOfClaims(settings: LossSettings): boolean {
  return definitionOf(settings).evidence(settings);
}

/** The loss of an experiment that tells none: cross-entropy without smoothing. */
export const usualLoss: Loss = lossOf(settings.parse({ kind: crossEntropyLoss.key }), 'classes');
