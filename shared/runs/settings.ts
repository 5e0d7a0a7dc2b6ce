/** Settings of runs in words, and what differs between them: for tables, labels, names and the filter. */
import { experimentFields } from '../experiment.ts';
import { valueAt } from '../setting-fields.ts';
import type { ExperimentField } from '../setting-fields.ts';
import { shortName } from '../networks/index.ts';
import { settingWords } from '../setting-words.ts';

/** Made once: making one for every number is slow. */
const wholeNumbers = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const count = (value: number, one: string): string => `${wholeNumbers.format(value)} ${one}${value === 1 ? '' : 's'}`;

/** Any value of an experiment as plain text. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value === null || value === undefined ? '' : JSON.stringify(value);
}

/** Architecture in short: `MLP 500-350`, `VGG-11 BN`, `ResNet-56`. */
export function architectureOf(experiment: unknown): string {
  return shortName(valueAt(experiment, 'model'));
}

let fieldsByPath: Map<string, ExperimentField> | undefined;

/** A setting's value in words, whatever its control. */
export function formatSetting(path: string, value: unknown): string {
  if (value === undefined) return '–';
  fieldsByPath ??= new Map(experimentFields().map((field) => [field.path, field]));
  const field = fieldsByPath.get(path);
  if (value === null) return field?.empty ?? '–';
  if (field?.control === 'word-or-count') {
    const { word, wordLabel, prefix = '', more } = field.words;
    const own = more && (value as Record<string, unknown>)[more.key];
    if (more && own) {
      const numbers = more.numbers.map(({ key, label }) => `${label} ${textOf((own as Record<string, unknown>)[key])}`);
      return `${more.said}, ${numbers.join(', ')}`;
    }
    return value === word ? wordLabel : `${prefix}${formatSetting('', value)}`;
  }
  if (field?.control === 'choice') return field.choices[textOf(value)] ?? textOf(value);
  if (typeof value === 'number')
    return field?.control === 'integer' && path !== 'seed' ? wholeNumbers.format(value) : String(value);
  if (typeof value === 'string') return value === 'train' ? 'whole training set' : value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) {
    if (value.length === 0) return field?.empty ?? 'none';
    return field?.control === 'windows'
      ? value.map((entry) => formatSetting('', entry)).join(', ')
      : value.map(String).join(', ');
  }
  const record = value as Record<string, unknown>;
  if (typeof record['epochs'] === 'number') return count(record['epochs'], 'epoch');
  if (typeof record['iterations'] === 'number') return count(record['iterations'], 'iteration');
  if (typeof record['subset'] === 'number') return count(record['subset'], 'example');
  if (typeof record['firstIterations'] === 'number')
    return record['firstIterations'] === 1
      ? 'first iteration'
      : `first ${wholeNumbers.format(record['firstIterations'])} iterations`;
  if (Array.isArray(record['epochs']))
    return `${record['epochs'].length === 1 ? 'epoch' : 'epochs'} ${record['epochs'].join(', ')}`;
  return JSON.stringify(value);
}

/** Whether two settings are the same. */
export function same(a: unknown, b: unknown): boolean {
  return a === b || canonical(a) === canonical(b);
}

/** A value as JSON with its keys in order: equal for equal settings. */
export function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? 'undefined'
  );
}

/** One setting over several experiments. */
export interface SettingRow {
  field: ExperimentField;
  values: unknown[];
  differs: boolean;
}

/** Every setting except the name, with its value in each experiment. */
export function compareSettings(experiments: readonly unknown[]): SettingRow[] {
  return experimentFields()
    .filter((field) => field.path !== 'name')
    .map((field) => {
      const values = experiments.map((experiment) => valueAt(experiment, field.path));
      return { field, values, differs: values.some((value) => !same(value, values[0])) };
    });
}

/** The settings in which experiments differ, the seed last; never the name. */
export function differingSettings(experiments: readonly unknown[]): SettingRow[] {
  const rows = compareSettings(experiments).filter(({ differs }) => differs);
  const isSeed = ({ field }: SettingRow): boolean => field.path === 'seed';
  return [...rows.filter((row) => !isSeed(row)), ...rows.filter(isSeed)];
}

/** Longest name of a run. */
const mostCharacters = 120;

/**
 * A readable name for each experiment, made of the settings in which they differ, the seed last: `learning rate 0.5 · seed 2`. What
 * is not known of one, an imported run, is left out of its name. Names that would be the same are numbered.
 * @param otherwise what an experiment is called where nothing differs
 */
export function namesOfDifferences(experiments: readonly unknown[], otherwise: (index: number) => string): string[] {
  const rows = differingSettings(experiments);
  const names = experiments.map((_, index) => {
    const parts = rows.flatMap(({ field, values }) =>
      values[index] === undefined ? [] : [settingWords(field, values[index])],
    );
    return parts.length > 0 ? parts.join(' · ') : otherwise(index);
  });
  const fitting = names.map((name) => (name.length > mostCharacters ? `${name.slice(0, mostCharacters - 1)}…` : name));
  const total = new Map<string, number>();
  for (const name of fitting) total.set(name, (total.get(name) ?? 0) + 1);
  const seen = new Map<string, number>();
  return fitting.map((name) => {
    if (total.get(name) === 1) return name;
    const number = (seen.get(name) ?? 0) + 1;
    seen.set(name, number);
    return `${name.slice(0, mostCharacters - 6)} (${number})`;
  });
}
