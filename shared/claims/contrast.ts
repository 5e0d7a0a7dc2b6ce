/**
 * Contrasts along a setting: runs that are equal in everything else, at two or more of its values. The slope is fitted
 * within families of such runs, so that nothing but the setting (and the seeds) can make it.
 */
import { valueAt } from '../experiment.ts';
import { bySetting, method } from './bootstrap.ts';
import type { Draw } from './bootstrap.ts';
import { settingKey } from './evidence.ts';
import type { ClaimRun } from './evidence.ts';
import type { LabelledSample } from './test-statistic.ts';

/** Runs that differ along a setting (and in their seeds) only. */
export interface Family {
  key: string;
  runs: ClaimRun[];
}

/** A run in a contrast: which family, and where it stands along the setting. */
export interface ContrastSample extends LabelledSample {
  family: string;
  /** Logarithm of the setting. */
  x: number;
}

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
 * Least-squares slope of f(means) on x with a level of its own for every family: Σ (x − x̄)(y − ȳ) / Σ (x − x̄)².
 * @param y the quantity of a run from the means of its series; by default the first mean
 */
export function slope(
  draws: readonly Draw<ContrastSample>[],
  y: (means: readonly number[]) => number = (means) => means[0]!,
): number {
  const members = new Map<string, { x: number; y: number }[]>();
  for (const { sample, means } of draws) {
    const point = { x: sample.x, y: y(means) };
    const known = members.get(sample.family);
    if (known) known.push(point);
    else members.set(sample.family, [point]);
  }
  let [covariance, variance] = [0, 0];
  for (const points of members.values()) {
    const meanX = points.reduce((sum, point) => sum + point.x, 0) / points.length;
    const meanY = points.reduce((sum, point) => sum + point.y, 0) / points.length;
    for (const point of points) {
      covariance += (point.x - meanX) * (point.y - meanY);
      variance += (point.x - meanX) ** 2;
    }
  }
  return covariance / variance;
}

/**
 * Leaves out settings with too few seeds where two or more values remain in their family; keeps all where none would.
 */
export function wellSeeded<S extends ContrastSample>(samples: readonly S[]): readonly S[] {
  const seeded = [...bySetting(samples).values()].filter((members) => members.length >= method.seedsPerSetting);
  const values = new Map<string, Set<number>>();
  for (const [first] of seeded) values.set(first!.family, (values.get(first!.family) ?? new Set()).add(first!.x));
  const kept = seeded.flat().filter(({ family }) => values.get(family)!.size > 1);
  return kept.length > 0 ? kept : samples;
}

/** What a contrast needs, as a phrase; null when the samples have it. */
export function contrastMissing(samples: readonly ContrastSample[], setting: string): string | null {
  const enough = [...bySetting(samples).values()].every((members) => members.length >= method.seedsPerSetting);
  return samples.length > 0 && enough
    ? null
    : `two or more ${setting} with at least ${method.seedsPerSetting} seeds each, everything else equal`;
}
