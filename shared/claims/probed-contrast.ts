/** Contrasts of what was measured at the same probed iterations of every run. */
import { contrastMissing, families, settingOf, wellSeeded } from './contrast.ts';
import type { Contrasted, Family } from './contrast.ts';
import { meanOf } from './autocorrelation.ts';
import { at, distinct, probedCount, probedRows, resolutionsAt, settingKey, settingLabels } from './evidence.ts';
import type { ClaimRun } from './evidence.ts';

/** Fewest iterations that every run of a contrast was probed at. */
const fewestCommon = 20;

/** A run of such a contrast: `y` is the first of its measures, and how many iterations they are of. */
export type ProbedRun<K extends string> = Contrasted & { iterations: number } & Record<K, number>;

/**
 * Runs of families along a setting, at the iterations at which all runs of the family were probed: what is measured changes in the course of
 * training, so that other iterations would not compare.
 * @param x where a value of the setting stands
 * @param measures what is taken from a run at those rows
 * @returns the runs, and what is missing for a verdict
 */
export function probedContrast<K extends string>(
  runs: readonly ClaimRun[],
  path: string,
  setting: string,
  measures: (run: ClaimRun, rows: readonly number[]) => Record<K, number>,
): { samples: readonly ProbedRun<K>[]; missing: string | null } {
  const labels = settingLabels(runs);
  const samples = wellSeeded(
    families(distinct(runs, probedCount), path).flatMap((family) =>
      commonRows(family).map(({ run, rows }) => ({
        setting: settingKey(run),
        label: labels.get(run)!,
        family: family.key,
        x: Math.log2(settingOf(run, path)),
        y: NaN,
        iterations: rows.length,
        ...measures(run, rows),
      })),
    ),
  );
  const missing = contrastMissing(samples, setting);
  return {
    samples,
    missing: missing === null ? null : `${missing}, probed at ${fewestCommon} or more of the same iterations`,
  };
}

/** Runs of a family with the rows of the iterations at which every one of them was probed; none where these are too few. */
function commonRows({ runs }: Family): { run: ClaimRun; rows: number[] }[] {
  const probed = runs
    .map((run) => ({ run, rows: new Map(probedRows(run).map((row) => [run.iterations.iteration[row]!, row])) }))
    .filter(({ rows }) => rows.size >= fewestCommon);
  const first = probed[0];
  if (!first) return [];
  const common = [...first.rows.keys()].filter((iteration) => probed.every(({ rows }) => rows.has(iteration)));
  return common.length < fewestCommon
    ? []
    : probed.map(({ run, rows }) => ({ run, rows: common.map((iteration) => rows.get(iteration)!) }));
}

/** Mean heights of a walk: after the update, as the paper measures it, and what of it a straight line between the ends would have. */
export interface Heights {
  /** Mean of ℓ_t(1) − f_t. */
  after: number;
  /** Mean of max(0, ℓ_t(1) − ℓ_t(0)). */
  straight: number;
  /** Mean of min(ℓ_t(0), ℓ_t(1)) − f_t: the lower wall, 0 where the floor is at an end. */
  above: number;
  /** Mean of what the slices resolve. */
  resolution: number;
  /** Iterations whose floor is not resolved. */
  unresolved: number;
}

/** Heights of a run at rows. */
export function heightsOf({ iterations }: ClaimRun, rows: readonly number[]): Heights {
  const [before, after] = [at(iterations.height_before, rows), at(iterations.height_after, rows)];
  const interior = at(iterations.interior_floor, rows);
  return {
    after: meanOf(after),
    straight: meanOf(after.map((height, index) => Math.max(0, height - before[index]!))),
    above: meanOf(after.map((height, index) => Math.min(height, before[index]!))),
    resolution: meanOf(resolutionsAt(iterations, rows)),
    unresolved: interior.filter(Number.isNaN).length,
  };
}

/** log₂ of the standard deviation of the batch's loss about the training loss at the same parameters; −∞ where there is none. */
export function lossNoise({ iterations }: ClaimRun, rows: readonly number[]): number {
  const before = at(iterations.loss_before, rows);
  const difference = at(iterations.batch_loss, rows).map((loss, index) => loss - before[index]!);
  const mean = meanOf(difference);
  return Math.log2(meanOf(difference.map((value) => (value - mean) ** 2))) / 2;
}
