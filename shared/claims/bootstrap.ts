/**
 * Confidence intervals for statistics of walks. Iterations of one run are correlated, and runs of one setting differ by
 * their seeds only, so that there are two stages: seeds are drawn with replacement within every setting, then circular
 * blocks of iterations within every run drawn (Politis and Romano, 1992; Davison and Hinkley, 1997, sections 3.8 and 8.2).
 * docs/claims.md says it in full.
 */
import jStat from 'jstat';
import { automaticBlockLength } from './block-length.ts';
import { uniforms } from './generator.ts';

/** What a run contributes: values by iteration, several of equal length, or one number each where it is the run that counts. */
export interface Sample {
  /** Key of the setting: runs with the same one differ in their seeds only. */
  setting: string;
  /** Series of one length, in the order of iterations. The statistic sees their means. */
  series: readonly Float64Array[];
}

/** A run as drawn: its means over the iterations drawn. */
export interface Draw<S extends Sample> {
  sample: S;
  means: readonly number[];
}

/** A statistic of means, of the runs themselves or of runs drawn. */
export type Statistic<S extends Sample> = (draws: readonly Draw<S>[]) => number;

/** How intervals are made; the same for every claim, stated on the page and in every export. */
export const method = { confidence: 0.95, resamples: 2000, seed: 1, seedsPerSetting: 3 } as const;

/** An interval, and what it covers. */
interface Interval {
  low: number;
  high: number;
  /** What was drawn again. */
  over: 'iterations' | 'seeds' | 'seeds and iterations';
}

/** A statistic with its interval; null where the sample carries none. */
export interface Estimate {
  /** NaN where the statistic is undefined. */
  value: number;
  interval: Interval | null;
  /** Iterations in a block, the longest over the runs; null where no iterations were drawn. */
  blockLength: number | null;
}

/** How a statistic is bounded: intervals do not leave these bounds. */
export interface Bounds {
  low: number;
  high: number;
  /** Spreads on the logarithm, for quantities that cannot be negative and vary by factors. */
  log?: boolean;
}

/** The samples of every setting. */
export function bySetting<S extends { setting: string }>(samples: readonly S[]): Map<string, S[]> {
  const settings = new Map<string, S[]>();
  for (const sample of samples) {
    const known = settings.get(sample.setting);
    if (known) known.push(sample);
    else settings.set(sample.setting, [sample]);
  }
  return settings;
}

/**
 * Estimates a statistic and its 95 % interval.
 *
 * Seeds are drawn where every setting has at least three; with fewer the runs are taken as they are. Without iterations
 * to draw and without seeds there is no interval. The percentiles of the resampled values are spread about the estimate by
 * t/z · √(N/ν), which small samples need: N units drawn (runs, or blocks where seeds are not drawn), ν = N less the number of
 * means they were drawn about, t Student's quantile with ν degrees of freedom and z the normal one.
 * @param samples runs, at least one
 */
export function estimate<S extends Sample>(
  samples: readonly S[],
  statistic: Statistic<S>,
  bounds: Bounds = { low: -Infinity, high: Infinity },
): Estimate {
  const blocks = samples.map(({ series }) => new BlockMeans(series));
  const value = statistic(samples.map((sample, index) => ({ sample, means: blocks[index]!.whole })));
  const drawsIterations = blocks.some(({ count }) => count > 1);
  const blockLength = drawsIterations ? Math.max(...blocks.map(({ length }) => length)) : null;
  const settings = [...bySetting(samples.map((sample, index) => ({ ...sample, index }))).values()].map((members) =>
    members.map(({ index }) => index),
  );
  const drawsSeeds = settings.every((members) => members.length >= method.seedsPerSetting);
  if (!Number.isFinite(value) || (!drawsSeeds && !drawsIterations)) return { value, interval: null, blockLength };

  const units = drawsSeeds ? samples.length : blocks.reduce((sum, { count }) => sum + count, 0);
  const degrees = units - (drawsSeeds ? settings.length : samples.length);
  if (degrees < 1) return { value, interval: null, blockLength };
  const tail = (1 + method.confidence) / 2;
  const spread = (jStat.studentt.inv(tail, degrees) / 1.959964) * Math.sqrt(units / degrees);

  const uniform = uniforms(method.seed);
  const below = (bound: number): number => Math.floor(uniform() * bound);
  const values: number[] = [];
  for (let resample = 0; resample < method.resamples; resample++) {
    const draws: Draw<S>[] = [];
    for (const members of settings)
      for (const member of members) {
        const index = drawsSeeds ? members[below(members.length)]! : member;
        draws.push({ sample: samples[index]!, means: blocks[index]!.draw(below) });
      }
    const drawn = statistic(draws);
    if (Number.isFinite(drawn)) values.push(drawn);
  }
  values.sort((a, b) => a - b);
  const spreadOut = (end: number): number =>
    bounds.log && value > 0 && end > 0 ? value * (end / value) ** spread : value + spread * (end - value);
  const within = (end: number): number => Math.min(bounds.high, Math.max(bounds.low, spreadOut(end)));
  const interval: Interval = {
    low: within(quantile(values, 1 - tail)),
    high: within(quantile(values, tail)),
    over: drawsSeeds ? (drawsIterations ? 'seeds and iterations' : 'seeds') : 'iterations',
  };
  // what never varies is the same in every resample: by the rule of three a share of at most 3 / N of what was not seen,
  // in as many independent observations as there are blocks, may lie anywhere within the bounds
  if (
    interval.low === interval.high &&
    Number.isFinite(bounds.high - bounds.low) &&
    // what varies by a period of the blocks' length is the same in every resample, too
    samples.every(({ series }) => series.every((one) => one.every((each) => each === one[0])))
  ) {
    const observations = drawsIterations ? blocks.reduce((sum, { count }) => sum + count, 0) : units;
    const unseen = Math.min(1, 3 / observations);
    interval.low = value - unseen * (value - bounds.low);
    interval.high = value + unseen * (bounds.high - value);
  }
  return { value, interval, blockLength };
}

/** Means of series over circular blocks, in constant time a block. */
class BlockMeans {
  /** Means over the series themselves. */
  readonly whole: readonly number[];
  /** Iterations in a block. */
  readonly length: number;
  /** Blocks that make up a resampled series. */
  readonly count: number;
  readonly #size: number;
  readonly #sums: readonly Float64Array[];

  constructor(series: readonly Float64Array[]) {
    const size = series[0]!.length;
    this.#size = size;
    this.#sums = series.map((values) => {
      const sums = new Float64Array(2 * size + 1);
      for (let index = 0; index < 2 * size; index++) sums[index + 1] = sums[index]! + values[index % size]!;
      return sums;
    });
    this.whole = this.#sums.map((sums) => sums[size]! / size);
    this.length = size === 1 ? 1 : Math.max(...series.map(automaticBlockLength));
    this.count = Math.ceil(size / this.length);
  }

  /** Means over blocks that begin anywhere; the last one is cut so that there are as many iterations as before. */
  draw(below: (bound: number) => number): readonly number[] {
    if (this.count === 1) return this.whole;
    const totals = this.#sums.map(() => 0);
    for (let left = this.#size; left > 0; left -= this.length) {
      const start = below(this.#size);
      const end = start + Math.min(left, this.length);
      this.#sums.forEach((sums, which) => (totals[which]! += sums[end]! - sums[start]!));
    }
    return totals.map((total) => total / this.#size);
  }
}

/** Quantile of sorted values, linear between neighbours; NaN of none. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const [before, after] = [sorted[Math.floor(at)] ?? NaN, sorted[Math.ceil(at)] ?? NaN];
  return before + (after - before) * (at - Math.floor(at));
}
