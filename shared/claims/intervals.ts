/**
 * Estimates with confidence intervals. What is drawn at random decides them: the seeds of a walk's means and shares, the settings of a slope
 * or a correlation along settings. docs/claims.md says it in full, `node bench/calibration.ts` measures how far they hold.
 */
import jStat from 'jstat';
import { meanOf, worthOf } from './autocorrelation.ts';

/** How intervals are made; the same for every claim, stated on the page and in every export. */
export const method = {
  /** Of the intervals that are shown, and that must lie whole on the expected side. */
  confidence: 0.95,
  /** Seeds that a setting needs for a verdict: what fewer say is about these runs alone. */
  seedsPerSetting: 3,
  /** Degrees of freedom that a slope along settings needs: four values of one setting have two. */
  slopeDegrees: 2,
  /** Independent iterations that a single run must be worth for an interval over its iterations. */
  effectiveIterations: 10,
} as const;

/** An interval. */
export interface Interval {
  low: number;
  high: number;
}

/** What an interval covers: other iterations of the same run, other seeds, or other settings. */
type Over = 'iterations' | 'seeds' | 'settings';

/** An estimate whose interval can be asked for at any confidence. */
export interface Estimate {
  /** NaN where the statistic is undefined. */
  value: number;
  /** The interval at a confidence between 0 and 1; null where the sample carries none. */
  at: ((confidence: number) => Interval) | null;
  over: Over | null;
  /** Independent iterations that the runs' iterations are worth in all; null where a run gives one number. */
  effective: number | null;
}

/** Whole real line. */
const unbounded: Interval = { low: -Infinity, high: Infinity };

/**
 * The mean over the runs of one setting of their means over iterations. Several runs: Student's t over the runs' means, whose variance is
 * taken no smaller than the iterations within the runs make it (what all runs have in common at an iteration left out), so that seeds that agree by
 * luck do not make it certain. One run: Student's t over its iterations, where these are worth enough independent ones; that interval is about this run.
 * @param runs series by iteration, of at least one run and one value each
 * @param bounds the interval does not leave
 */
export function meanOverSeeds(runs: readonly Float64Array[], bounds: Interval = unbounded): Estimate {
  const worth = worthOf(ownParts(runs));
  const means = runs.map(meanOf);
  const value = meanOf(means);
  const effective = worth.reduce((total, each) => total + each.effective, 0);
  const count = runs.length;
  if (count === 1 && worth[0]!.effective < method.effectiveIterations)
    return { value, at: null, over: null, effective };
  const within = worth.reduce((total, { variance }) => total + variance, 0) / count ** 2;
  const between = count > 1 ? squaresAround(means, value) / (count - 1) / count : 0;
  const deviation = Math.sqrt(Math.max(within, between));
  const degrees = count > 1 ? count - 1 : worth[0]!.degrees;
  return {
    value,
    at: (confidence) => {
      const half = quantileOfT(confidence, degrees) * deviation;
      return clamp({ low: value - half, high: value + half }, bounds);
    },
    over: count > 1 ? 'seeds' : 'iterations',
    effective,
  };
}

/**
 * What is a run's own at every iteration: the series less the mean of all runs there, which training has in common and which is no chance,
 * times √(k/(k − 1)) of k runs. Runs that were not probed at equally many iterations, or one alone, are their own altogether.
 */
function ownParts(runs: readonly Float64Array[]): readonly Float64Array[] {
  const count = runs.length;
  if (count < 2 || runs.some(({ length }) => length !== runs[0]!.length)) return runs;
  const common = runs[0]!.map((_, t) => runs.reduce((total, series) => total + series[t]!, 0) / count);
  const scale = Math.sqrt(count / (count - 1));
  return runs.map((series) => series.map((value, t) => scale * (value - common[t]!)));
}

/**
 * The share of iterations of which something is so. The interval of {@link meanOverSeeds}, and at least that of the exact binomial
 * distribution (Clopper and Pearson, 1934) at as many observations as the iterations are worth: what was never seen in a few is not impossible.
 * @param runs 1 where it is so, 0 where not
 */
export function shareOverSeeds(runs: readonly Float64Array[]): Estimate {
  const estimate = meanOverSeeds(runs, { low: 0, high: 1 });
  const { at, value, effective } = estimate;
  if (at === null) return estimate;
  return { ...estimate, at: (confidence) => hull(at(confidence), binomial(value, effective!, confidence)) };
}

/** The exact binomial interval of a share that was found in so many independent observations, which need not be a whole number. */
export function binomial(share: number, observations: number, confidence: number): Interval {
  const tail = (1 - confidence) / 2;
  const [found, others] = [share * observations, (1 - share) * observations];
  return {
    low: found > 0 ? jStat.beta.inv(tail, found, others + 1) : 0,
    high: others > 0 ? jStat.beta.inv(1 - tail, found + 1, others) : 1,
  };
}

/**
 * A share less another one of the same iterations: {@link meanOverSeeds} of the differences, and at least what the two exact
 * intervals of the shares allow.
 */
export function shareDifferenceOverSeeds(runs: readonly { share: Float64Array; less: Float64Array }[]): Estimate {
  const difference = meanOverSeeds(
    runs.map(({ share, less }) => share.map((value, index) => value - less[index]!)),
    { low: -1, high: 1 },
  );
  if (difference.at === null) return difference;
  const [share, less] = [runs.map((run) => run.share), runs.map((run) => run.less)];
  const [high, low] = [share, less].map((series) => ({
    value: meanOf(series.map(meanOf)),
    effective: worthOf(ownParts(series)).reduce((total, each) => total + each.effective, 0),
  }));
  return {
    ...difference,
    at: (confidence) => {
      const plus = binomial(high!.value, high!.effective, confidence);
      const minus = binomial(low!.value, low!.effective, confidence);
      return hull(difference.at!(confidence), { low: plus.low - minus.high, high: plus.high - minus.low });
    },
  };
}

/** A run along settings: where it stands and what was found. */
export interface Placed {
  /** Key of the setting: runs with the same one differ in their seeds only. */
  setting: string;
  /** Runs that are equal in everything but the setting in question and their seeds; every family has a level of its own. */
  family: string;
  /** Where the setting stands, on the axis of the slope. */
  x: number;
  y: number;
}

/** The runs of one setting, as one point about the level of its family. */
interface Point {
  x: number;
  y: number;
  runs: number;
}

/**
 * Slope of y on x along settings, each of which is one point: β = Σ (x − x̄)(ȳ − ȳ̄) / Σ (x − x̄)² over the settings' means, with a level of its own
 * for every family. Settings differ for reasons of their own, so that their scatter about the line, and not that of the seeds, tells how sure the
 * slope is: Student's t with S − F − 1 degrees of freedom of S settings in F families, the residual variance being taken no smaller than
 * the seeds make it.
 * @returns without an interval where there are fewer than {@link method.slopeDegrees} degrees of freedom
 */
export function slopeOverSettings(runs: readonly Placed[]): Estimate {
  const { points, families, seeds } = pointsOf(runs);
  const squares = points.reduce((total, { x }) => total + x ** 2, 0);
  const value = points.reduce((total, { x, y }) => total + x * y, 0) / squares;
  const degrees = points.length - families - 1;
  const none = { value, at: null, over: null, effective: null };
  if (!Number.isFinite(value) || degrees < method.slopeDegrees) return none;
  const residual = points.reduce((total, { x, y }) => total + (y - value * x) ** 2, 0) / degrees / squares;
  const bySeeds = points.reduce((total, { x, runs: seeded }) => total + (x ** 2 * seeds) / seeded, 0) / squares ** 2;
  const deviation = Math.sqrt(Math.max(residual, bySeeds));
  return {
    value,
    at: (confidence) => {
      const half = quantileOfT(confidence, degrees) * deviation;
      return { low: value - half, high: value + half };
    },
    over: 'settings',
    effective: null,
  };
}

/** A run of which y is known between two ends only. */
export interface PlacedWithin extends Placed {
  least: number;
  most: number;
}

/**
 * {@link slopeOverSettings} where y is known within bounds only: the interval reaches from the low end of the least slope that the bounds allow,
 * runs beyond the middle of their family at their least and those before it at their most, to the high end of the greatest.
 */
export function slopeWithin(runs: readonly PlacedWithin[]): Estimate {
  const middles = new Map<string, number>();
  for (const { family } of runs) {
    const settings = new Map(runs.filter((run) => run.family === family).map(({ setting, x }) => [setting, x]));
    middles.set(family, meanOf([...settings.values()]));
  }
  const tilted = (upwards: boolean): Estimate =>
    slopeOverSettings(
      runs.map((run) => ({ ...run, y: run.x > middles.get(run.family)! === upwards ? run.most : run.least })),
    );
  const [exact, least, most] = [slopeOverSettings(runs), tilted(false), tilted(true)];
  const [low, high] = [least.at, most.at];
  return {
    ...exact,
    at: exact.at && low && high && ((confidence) => ({ low: low(confidence).low, high: high(confidence).high })),
  };
}

/**
 * Pearson's correlation of y and x over settings, each of which is one point about the level of its family, with Fisher's interval
 * tanh(artanh r ± z / √(n − 3)), n = S − F + 1 (Fisher, 1921): with independent y and x it leaves 0 out in 4 to 5.1 % of cases from four settings on.
 * @returns without an interval where n is below 4
 */
export function correlationOverSettings(runs: readonly Placed[]): Estimate {
  const { points, families } = pointsOf(runs);
  const product = (a: 'x' | 'y', b: 'x' | 'y'): number =>
    points.reduce((total, point) => total + point[a] * point[b], 0);
  const value = product('x', 'y') / Math.sqrt(product('x', 'x') * product('y', 'y'));
  const size = points.length - families + 1;
  if (!Number.isFinite(value) || size < method.slopeDegrees + 2)
    return { value, at: null, over: null, effective: null };
  // rounding can leave a perfect correlation beyond 1
  const centre = Math.atanh(Math.min(1, Math.max(-1, value)));
  return {
    value,
    at: (confidence) => {
      const half = jStat.normal.inv((1 + confidence) / 2, 0, 1) / Math.sqrt(size - 3);
      return { low: Math.tanh(centre - half), high: Math.tanh(centre + half) };
    },
    over: 'settings',
    effective: null,
  };
}

/** The settings as points about their families' means, and the variance of single runs about their setting's mean. */
function pointsOf(runs: readonly Placed[]): { points: Point[]; families: number; seeds: number } {
  const settings = new Map<string, Placed[]>();
  for (const run of runs) settings.set(run.setting, [...(settings.get(run.setting) ?? []), run]);
  const families = new Map<string, Point[]>();
  let [squares, degrees] = [0, 0];
  for (const members of settings.values()) {
    const values = members.map(({ y }) => y);
    const point = { x: meanOf(members.map(({ x }) => x)), y: meanOf(values), runs: members.length };
    squares += squaresAround(values, point.y);
    degrees += members.length - 1;
    const { family } = members[0]!;
    families.set(family, [...(families.get(family) ?? []), point]);
  }
  const points = [...families.values()].flatMap((members) => {
    const [x, y] = [meanOf(members.map((point) => point.x)), meanOf(members.map((point) => point.y))];
    return members.map((point) => ({ x: point.x - x, y: point.y - y, runs: point.runs }));
  });
  return { points, families: families.size, seeds: degrees > 0 ? squares / degrees : 0 };
}

/**
 * How far an estimate lies beyond several nulls, of which any may be the true one: its distance from the nearest, 0 between them; the interval
 * holds all that any of them leaves open. So it lies whole above 0 only where it is above all of them, and whole below only where it is below all.
 * @param excesses the estimate less each null
 */
export function beyondAll(excesses: readonly Estimate[]): Estimate {
  const values = excesses.map(({ value }) => value);
  const first = excesses[0]!;
  const above = values.every((value) => value > 0);
  const below = values.every((value) => value < 0);
  const value = values.some(Number.isNaN) ? NaN : above ? Math.min(...values) : below ? Math.max(...values) : 0;
  if (excesses.some(({ at }) => at === null)) return { ...first, value, at: null, over: null };
  return { ...first, value, at: (confidence) => excesses.map(({ at }) => at!(confidence)).reduce(hull) };
}

/** The two-sided quantile of Student's t. */
function quantileOfT(confidence: number, degrees: number): number {
  return jStat.studentt.inv((1 + confidence) / 2, degrees);
}

/** The least interval that holds both. */
function hull(a: Interval, b: Interval): Interval {
  return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
}

function clamp({ low, high }: Interval, bounds: Interval): Interval {
  return { low: Math.max(bounds.low, low), high: Math.min(bounds.high, high) };
}

function squaresAround(values: readonly number[], centre: number): number {
  return values.reduce((total, value) => total + (value - centre) ** 2, 0);
}
