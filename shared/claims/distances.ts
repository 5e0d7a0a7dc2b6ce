/** Distances from initialisation as samples of a contrast, after equal work. */
import { batchSizeOf } from '../experiment.ts';
import { contrastMissing, families, settingOf, slope, wellSeeded } from './contrast.ts';
import type { ContrastSample, Family } from './contrast.ts';
import { distinct, settingKey, settingLabels } from './evidence.ts';
import type { ClaimRun } from './evidence.ts';
import type { StatisticResult } from './result.ts';
import { testStatistic } from './test-statistic.ts';
import type { StatisticText } from './test-statistic.ts';

/** After how much work distances are compared: as many iterations, or as many examples seen (epochs). */
type Work = 'iterations' | 'examples';

/** Fewest iterations after which a distance says something about the walk. */
const shortest = 30;

/**
 * Tests how the distance from initialisation goes with a setting: the least-squares slope of its logarithm on the
 * setting's, after as much work as the shortest run of the family has done.
 * @param setting words for its values, plural
 */
export function testDistance(
  text: StatisticText,
  runs: readonly ClaimRun[],
  path: string,
  setting: string,
  work: Work,
): StatisticResult {
  const labels = settingLabels(runs);
  const long = distinct(
    runs.filter(({ iterations }) => iterations.iteration.length >= shortest),
    ({ iterations }) => iterations.iteration.length,
  );
  const samples = wellSeeded(families(long, path).flatMap((family) => distances(family, path, work, labels)));
  return testStatistic(text, samples, (draws) => slope(draws), contrastMissing(samples, setting), {
    group: (members) => Math.exp(members.reduce((sum, { means }) => sum + means[0]!, 0) / members.length),
  });
}

function distances(
  { key, runs }: Family,
  path: string,
  work: Work,
  labels: ReadonlyMap<ClaimRun, string>,
): ContrastSample[] {
  const perIteration = ({ experiment }: ClaimRun): number => (work === 'examples' ? batchSizeOf(experiment) : 1);
  const done = (run: ClaimRun): number => ((run.iterations.iteration.at(-1) ?? -1) + 1) * perIteration(run);
  const common = Math.min(...runs.map(done));
  return runs.flatMap((run) => {
    // iterations are stored from 0 on without gaps
    const row = Math.floor(common / perIteration(run)) - 1;
    const distance = row < 0 ? NaN : run.iterations.distance[row]!;
    return distance > 0
      ? [
          {
            setting: settingKey(run),
            label: labels.get(run)!,
            family: key,
            x: Math.log(settingOf(run, path)),
            series: [Float64Array.of(Math.log(distance))],
          },
        ]
      : [];
  });
}
