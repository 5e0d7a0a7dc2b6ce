/** Distances from initialisation along a setting, after equal work, beside those of walks without a valley. */
import { batchSizeOf } from '../experiment.ts';
import { contrastMissing, families, settingOf, wellSeeded } from './contrast.ts';
import type { Contrasted, Family } from './contrast.ts';
import { distinct, settingKey, settingLabels } from './evidence.ts';
import type { ClaimRun } from './evidence.ts';
import { beyondAll, slopeOverSettings } from './intervals.ts';
import type { Estimate } from './intervals.ts';
import { meanOf } from './autocorrelation.ts';
import type { Basis } from './statistic.ts';

/** After how much work distances are compared: as many iterations, or as many examples seen (epochs). */
type Work = 'iterations' | 'examples';

/** Fewest iterations after which a distance says something about the walk. */
const shortest = 30;

/** How far a run came, and how far the same updates would have come. */
export interface DistanceSample extends Contrasted {
  /** ln ‖θ_T − θ_0‖. */
  distance: number;
  /**
   * ½ ln Σ u_t², u_t = ‖θ_{t+1} − θ_t‖: the distance of the same updates in random directions, whose squares add up in the mean. A walk on a flat loss.
   */
  random: number;
  /** ln Σ u_t: the distance of the same updates in one direction. A walk down a plane without noise. */
  straight: number;
}

/** Runs along a setting with their distances. */
export interface Distances {
  samples: readonly DistanceSample[];
  /** What is missing for a verdict. */
  missing: string | null;
}

/**
 * The distances of runs along a setting after as much work as the shortest run of the family has done.
 * @param path dotted path of the setting
 * @param setting words for its values, plural
 */
export function distancesAlong(runs: readonly ClaimRun[], path: string, setting: string, work: Work): Distances {
  const labels = settingLabels(runs);
  const long = distinct(
    runs.filter(({ iterations }) => iterations.iteration.length >= shortest),
    ({ iterations }) => iterations.iteration.length,
  );
  const samples = wellSeeded(families(long, path).flatMap((family) => samplesOf(family, path, work, labels)));
  return { samples, missing: contrastMissing(samples, setting) };
}

function slopeOf(samples: readonly DistanceSample[], y: (sample: DistanceSample) => number): Estimate {
  return slopeOverSettings(samples.map((sample) => ({ ...sample, y: y(sample) })));
}

/** A walk without a valley, by the logarithm of the distance that it would reach; `unmoved`: one that does not depend on the setting. */
export type Null = 'random' | 'straight' | 'unmoved';

const nullDistance = (sample: DistanceSample, null_: Null): number => (null_ === 'unmoved' ? 0 : sample[null_]);

/** Basis of the slope of the distance as the paper measures it, beside the slopes of walks without a valley. */
export function distanceBasis({ samples, missing }: Distances, nulls: readonly Null[]): Basis<DistanceSample> {
  return {
    samples,
    estimate: samples.length > 0 ? slopeOf(samples, ({ distance }) => distance) : null,
    missing,
    nulls: nulls.map((each) => slopeOf(samples, (sample) => nullDistance(sample, each)).value),
    group: (members) => Math.exp(meanOf(members.map(({ distance }) => distance))),
  };
}

/** Basis of how far the slope of the distance lies beyond those of all these walks without a valley. */
export function beyondBasis({ samples, missing }: Distances, nulls: readonly Null[]): Basis<DistanceSample> {
  const excess = (each: Null): Estimate => slopeOf(samples, (sample) => sample.distance - nullDistance(sample, each));
  return {
    samples,
    estimate: samples.length > 0 ? beyondAll(nulls.map(excess)) : null,
    missing,
    nulls: [0],
    group: (members) => Math.exp(meanOf(members.map(({ distance, random }) => distance - random))),
  };
}

function samplesOf(
  { key, runs }: Family,
  path: string,
  work: Work,
  labels: ReadonlyMap<ClaimRun, string>,
): DistanceSample[] {
  const perIteration = ({ experiment }: ClaimRun): number => (work === 'examples' ? batchSizeOf(experiment) : 1);
  const done = (run: ClaimRun): number => ((run.iterations.iteration.at(-1) ?? -1) + 1) * perIteration(run);
  const common = Math.min(...runs.map(done));
  return runs.flatMap((run) => {
    // iterations are stored from 0 on without gaps
    const row = Math.floor(common / perIteration(run)) - 1;
    const distance = row < 0 ? NaN : run.iterations.distance[row]!;
    if (!(distance > 0)) return [];
    let [squares, lengths] = [0, 0];
    for (let t = 0; t <= row; t++) {
      squares += run.iterations.update_norm[t]! ** 2;
      lengths += run.iterations.update_norm[t]!;
    }
    return [
      {
        setting: settingKey(run),
        label: labels.get(run)!,
        family: key,
        x: Math.log(settingOf(run, path)),
        y: Math.log(distance),
        distance: Math.log(distance),
        random: Math.log(squares) / 2,
        straight: Math.log(lengths),
      },
    ];
  });
}
