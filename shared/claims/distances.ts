/** Distances from initialisation along a setting, after equal work, beside those of walks without a valley. */
import { batchSizeOf, iterationsPerEpoch } from '../experiment.ts';
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

/**
 * How far a run came, and how far walks without a valley would have come with the same updates, u_t = ‖θ_{t+1} − θ_t‖, as logarithms of distances.
 */
export interface DistanceSample extends Contrasted {
  distance: number;
  /** Random directions: D² = Σ u². A flat loss with noise that is drawn anew at every step. */
  random: number;
  /** One direction: D = Σ u. A plane without noise. */
  straight: number;
  /** Random directions whose sum over an epoch is zero: D² = Σ u² (M − t)/(M − 1) after t of M batches, drawn without replacement. A flat loss. */
  cancelled: number;
}

/** Runs along a setting with their distances. */
export interface Distances {
  samples: readonly DistanceSample[];
  /** What is missing for a verdict. */
  missing: string | null;
}

/**
 * The distances of runs along a setting after as much work as the shortest run of the family has done. Settings that have then walked less
 * than {@link shortest} iterations are left out. With `withinEpoch` it is half of the shortest epoch at most: the noises of batches of one epoch add up to
 * nothing at its end, on any plane, which would make the distances of different batch sizes differ by arithmetic.
 * @param path dotted path of the setting
 * @param setting words for its values, plural
 */
export function distancesAlong(
  runs: readonly ClaimRun[],
  path: string,
  setting: string,
  work: Work,
  withinEpoch = false,
): Distances {
  const labels = settingLabels(runs);
  const most = (run: ClaimRun): number =>
    Math.min(run.iterations.iteration.length, withinEpoch ? iterationsPerEpoch(run.experiment) / 2 : Infinity);
  const long = distinct(
    runs.filter((run) => most(run) >= shortest),
    ({ iterations }) => iterations.iteration.length,
  );
  const samples = wellSeeded(families(long, path).flatMap((family) => samplesOf(family, { path, work, most, labels })));
  const missing = contrastMissing(samples, setting);
  return {
    samples,
    missing:
      missing === null
        ? null
        : `${missing}${withinEpoch ? `, and batches so small that ${shortest} iterations are half of an epoch at most` : ''}`,
  };
}

function slopeOf(samples: readonly DistanceSample[], y: (sample: DistanceSample) => number): Estimate {
  return slopeOverSettings(samples.map((sample) => ({ ...sample, y: y(sample) })));
}

/** A walk without a valley; `unmoved`: one whose distance does not depend on the setting. */
export type Null = Exclude<keyof DistanceSample, keyof Contrasted | 'distance'> | 'unmoved';

const nullDistance = (sample: DistanceSample, walk: Null): number => (walk === 'unmoved' ? 0 : sample[walk]);

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
  {
    path,
    work,
    most,
    labels,
  }: { path: string; work: Work; most: (run: ClaimRun) => number; labels: ReadonlyMap<ClaimRun, string> },
): DistanceSample[] {
  const perIteration = ({ experiment }: ClaimRun): number => (work === 'examples' ? batchSizeOf(experiment) : 1);
  const common = Math.min(...runs.map((run) => Math.floor(most(run)) * perIteration(run)));
  return runs.flatMap((run) => {
    // iterations are stored from 0 on without gaps
    const count = Math.floor(common / perIteration(run));
    const distance = count < shortest ? NaN : run.iterations.distance[count - 1]!;
    if (!(distance > 0)) return [];
    const walks = nullsOf(run, count);
    return [
      {
        setting: settingKey(run),
        label: labels.get(run)!,
        family: key,
        x: Math.log(settingOf(run, path)),
        y: Math.log(distance),
        distance: Math.log(distance),
        ...walks,
      },
    ];
  });
}

/** Distances that walks without a valley would reach with the first updates of a run. */
function nullsOf(run: ClaimRun, count: number): Omit<DistanceSample, keyof Contrasted | 'distance'> {
  const norms = run.iterations.update_norm;
  const batches = iterationsPerEpoch(run.experiment);
  const into = count % batches;
  let [squares, lengths, open] = [0, 0, 0];
  for (let t = 0; t < count; t++) {
    squares += norms[t]! ** 2;
    lengths += norms[t]!;
    if (t >= count - into) open += norms[t]! ** 2;
  }
  const left = batches > 1 ? (open * (batches - into)) / (batches - 1) : squares;
  return {
    random: Math.log(squares) / 2,
    straight: Math.log(lengths),
    cancelled: Math.log(left) / 2,
  };
}
