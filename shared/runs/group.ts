/** Runs in groups: by status, tag, study, backend, or the value of any setting. */
import { experimentFields } from '../experiment.ts';
import { valueAt } from '../setting-fields.ts';
import { knownSettings } from '../records.ts';
import type { RunRecord } from '../records.ts';
import { canonical, formatSetting } from './settings.ts';

/** Something to group runs by. */
export interface Grouping {
  /** `status`, `tag`, `study`, `backend`, or a setting's path. */
  key: string;
  /** In words. */
  title: string;
  /** What tells the group of a run, and what the group is called. */
  group(run: RunRecord): { key: string; title: string };
}

/** One group. */
export interface RunGroup<R> {
  key: string;
  title: string;
  runs: R[];
}

const others: readonly Grouping[] = [
  { key: 'status', title: 'Status', group: (run) => ({ key: run.status, title: run.status }) },
  {
    key: 'tag',
    title: 'Tags',
    // a run with two tags is in the group of that pair, so that every run stands in one place
    group: ({ tags }) => {
      const title = [...tags].sort().join(', ');
      return { key: title, title: title || 'no tag' };
    },
  },
  {
    key: 'study',
    title: 'Study',
    // by its id: two studies may have one name
    group: ({ study, study_name }) => ({
      key: study ?? '',
      title: study === null ? 'no study' : (study_name ?? study),
    }),
  },
  {
    key: 'backend',
    title: 'Backend',
    group: ({ environment }) => ({ key: environment?.backend ?? '', title: environment?.backend ?? 'not started' }),
  },
];

let all: readonly Grouping[] | undefined;

/** Everything that runs can be grouped by. */
export function groupings(): readonly Grouping[] {
  all ??= [
    ...others,
    ...experimentFields()
      .filter(({ path }) => path !== 'name')
      .map(({ path, title }): Grouping => ({
        key: path,
        title,
        group: (run) => {
          const value = valueAt(knownSettings(run), path);
          return { key: canonical(value), title: `${title}: ${formatSetting(path, value)}` };
        },
      })),
  ];
  return all;
}

/** Groups in the order in which their first run comes; those of one title, two studies of one name, are numbered. */
export function groupRuns<R>(
  runs: readonly R[],
  recordOf: (run: R) => RunRecord,
  by: readonly Grouping[],
): RunGroup<R>[] {
  const groups = new Map<string, RunGroup<R>>();
  for (const run of runs) {
    const parts = by.map((grouping) => grouping.group(recordOf(run)));
    const key = JSON.stringify(parts.map((part) => part.key));
    const found = groups.get(key);
    if (found) found.runs.push(run);
    else groups.set(key, { key, title: parts.map((part) => part.title).join(' · ') || 'all runs', runs: [run] });
  }
  const seen = new Map<string, number>();
  for (const group of groups.values()) {
    const number = (seen.get(group.title) ?? 0) + 1;
    seen.set(group.title, number);
    if (number > 1) group.title += ` (${number})`;
  }
  return [...groups.values()];
}
