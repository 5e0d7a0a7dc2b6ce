/** What is said about a field beside its help. */
import { examplesWord, shapeText, targetsText } from '../../shared/datasets.ts';
import type { Dataset } from '../../shared/datasets.ts';
import type { ExperimentField } from '../../shared/setting-fields.ts';
import { variedWords } from '../../shared/sweep.ts';
import { formatCount } from '../ui/format.ts';

/** What a data set says about a field, in a sentence; null where it says nothing. */
export function factsOf({ path }: Pick<ExperimentField, 'path'>, set: Dataset | undefined): string | null {
  if (!set) return null;
  if (path === 'data.set')
    return `${formatCount(set.count)} ${examplesWord(set)} of ${shapeText(set)}, ${targetsText(set)}.`;
  return path === 'data.train' ? `Of ${formatCount(set.count)} in all.` : null;
}

/**
 * Why a field cannot be varied by itself, in a sentence: an object of settings around it, or a part of it, is varied.
 * @param sweep values by path
 */
export function fixedBy(
  { path }: Pick<ExperimentField, 'path'>,
  sweep: Readonly<Record<string, unknown>>,
): string | undefined {
  const other = Object.keys(sweep).find((varied) => path.startsWith(`${varied}.`) || varied.startsWith(`${path}.`));
  if (other === undefined) return undefined;
  return `Varied by ${other}: ${variedWords(sweep[other])}.`;
}
