/** Changing single settings of an experiment that may not be valid yet, by their dotted paths. */
import { experimentFields } from './experiment.ts';
import { defaultOf, hasField, valueAt } from './setting-fields.ts';
import type { ExperimentField } from './setting-fields.ts';

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

/**
 * A copy of the draft with one setting changed; settings that there are no more with the new value go, and those that nobody told get the default
 * of the new one: another optimiser's learning rate is of another size.
 * @param given see {@link followers}
 */
export function withSetting(draft: Draft, path: string, value: unknown, given?: unknown): Draft {
  const changed = withValue(draft, path, value);
  const { gone, moved } = followers(draft, changed, path, given);
  const left = gone.reduce(without, changed);
  return moved.reduce((whole, [at, itsDefault]) => withValue(whole, at, itsDefault), left);
}

/**
 * What follows when the setting at a path was changed: the paths of settings that are none any more, and of defaults that are others now.
 * @param given settings that nobody told, as those of a preset: what stands as there is no more told than a default, and comes back with the
 *   value that it stood beside
 */
export function followers(
  before: unknown,
  after: unknown,
  path: string,
  given?: unknown,
): { gone: string[]; moved: [path: string, value: unknown][] } {
  const isThat = (field: ExperimentField, value: unknown): boolean =>
    JSON.stringify(valueAt(before, field.path)) === JSON.stringify(value);
  const isGiven = given !== undefined && valueAt(given, path) === valueAt(after, path);
  const newOf = (field: ExperimentField): unknown =>
    (isGiven ? valueAt(given, field.path) : undefined) ?? defaultOf(after, field);
  const isUntold = (field: ExperimentField): boolean =>
    isThat(field, defaultOf(before, field)) || (given !== undefined && isThat(field, valueAt(given, field.path)));
  // those that depend on one that is gone are gone with it: a norm's groups with the norm
  const gone = new Set<string>();
  for (const field of settingFields)
    if (field.when && (gone.has(field.when.path) || (field.when.path === path && !hasField(after, field))))
      gone.add(field.path);
  return {
    gone: [...gone],
    moved: settingFields
      .filter((field) => field.defaultBy?.path === path && hasField(after, field) && isUntold(field))
      .map((field) => [field.path, newOf(field)]),
  };
}

/** A copy of the draft without the value at a dotted path, and without what held nothing else. */
function without(draft: Draft, path: string): Draft {
  const [key, ...rest] = path.split('.') as [string, ...string[]];
  const { [key]: inner, ...others } = draft;
  if (rest.length === 0) return others;
  if (!isObject(inner)) return draft;
  const left = without(inner, rest.join('.'));
  return Object.keys(left).length === 0 ? others : { ...draft, [key]: left };
}

/** Whether a value is an object with keys, no list. */
export function isObject(value: unknown): value is Draft {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
