/**
 * What can be drawn around the middle of a group of runs: one table, from which the menu, recipes, the drawing, tables, CSV, the terminal's
 * help and the documents come. Formulas: docs/comparing.md.
 */
import { differencesOf } from './differences.ts';
import { momentsOf, quantileOf } from './sample.ts';
import type { Ordered, Spread } from './sample.ts';
import { studentQuantile } from './student.ts';

/** The spread of a mean, or of the difference of two. */
interface Dispersion {
  /** Standard deviation of one value, or of the difference of two. */
  deviation: number;
  /** Standard error of the mean, or of the difference of two. */
  error: number;
  /** Degrees of freedom of the standard error. */
  freedom: number;
}

/** What a band draws: nothing, every run, as much on both sides of the mean, or ends among the values. */
type Drawing =
  | { draws: 'nothing' | 'runs' }
  | { draws: 'half'; half: (dispersion: Dispersion) => number }
  | { draws: 'ends'; ends: (sorted: Ordered) => readonly [low: number, high: number] };

/** A band around the middle of a group. */
export type Band = {
  /** Its name in recipes and addresses. */
  key: string;
  /** Its name in menus and notes. */
  title: string;
  /** What the group's line is. */
  middle: 'mean' | 'median';
  /** Lower and upper end as a formula. */
  formula: string;
  /** What it is over few runs. */
  few: string;
  /** What a chart says of what it draws beside the middle; empty where that is nothing. */
  note: string;
  /** What a caption says of a value with it; LaTeX's words are these, escaped. */
  caption: string;
  /** How a value with it is written: `5 ± 1`, or `5 (4 to 7)`. */
  written: 'half' | 'ends';
} & Drawing;

/** The bands in the order of menus. */
export const bands = [
  {
    key: 'none',
    title: 'no band',
    middle: 'mean',
    formula: '',
    few: 'The mean alone, which does not tell how much runs differ.',
    note: '',
    caption: 'mean',
    written: 'half',
    draws: 'nothing',
  },
  {
    key: 'runs',
    title: 'the runs’ own lines',
    middle: 'mean',
    formula: 'y₁, …, yₙ',
    few: 'All that there is, whatever n: the choice of Compare where no group has more than three runs.',
    note: 'thin lines the runs themselves',
    caption: 'mean and every run',
    written: 'half',
    draws: 'runs',
  },
  {
    key: 'deviation',
    title: '± standard deviation',
    middle: 'mean',
    formula: 'ȳ ± s, s = √(Σ(yᵢ − ȳ)² / (n − 1))',
    few: 'None of one run. Of two it is 0.71 of their distance; of three the true one lies between 0.5 and 6.3 times it (95 %, normal values).',
    note: 'bands ± standard deviation',
    caption: 'mean ± standard deviation',
    written: 'half',
    draws: 'half',
    half: ({ deviation }) => deviation,
  },
  {
    key: 'error',
    title: '± standard error',
    middle: 'mean',
    formula: 'ȳ ± s/√n',
    few: 'None of one run. It covers the true mean with 50 % of two runs, 58 % of three, 68 % of many (normal values).',
    note: 'bands ± standard error',
    caption: 'mean ± standard error',
    written: 'half',
    draws: 'half',
    half: ({ error }) => error,
  },
  {
    key: 'confidence',
    title: '95 % confidence interval',
    middle: 'mean',
    formula: 'ȳ ± t·s/√n, t the 97.5 % quantile of Student’s distribution with n − 1 degrees of freedom',
    few: 'None of one run; of two t is 12.7, of three 4.30, of five 2.78: it is wide because little is known.',
    note: 'bands 95 % confidence interval',
    caption: 'mean (95 % t-interval)',
    written: 'ends',
    draws: 'half',
    // where nothing differs there is nothing to multiply, and Welch's degrees of freedom are 0/0
    half: ({ error, freedom }) => (error === 0 ? 0 : studentQuantile(freedom) * error),
  },
  {
    key: 'range',
    title: 'least to greatest',
    middle: 'mean',
    formula: 'min yᵢ to max yᵢ',
    few: 'Of one run the run itself. It grows with n: groups of different sizes are not compared by it.',
    note: 'bands least to greatest',
    caption: 'mean (least to greatest)',
    written: 'ends',
    draws: 'ends',
    ends: (sorted) => [sorted.at(0) ?? NaN, sorted.at(sorted.length - 1) ?? NaN],
  },
  {
    key: 'quartiles',
    title: 'median with quartiles',
    middle: 'median',
    formula: 'q(¼) to q(¾) around q(½), q(p) linear between the values around place (n − 1)·p, from 0',
    few: 'Of one run the run itself; of two and three it lies within the outer values, halfway to the middle.',
    note: 'bands first to third quartile',
    caption: 'median (first to third quartile)',
    written: 'ends',
    draws: 'ends',
    ends: (sorted) => [quantileOf(sorted, 0.25), quantileOf(sorted, 0.75)],
  },
] as const satisfies readonly Band[];

/** The key of a band. */
export type BandKey = (typeof bands)[number]['key'];
/** All of them. */
export const bandKeys: readonly BandKey[] = bands.map(({ key }) => key);

/** The names of the bands by their keys. */
export const bandTitles = Object.fromEntries(bands.map(({ key, title }) => [key, title])) as Readonly<
  Record<BandKey, string>
>;

/** The band with which a table writes numbers: means alone have their deviation. */
export function tableBand(key: BandKey): Band {
  const band = bandOf(key);
  return band.draws === 'half' || band.draws === 'ends' ? band : bandOf('deviation');
}

/** The band of a key. */
export function bandOf(key: BandKey): Band {
  return bands.find((band) => band.key === key)!;
}

/** What Compare draws while nobody chose: every run where groups are so small that nothing sums them up, else the deviation. */
export function defaultBand(sizes: readonly number[]): BandKey {
  return sizes.some((size) => size > 3) ? 'deviation' : 'runs';
}

/** The middle of some values with the ends of a band around it; NaN where there is none. */
export interface Estimate {
  middle: number;
  low: number;
  high: number;
  /** Half of its height where it is as high on both sides; exact where the ends are rounded. */
  half: number;
  /** Of so many values. */
  count: number;
}

const nothing: Estimate = { middle: NaN, low: NaN, high: NaN, half: NaN, count: 0 };

function estimated(band: Band, mean: number, count: number, dispersion: Dispersion, sorted: () => Ordered): Estimate {
  if (band.draws === 'half') {
    const half = band.half(dispersion);
    return { middle: mean, low: mean - half, high: mean + half, half, count };
  }
  if (band.draws !== 'ends') return { ...nothing, middle: mean, count };
  const values = sorted();
  const [low, high] = band.ends(values);
  return { middle: band.middle === 'median' ? quantileOf(values, 0.5) : mean, low, high, half: NaN, count };
}

/** The middle and the band of a sample. @param values finite ones */
export function estimateOf(band: Band, values: Float64Array): Estimate {
  if (values.length === 0) return nothing;
  const { mean, deviation, count } = momentsOf(values);
  const dispersion = { deviation, error: deviation / Math.sqrt(count), freedom: count - 1 };
  if (count === 1 && band.draws === 'half') return { ...nothing, middle: mean, count };
  return estimated(band, mean, count, dispersion, () => values.slice().sort());
}

/** Standard deviation and error of a − b, with Welch's degrees of freedom (Biometrika 34, 1947). */
function welch(a: Spread, b: Spread): Dispersion {
  const [errorA, errorB] = [a.deviation / Math.sqrt(a.count), b.deviation / Math.sqrt(b.count)];
  const error = Math.hypot(errorA, errorB);
  const [shareA, shareB] = [(errorA / error) ** 2, (errorB / error) ** 2];
  return {
    deviation: Math.hypot(a.deviation, b.deviation),
    error,
    freedom: 1 / (shareA ** 2 / (a.count - 1) + shareB ** 2 / (b.count - 1)),
  };
}

/**
 * The middle and the band of the difference of two samples that have nothing to do with each other, with the spread of both: of the means
 * after Welch; of ends among the values over all differences of a value of one and a value of the other (their median is Hodges and Lehmann's
 * estimate). Where one side is one value its spread is not known, and a band on both sides of the mean is NaN.
 */
export function estimateDifference(band: Band, a: Float64Array, b: Float64Array): Estimate {
  if (a.length === 0 || b.length === 0) return nothing;
  const [spreadA, spreadB] = [momentsOf(a), momentsOf(b)];
  return estimated(band, spreadA.mean - spreadB.mean, a.length, welch(spreadA, spreadB), () => differencesOf(a, b));
}
