/** Contrasts of what was measured at the same probed iterations of every run. */
import { contrastMissing, families, settingOf, wellSeeded } from './contrast.ts';
import type { ContrastSample, Family } from './contrast.ts';
import { at, distinct, probedCount, probedRows, settingKey, settingLabels } from './evidence.ts';
import type { ClaimRun } from './evidence.ts';

/** Fewest iterations that every run of a contrast was probed at. */
const fewestCommon = 20;

/**
 * Samples of families along a setting, at the iterations at which all runs of the family were probed: what is measured
 * changes in the course of training, so that other iterations would not compare.
 * @param series what is taken from a run at those iterations
 * @returns the samples, and what is missing for an interval
 */
export function probedContrast(
  runs: readonly ClaimRun[],
  path: string,
  setting: string,
  series: (run: ClaimRun, rows: readonly number[]) => Float64Array[],
): { samples: readonly ContrastSample[]; missing: string | null } {
  const labels = settingLabels(runs);
  const samples = wellSeeded(
    families(distinct(runs, probedCount), path).flatMap((family) =>
      commonRows(family).map(({ run, rows }) => ({
        setting: settingKey(run),
        label: labels.get(run)!,
        family: family.key,
        x: Math.log2(settingOf(run, path)),
        series: series(run, rows),
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

/** The height above the floor after the update: how high the walk stands when the next step begins. */
export function heightsAfter({ iterations }: ClaimRun, rows: readonly number[]): Float64Array[] {
  return [at(iterations.height_after, rows)];
}

/** How far the batch's loss is from the training loss at the same parameters, and its square: their variance is the batch's noise. */
export function lossNoise({ iterations }: ClaimRun, rows: readonly number[]): Float64Array[] {
  const before = at(iterations.loss_before, rows);
  const difference = at(iterations.batch_loss, rows).map((loss, index) => loss - before[index]!);
  return [difference, difference.map((value) => value * value)];
}
