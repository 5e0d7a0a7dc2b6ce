/** Settings in a few words, and names for runs made of what differs between them. */
import { hasField, valueAt } from './experiment.ts';
import type { ExperimentField } from './experiment.ts';
import { canonical } from './runs/settings.ts';
import { isObject, settingFields } from './settings.ts';

/** Longest name that a run may have. */
const longestName = 120;

/** A setting with its value in a few words: `learning rate 0.1`, `batch norm`, `3 epochs`, `hidden widths 500-350`. */
export function settingWords(field: ExperimentField, value: unknown): string {
  const title = lowered(field.title);
  if (typeof value === 'boolean') return value ? title : `no ${title}`;
  if (field.path === 'length') return valueWords(value);
  return `${title} ${valueWords(value)}`;
}

/** A value of any setting in a few words. */
export function valueWords(value: unknown): string {
  if (value === null || value === undefined) return 'automatic';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value))
    return value.length === 0 ? 'none' : value.map(valueWords).join(value.some(isObject) ? ' and ' : '-');
  const entries = Object.entries(value) as [string, unknown][];
  const [key, inner] = entries[0] ?? ['', null];
  if (entries.length === 1)
    switch (key) {
      case 'epochs':
        return Array.isArray(inner)
          ? `${inner.length === 1 ? 'epoch' : 'epochs'} ${inner.join(', ')}`
          : `${valueWords(inner)} ${inner === 1 ? 'epoch' : 'epochs'}`;
      case 'iterations':
        return `${valueWords(inner)} ${inner === 1 ? 'iteration' : 'iterations'}`;
      case 'firstIterations':
        return `first ${valueWords(inner)}`;
      case 'subset':
        return `subset of ${valueWords(inner)}`;
    }
  return entries.map(([name, each]) => `${name} ${valueWords(each)}`).join(' ');
}

/** A title inside a sentence: its first letter small, unless the word is an abbreviation. */
function lowered(title: string): string {
  return /^[A-Z][a-z]/.test(title) ? title[0]!.toLowerCase() + title.slice(1) : title;
}

/** The settings, names aside, in which experiments differ, in the schema's order, with the seed last. */
function differingFields(experiments: readonly unknown[]): ExperimentField[] {
  const differs = ({ path }: ExperimentField): boolean => {
    if (path === 'name') return false;
    const first = canonical(valueAt(experiments[0], path));
    return experiments.some((experiment) => canonical(valueAt(experiment, path)) !== first);
  };
  return settingFields.filter(differs).toSorted((a, b) => Number(a.path === 'seed') - Number(b.path === 'seed'));
}

/**
 * A name for each of several experiments, made of what differs between them: `learning rate 0.1 · seed 2`. No two are the
 * same unless the experiments are; `common` names them where nothing differs.
 */
export function differingNames(experiments: readonly unknown[], common: string): string[] {
  const fields = differingFields(experiments);
  if (fields.length === 0) return experiments.map(() => common);
  return experiments.map((experiment, index) => {
    const name = fields
      .filter((field) => hasField(experiment, field))
      .map((field) => settingWords(field, valueAt(experiment, field.path)))
      .join(' · ');
    const mark = `… (${index + 1})`;
    return name.length <= longestName ? name : name.slice(0, longestName - mark.length) + mark;
  });
}
