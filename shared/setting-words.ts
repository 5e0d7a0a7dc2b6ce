/** Settings in a few words: for names and labels; tables and forms say them in full (formatSetting). */
import type { ExperimentField } from './setting-fields.ts';
import { isObject } from './settings.ts';

/** A setting with its value in a few words: `learning rate 0.1`, `batch norm`, `3 epochs`, `hidden widths 500-350`. */
export function settingWords(field: ExperimentField, value: unknown): string {
  const title = lowered(field.title);
  if (typeof value === 'boolean') return value ? title : `no ${title}`;
  if (field.control === 'length') return valueWords(value);
  const isEmpty = value === null || (Array.isArray(value) && value.length === 0);
  return `${title} ${(isEmpty && field.empty) || valueWords(value)}`;
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
      case 'sequential':
        return `sequential ${valueWords(inner)}`;
    }
  return entries.map(([name, each]) => `${name} ${valueWords(each)}`).join(' ');
}

/** A title inside a sentence: its first letter small, unless the word is an abbreviation. */
export function lowered(title: string): string {
  return /^[A-Z][a-z]/.test(title) ? title[0]!.toLowerCase() + title.slice(1) : title;
}
