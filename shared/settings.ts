/** Changing single settings of an experiment that may not be valid yet, by their dotted paths. */
import { experimentFields, hasField } from './experiment.ts';
import type { ExperimentField } from './experiment.ts';

/** An experiment as a form or a file holds it: the right shape or not, whatever was typed. */
export type Draft = Record<string, unknown>;

/** Every field of the experiment, read from the schema once. */
export const settingFields: readonly ExperimentField[] = experimentFields();

/** A copy of the draft with the value at a dotted path set; objects on the way are made where they are missing. */
export function withValue(draft: Draft, path: string, value: unknown): Draft {
  const [key, ...rest] = path.split('.') as [string, ...string[]];
  if (rest.length === 0) return { ...draft, [key]: value };
  const inner = draft[key];
  const base = isObject(inner) ? inner : {};
  return { ...draft, [key]: withValue(base, rest.join('.'), value) };
}

/** A copy of the draft with one setting changed; settings that there are no more with the new value go. */
export function withSetting(draft: Draft, path: string, value: unknown): Draft {
  const changed = withValue(draft, path, value);
  return settingFields
    .filter((field) => field.when?.path === path && !hasField(changed, field))
    .reduce((whole, field) => without(whole, field.path), changed);
}

/** A copy of the draft without the value at a dotted path. */
function without(draft: Draft, path: string): Draft {
  const [key, ...rest] = path.split('.') as [string, ...string[]];
  const { [key]: inner, ...others } = draft;
  if (rest.length === 0) return others;
  return isObject(inner) ? { ...draft, [key]: without(inner, rest.join('.')) } : draft;
}

/** Whether a value is an object with keys, no list. */
export function isObject(value: unknown): value is Draft {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
