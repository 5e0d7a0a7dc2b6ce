/** What differences are taken to: a run or a group, and which runs are compared with which. */
import { z } from 'zod';
import { experimentFields } from '../experiment.ts';
import { knownSettings } from '../records.ts';
import type { RunRecord } from '../records.ts';
import { groupingsOf, groupRuns } from '../runs/group.ts';
import { canonical, differingSettings } from '../runs/settings.ts';
import { valueAt } from '../setting-fields.ts';

/** A run by its id, or a group by its values of what groups are told apart by, in that order; null for none. */
export const baselineSchema = z.union([z.string(), z.strictObject({ group: z.array(z.string()) })]).nullable();
/** A run or a group. */
export type Baseline = z.output<typeof baselineSchema>;

/** Whether a group's key is that of a baseline: texts may stand in a recipe without the quotation marks of JSON. */
function isGroup(key: string, values: readonly string[]): boolean {
  const own = JSON.parse(key) as string[];
  return own.length === values.length && own.every((one, at) => one === values[at] || one === canonical(values[at]));
}

/** Whether a baseline can be meant at all: a group only where runs are grouped, with a value for each grouping. */
export function fitsGroups(baseline: Baseline, group: readonly string[] | null): boolean {
  return baseline === null || typeof baseline === 'string' || baseline.group.length === group?.length;
}

/** The runs of a baseline with their name; null where there is none, or none of its runs. */
export function findBaseline<R>(
  runs: readonly R[],
  recordOf: (run: R) => RunRecord,
  { baseline, group }: { baseline: Baseline; group: readonly string[] | null },
): { title: string; runs: readonly R[]; isGroup: boolean } | null {
  if (baseline === null) return null;
  if (typeof baseline === 'string') {
    const run = runs.find((one) => recordOf(one).run === baseline);
    return run === undefined ? null : { title: recordOf(run).name, runs: [run], isGroup: false };
  }
  const by = groupingsOf(group ?? []);
  const found =
    group === null ? undefined : groupRuns(runs, recordOf, by).find(({ key }) => isGroup(key, baseline.group));
  return found === undefined ? null : { title: found.title, runs: found.runs, isGroup: true };
}

/** How the differences of a group to a baseline group were taken. */
export interface Pairing<R> {
  /** Runs of the group with their partners; differences are taken within each. Empty where they are not paired. */
  pairs: readonly (readonly [own: R, other: R])[];
  /** How many runs the larger of both groups has. */
  of: number;
  /** How differences of so many pairs were taken, or that there are none, in words: `paired by seed, 5 of 6 pairs`. */
  words: (pairs: number) => string;
  /** Settings beside the seed in which runs of equal seed differ, in words: why they are no pairs. */
  differing: readonly string[];
}

/**
 * Pairs the runs of a group with those of the baseline's: runs are partners that are equal in every setting but those by which runs are
 * grouped, the seed being one of them. Runs of a seed that nobody knows have none. Pairs are taken where at least half of the runs of the
 * larger group have a partner; else more would be thrown away than pairing saves, and both groups are compared whole.
 */
export function pairRuns<R>(
  own: readonly R[],
  others: readonly R[],
  recordOf: (run: R) => RunRecord,
  group: readonly string[],
): Pairing<R> {
  const paths = experimentFields()
    .map(({ path }) => path)
    .filter((path) => path !== 'name' && !group.includes(path));
  const keyOf = (run: R): string | null => {
    const settings = knownSettings(recordOf(run));
    if (valueAt(settings, 'seed') === undefined) return null;
    return canonical(paths.map((path) => valueAt(settings, path)));
  };
  // whatever the order in which runs were chosen, the same run of several that are equal is a partner
  const byId = (a: R, b: R): number => (recordOf(a).run < recordOf(b).run ? -1 : 1);
  const free = new Map<string, R[]>();
  for (const run of [...others].sort(byId)) {
    const key = keyOf(run);
    if (key !== null) free.set(key, [...(free.get(key) ?? []), run]);
  }
  const pairs: [R, R][] = [];
  for (const run of [...own].sort(byId)) {
    const other = free.get(keyOf(run) ?? '')?.shift();
    if (other !== undefined) pairs.push([run, other]);
  }
  const of = Math.max(own.length, others.length);
  if (2 * pairs.length >= of) {
    const by = group.includes('seed') ? 'settings' : 'seed';
    const words = (count: number): string => `paired by ${by}, ${count} of ${of} ${of === 1 ? 'pair' : 'pairs'}`;
    return { pairs, of, words, differing: [] };
  }
  return {
    pairs: [],
    of,
    words: () => `unpaired, ${own.length} and ${others.length} runs`,
    differing: differingOf(own, others, recordOf, group),
  };
}

/** Settings in which runs of one seed differ, beside those they are grouped by. */
function differingOf<R>(
  own: readonly R[],
  others: readonly R[],
  recordOf: (run: R) => RunRecord,
  group: readonly string[],
): string[] {
  const seedOf = (run: R): unknown => valueAt(knownSettings(recordOf(run)), 'seed');
  const bySeed = new Map(others.map((run) => [seedOf(run), run]));
  const titles = new Set<string>();
  for (const run of own) {
    const other = seedOf(run) === undefined ? undefined : bySeed.get(seedOf(run));
    if (other === undefined) continue;
    for (const { field } of differingSettings([run, other].map((one) => knownSettings(recordOf(one)))))
      if (!group.includes(field.path)) titles.add(field.title.toLowerCase());
  }
  return [...titles];
}
