/** The settings of runs as axes: numbers by their size, everything else as words; by the names that the filter knows. */
import { experimentFields } from '../experiment.ts';
import type { RunRecord } from '../records.ts';
import { runFields } from '../runs/fields.ts';
import type { RunField } from '../runs/fields.ts';
import { groupingsOf } from '../runs/group.ts';
import type { Grouping } from '../runs/group.ts';
import { formatSetting } from '../runs/settings.ts';

/** What a run has of a setting; null where it has none. */
export type SettingValue = number | string | null;

/** A setting that runs can differ in. */
export interface RunSetting {
  /** Its name in a filter: `optimizer.learningRate`, `length.epochs`. */
  name: string;
  title: string;
  unit: string | null;
  /** Whether its values are words, in no order of size. */
  words: boolean;
  value(run: RunRecord): SettingValue;
  /** A value as it is written. */
  label: (value: number | string) => string;
}

/** What is no setting of the experiment, and as good as one. */
const besides: Readonly<Record<string, string>> = { parameters: 'Trainable parameters', backend: 'Backend' };

/** A field of the filter as a setting. The seed is a name more than a number: its size means nothing. */
function settingOf(asked: RunField): RunSetting {
  const { name, title, kind } = asked;
  const field = experimentFields().find(({ path }) => name === path || name.startsWith(`${path}.`));
  const words = kind !== 'number' || name === 'seed';
  return {
    name,
    title: besides[name] ?? title.charAt(0).toUpperCase() + title.slice(1),
    unit: (kind === 'number' && field?.path === name && field.unit) || null,
    words,
    value: (run) => {
      const own = asked.value(run);
      if (own === null || typeof own === 'object') return null;
      if (typeof own === 'boolean') return own ? 'yes' : 'no';
      return words ? String(own) : own;
    },
    label: (own) =>
      typeof own === 'string' && field?.control === 'choice' ? formatSetting(field.path, own) : String(own),
  };
}

let all: ReadonlyMap<string, RunSetting> | undefined;

function known(): ReadonlyMap<string, RunSetting> {
  if (!all) {
    const paths = experimentFields().map(({ path }) => path);
    const isSetting = (name: string): boolean =>
      name !== 'name' && paths.some((path) => name === path || name.startsWith(`${path}.`));
    all = new Map(
      runFields()
        .filter(({ name }) => isSetting(name) || Object.hasOwn(besides, name))
        .map((field) => [field.name, settingOf(field)]),
    );
  }
  return all;
}

/** A setting by its name; undefined where there is none. */
export function runSetting(name: string): RunSetting | undefined {
  return known().get(name);
}

/**
 * What runs are grouped by over settings: the groupings of a comparison, and settings that are none of those, such as the epochs of a length;
 * names that are neither are left out.
 */
export function settingGroupings(names: readonly string[]): Grouping[] {
  return names.flatMap((name) => {
    const own = groupingsOf([name]);
    const setting = runSetting(name);
    return own.length > 0 || setting === undefined ? own : [groupingOf(setting)];
  });
}

function groupingOf(setting: RunSetting): Grouping {
  const { name, title, words } = setting;
  return {
    ...{ key: name, title, isAmount: !words },
    number: (key) => {
      const own: unknown = JSON.parse(key);
      return typeof own === 'number' ? own : null;
    },
    group: (run) => {
      const own = setting.value(run);
      const written = own === null ? 'none' : setting.label(own);
      return { key: JSON.stringify(own), title: `${title} ${written}`, value: written };
    },
  };
}

/** Orders values: numbers by size, words as people sort them, with the numbers in them by size. */
export function compareValues(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return collator.compare(String(a), String(b));
}
const collator = new Intl.Collator('en', { numeric: true });

/** The different values that runs have of a setting, in order. */
function valuesOf(setting: RunSetting, runs: readonly RunRecord[]): (number | string)[] {
  const found = new Set(runs.map((run) => setting.value(run)));
  found.delete(null);
  return [...(found as Set<number | string>)].sort(compareValues);
}

/** A setting in which runs differ, with the values that they have. */
export interface VariedSetting {
  setting: RunSetting;
  values: (number | string)[];
}

/**
 * The settings of which runs have at least two values, as the form orders them, the seed last.
 * @param first names of settings that come before the others, such as those that a study varies; also the beginning of a name
 */
export function variedSettings(runs: readonly RunRecord[], first: readonly string[] = []): VariedSetting[] {
  const varied = [...known().values()]
    .map((setting) => ({ setting, values: valuesOf(setting, runs) }))
    .filter(({ values }) => values.length > 1);
  const place = ({ setting: { name } }: VariedSetting): number =>
    name === 'seed' ? 3 : first.some((one) => name === one || name.startsWith(`${one}.`)) ? 0 : name in besides ? 2 : 1;
  return varied.sort((a, b) => place(a) - place(b));
}

/** The setting to begin with: of those that a study varies, or else of all but the seed, the one with the most values. */
export function mostVaried(varied: readonly VariedSetting[], first: readonly string[] = []): VariedSetting | undefined {
  const isFirst = (name: string): boolean => first.some((one) => name === one || name.startsWith(`${one}.`));
  const rank = ({ setting: { name }, values }: VariedSetting): number =>
    (name === 'seed' ? -2e9 : name in besides ? -1e9 : isFirst(name) ? 1e9 : 0) + values.length;
  return varied.reduce<VariedSetting | undefined>(
    (best, one) => (best === undefined || rank(one) > rank(best) ? one : best),
    undefined,
  );
}
