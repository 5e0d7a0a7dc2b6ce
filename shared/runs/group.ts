/** Runs in groups: by status, tag, study, backend, or the value of any setting; in the order of those values. */
import { experimentFields } from '../experiment.ts';
import { valueAt } from '../setting-fields.ts';
import { knownSettings } from '../records.ts';
import type { RunRecord } from '../records.ts';
import { lowered } from '../setting-words.ts';
import { canonical, formatSetting } from './settings.ts';

/** Something to group runs by. */
export interface Grouping {
  /** `status`, `tag`, `study`, `backend`, or a setting's path. */
  key: string;
  /** In words. */
  title: string;
  /** What tells the group of a run, what the group is called by itself, and its value where the title is said already. */
  group(run: RunRecord): { key: string; title: string; value: string };
  /** The number that the key of a group stands for, a setting's; null where it stands for none. */
  number(key: string): number | null;
  /** Whether such numbers say how much: a seed's do not. */
  isAmount: boolean;
}

/** One group. */
export interface RunGroup<R> {
  key: string;
  /** Its name by itself: `Learning rate 0.1, batch size 100`. */
  title: string;
  /** Its name under the titles of what it is grouped by: `0.1, 100`. */
  value: string;
  runs: R[];
}

/** A grouping whose groups are called by their value alone. */
function byWords(key: string, title: string, group: (run: RunRecord) => { key: string; value: string }): Grouping {
  return {
    ...{ key, title, isAmount: false },
    number: () => null,
    group: (run) => {
      const found = group(run);
      return { ...found, title: found.value };
    },
  };
}

const others: readonly Grouping[] = [
  byWords('status', 'Status', ({ status }) => ({ key: status, value: status })),
  byWords('tag', 'Tags', ({ tags }) => {
    // a run with two tags is in the group of that pair, so that every run stands in one place
    const value = [...tags].sort().join(', ');
    return { key: value, value: value || 'no tag' };
  }),
  // by its id: two studies may have one name
  byWords('study', 'Study', ({ study, study_name }) => ({
    key: study ?? '',
    value: study === null ? 'no study' : (study_name ?? study),
  })),
  byWords('backend', 'Backend', ({ environment }) => ({
    key: environment?.backend ?? '',
    value: environment?.backend ?? 'not started',
  })),
];

let all: readonly Grouping[] | undefined;

/** Everything that runs can be grouped by. */
export function groupings(): readonly Grouping[] {
  all ??= [
    ...others,
    ...experimentFields()
      .filter(({ path }) => path !== 'name')
      .map(({ path, title }): Grouping => ({
        ...{ key: path, title, isAmount: path !== 'seed' },
        number: numberOf,
        group: (run) => {
          const setting = valueAt(knownSettings(run), path);
          const value = formatSetting(path, setting);
          return { key: canonical(setting), title: `${title} ${value}`, value };
        },
      })),
  ];
  return all;
}

/** The groupings of some keys, in their order; what is not known, of a newer version's recipe, is left out. */
export function groupingsOf(keys: readonly string[]): Grouping[] {
  return keys.map((key) => groupings().find((entry) => entry.key === key)).filter((entry) => entry !== undefined);
}

/** The number that a setting's key stands for. */
function numberOf(key: string): number | null {
  const value = Number(key);
  return key !== '' && Number.isFinite(value) ? value : null;
}

/** The keys of a group's parts, one for each grouping; none of what is not a key as {@link groupRuns} makes it, such as a run's id. */
export function partsOf(key: string): string[] {
  try {
    const parts: unknown = JSON.parse(key);
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : [];
  } catch {
    return [];
  }
}

/** Words by alphabet, numbers in them by size: `walk 2` before `walk 10`. */
const naturally = new Intl.Collator('en', { numeric: true }).compare;

/** Whether the group of one key comes before that of another: numbers by size and before words, words by alphabet. */
function compareParts(grouping: Grouping, one: { key: string; value: string }, other: typeof one): number {
  const [a, b] = [grouping.number(one.key), grouping.number(other.key)];
  if (a !== null && b !== null) return a - b;
  return Number(a === null) - Number(b === null) || naturally(one.value, other.value);
}

/**
 * Runs in groups; those of one title, two studies of one name, are numbered.
 * @param order `value`: by the values of what they are grouped by, the first of them first; `run`: in the order in which their first run comes
 */
export function groupRuns<R>(
  runs: readonly R[],
  recordOf: (run: R) => RunRecord,
  by: readonly Grouping[],
  order: 'value' | 'run' = 'value',
): RunGroup<R>[] {
  const found = new Map<string, RunGroup<R> & { parts: ReturnType<Grouping['group']>[] }>();
  for (const run of runs) {
    const parts = by.map((grouping) => grouping.group(recordOf(run)));
    const key = JSON.stringify(parts.map((part) => part.key));
    const known = found.get(key);
    if (known) known.runs.push(run);
    else found.set(key, { ...{ key, parts, runs: [run] }, ...namesOf(parts) });
  }
  const groups = [...found.values()];
  if (order === 'value')
    groups.sort((one, other) => {
      for (const [index, grouping] of by.entries()) {
        const difference = compareParts(grouping, one.parts[index]!, other.parts[index]!);
        if (difference !== 0) return difference;
      }
      return 0;
    });
  const seen = new Map<string, number>();
  return groups.map(({ key, title, value, runs: inside }) => {
    const number = (seen.get(title) ?? 0) + 1;
    seen.set(title, number);
    const after = number > 1 ? ` (${number})` : '';
    return { key, title: title + after, value: value + after, runs: inside };
  });
}

/** What a group is called: its settings one after the other, in one sentence. */
function namesOf(parts: readonly { title: string; value: string }[]): { title: string; value: string } {
  const titles = parts.map(({ title, value }, index) => (index === 0 || title === value ? title : lowered(title)));
  return {
    title: titles.join(', ') || 'all runs',
    value: parts.map(({ value }) => value).join(', ') || 'all runs',
  };
}
