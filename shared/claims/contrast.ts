/**
 * Contrasts along a setting: runs that are equal in everything else, at several of its values. Slopes are fitted within families of such runs, so
 * that nothing but the setting, what settings do for reasons of their own, and the seeds can make them.
 */
import { valueAt } from '../setting-fields.ts';
import { settingKey } from './evidence.ts';
import type { ClaimRun } from './evidence.ts';
import { method } from './intervals.ts';
import type { Placed } from './intervals.ts';
import { bySetting } from './statistic.ts';
import type { Labelled } from './statistic.ts';

/** Runs that differ along a setting (and in their seeds) only. */
export interface Family {
  key: string;
  runs: ClaimRun[];
}

/** A run in a contrast: where it stands along the setting, and what was found of it. */
export type Contrasted = Labelled & Placed;

/**
 * Families of runs along a setting, those with at least two values of it.
 * @param path dotted path of a number above 0
 * @param aside further settings that may differ along with it
 */
export function families(runs: readonly ClaimRun[], path: string, aside: readonly string[] = []): Family[] {
  const found = new Map<string, ClaimRun[]>();
  for (const run of runs) {
    const key = settingKey(run, [path, ...aside]);
    found.set(key, [...(found.get(key) ?? []), run]);
  }
  return [...found]
    .map(([key, members]) => ({ key, runs: members }))
    .filter(({ runs: members }) => new Set(members.map((run) => settingOf(run, path))).size > 1);
}

/** The number at a path of a run's experiment. */
export function settingOf({ experiment }: ClaimRun, path: string): number {
  return Number(valueAt(experiment, path));
}

/**
 * Leaves out settings with too few seeds where two or more values remain in their family; keeps all where none would.
 */
export function wellSeeded<S extends Contrasted>(samples: readonly S[]): readonly S[] {
  const seeded = [...bySetting(samples).values()].filter((members) => members.length >= method.seedsPerSetting);
  const values = new Map<string, Set<number>>();
  for (const [first] of seeded) values.set(first!.family, (values.get(first!.family) ?? new Set()).add(first!.x));
  const kept = seeded.flat().filter(({ family }) => values.get(family)!.size > 1);
  return kept.length > 0 ? kept : samples;
}

/**
 * What a contrast needs for a verdict, as a phrase; null when the samples have it: settings are its units, of which a slope needs four
 * in one family.
 */
export function contrastMissing(samples: readonly Contrasted[], setting: string): string | null {
  const settings = bySetting(samples);
  const seeded = [...settings.values()].every((members) => members.length >= method.seedsPerSetting);
  const families = new Set(samples.map(({ family }) => family)).size;
  return seeded && settings.size - families - 1 >= method.slopeDegrees
    ? null
    : `${method.slopeDegrees + 2} or more ${setting} with at least ${method.seedsPerSetting} seeds each, everything else equal`;
}
