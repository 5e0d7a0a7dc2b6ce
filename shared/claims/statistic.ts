/** From runs to a statistic's result: estimate, interval, nulls, which side of its threshold, and what is missing. */
import { meanOf } from './autocorrelation.ts';
import { meanOverSeeds, method, shareDifferenceOverSeeds, shareOverSeeds } from './intervals.ts';
import type { Estimate, Interval } from './intervals.ts';
import type { Answer } from '../resolution.ts';
import type { StatisticResult } from './result.ts';

/** What a statistic is, apart from any run. */
export type StatisticText = Pick<
  StatisticResult,
  'key' | 'title' | 'symbol' | 'formula' | 'unit' | 'threshold' | 'expected' | 'role' | 'null_words'
> &
  Partial<Pick<StatisticResult, 'share'>>;

/** A run's part in a statistic. */
export interface Labelled {
  /** Key of the setting: runs with the same one differ in their seeds only. */
  setting: string;
  /** Its name, for the table of settings. */
  label: string;
}

/** Orders labels by their words and, where these agree, by the size of their numbers. */
export function compareLabels(a: string, b: string): number {
  const [ofA, ofB] = [a, b].map((label) => label.split(/(\d+(?:\.\d+)?(?:e[+-]?\d+)?)/));
  for (let part = 0; part < Math.min(ofA!.length, ofB!.length); part++) {
    const [left, right] = [ofA![part]!, ofB![part]!];
    // every other part is a number
    const order = part % 2 === 1 ? Number(left) - Number(right) : left.localeCompare(right, 'en');
    if (order !== 0) return order;
  }
  return ofA!.length - ofB!.length;
}

/** What a statistic rests on, beside its estimate. */
export interface Basis<S extends Labelled> {
  /** Runs that carry the statistic, perhaps none. */
  samples: readonly S[];
  /** The estimate of them; null without samples. */
  estimate: Estimate | null;
  /** Why they are too few for a verdict; null when they are enough. */
  missing: string | null;
  /** Iterations of a run that count; none where it gives one number. */
  iterations?: (sample: S) => number;
  /** Answers that lie below what their evaluation resolves. */
  unresolved?: number;
  /** Values that walks without a valley would give, in the unit of the statistic; empty where nobody knows a number. */
  nulls: readonly number[];
  /** The quantity of one setting's runs, for the table of settings. */
  group: (samples: readonly S[]) => number;
}

/** What is measured, before it stands beside its null. */
export type Measured<S extends Labelled> = Omit<Basis<S>, 'nulls'>;

/** A statistic that was tested; its outcome depends on how many statistics decide the claim. */
export interface Tested {
  role: StatisticResult['role'];
  /** @param confidenceAgainst see {@link againstConfidence} */
  result: (confidenceAgainst: number) => StatisticResult;
}

/** Tests a statistic on runs. */
export function tested<S extends Labelled>(text: StatisticText, basis: Basis<S>): Tested {
  return { role: text.role, result: (confidenceAgainst) => statisticResult(text, basis, confidenceAgainst) };
}

/**
 * A statistic's result. Its interval is shown whenever there is one; it decides only where nothing is missing: `for` where the whole interval
 * lies on the expected side of the threshold, `against` where the whole of a wider interval lies on the other.
 * @param confidenceAgainst confidence of that wider interval, see {@link againstConfidence}
 */
function statisticResult<S extends Labelled>(
  text: StatisticText,
  { samples, estimate, missing, iterations, unresolved = 0, nulls, group }: Basis<S>,
  confidenceAgainst: number,
): StatisticResult {
  const settings = bySetting([...samples].sort((a, b) => compareLabels(a.label, b.label)));
  const interval = estimate?.at?.(method.confidence) ?? null;
  const finiteNulls = nulls.filter(Number.isFinite);
  return {
    ...text,
    setting: null,
    share: text.share ?? false,
    runs: samples.length,
    settings: settings.size,
    seeds: samples.length === 0 ? 0 : Math.min(...[...settings.values()].map((members) => members.length)),
    iterations: iterations ? samples.reduce((total, sample) => total + iterations(sample), 0) : 0,
    effective_iterations: estimate?.effective ?? null,
    unresolved,
    groups: [...settings.values()].map((members) => ({
      label: members[0]!.label,
      runs: members.length,
      value: finite(group(members)),
    })),
    value: estimate ? finite(estimate.value) : null,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    null_low: finiteNulls.length > 0 ? Math.min(...finiteNulls) : null,
    null_high: finiteNulls.length > 0 ? Math.max(...finiteNulls) : null,
    over: estimate?.over ?? null,
    outcome: missing === null && estimate?.at ? outcomeOf(text, estimate.at, confidenceAgainst) : 'open',
    missing: missing ?? (interval === null ? 'records that carry it' : null),
  };
}

function outcomeOf(
  { threshold, expected }: StatisticText,
  at: (confidence: number) => Interval,
  confidenceAgainst: number,
): StatisticResult['outcome'] {
  const sideOf = ({ low, high }: Interval): 'above' | 'below' | null =>
    low > threshold ? 'above' : high < threshold ? 'below' : null;
  if (sideOf(at(method.confidence)) === expected) return 'for';
  const other = expected === 'above' ? 'below' : 'above';
  return sideOf(at(confidenceAgainst)) === other ? 'against' : 'open';
}

/**
 * The confidence at which one statistic of a claim contradicts it: 1 − 0.05/m of m that decide. A claim is supported only where all of them are in
 * favour, which needs no correction, and contradicted by any one of them, which does (Bonferroni).
 */
export function againstConfidence(deciding: number): number {
  return 1 - (1 - method.confidence) / Math.max(1, deciding);
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

/** A run's values by iteration. */
export interface Series extends Labelled {
  series: Float64Array;
}

/** Basis of a mean over iterations and runs of one setting. @param missing why the runs carry no verdict, but for their number */
export function meanBasis(samples: readonly Series[], missing: string | null, bounds?: Interval): Measured<Series> {
  const carried = samples.filter(({ series }) => series.length > 0);
  return {
    samples: carried,
    estimate:
      carried.length > 0
        ? meanOverSeeds(
            carried.map(({ series }) => series),
            bounds,
          )
        : null,
    missing: missing ?? seedsMissing(carried.length),
    iterations: ({ series }) => series.length,
    group: (members) => meanOf(members.map(({ series }) => meanOf(series))),
  };
}

/**
 * Basis of a mean of numbers above 0 that are each known within a resolution: the low end is that of the numbers less their resolution, the high
 * end that of the numbers and their resolution.
 */
export function beyondResolution(
  samples: readonly (Series & { resolution: Float64Array })[],
  missing: string | null,
): Measured<Series> {
  const shifted = (sign: number): Measured<Series> =>
    meanBasis(
      samples.map((sample) => ({
        ...sample,
        series: sample.series.map((value, index) => value + sign * sample.resolution[index]!),
      })),
      missing,
    );
  const [least, exact, most] = [shifted(-1), meanBasis(samples, missing), shifted(1)];
  const [low, high] = [least.estimate?.at ?? null, most.estimate?.at ?? null];
  return {
    ...exact,
    estimate: exact.estimate && {
      ...exact.estimate,
      at: low && high && ((confidence) => ({ low: low(confidence).low, high: high(confidence).high })),
    },
    unresolved: samples.reduce(
      (total, { series, resolution }) => total + series.filter((value, index) => value <= resolution[index]!).length,
      0,
    ),
  };
}

/** Answers of a run by iteration: null where the evaluation does not resolve it. */
type Answers = readonly Answer[];

/** A run's answers, and where a difference of shares is asked for those to be taken off. */
export interface Answered extends Labelled {
  answers: Answers;
  less?: Answers;
}

/**
 * Basis of a share of answers, or of a difference of two. What the evaluation does not resolve may be so or not: the interval reaches from
 * the low end with all of it against to the high end with all of it in favour; the value is the share of what was resolved.
 * @param missing why the runs carry no verdict, but for their number
 */
export function shareBasis(samples: readonly Answered[], missing: string | null): Measured<Answered> {
  const carried = samples.filter(({ answers }) => answers.length > 0);
  const unresolved = carried.reduce(
    (total, { answers, less }) =>
      total + answers.filter((answer, index) => answer === null || less?.[index] === null).length,
    0,
  );
  return {
    samples: carried,
    estimate: carried.length > 0 ? shareEstimate(carried) : null,
    missing: missing ?? seedsMissing(carried.length),
    iterations: ({ answers }) => answers.length,
    unresolved,
    group: (members) => meanOf(members.map(resolvedShare).filter(Number.isFinite)),
  };
}

/** The share of what was resolved in one run; NaN where nothing was. */
function resolvedShare({ answers, less }: Answered): number {
  const share = (all: Answers): number =>
    meanOf(all.filter((answer): answer is boolean => answer !== null).map(Number));
  return share(answers) - (less ? share(less) : 0);
}

function shareEstimate(samples: readonly Answered[]): Estimate {
  /** @param unknown what an answer counts as that was not resolved */
  const numbers = (answers: Answers, unknown: boolean): Float64Array =>
    Float64Array.from(answers, (answer) => Number(answer ?? unknown));
  const end = (favour: boolean): Estimate =>
    samples.every(({ less }) => less !== undefined)
      ? shareDifferenceOverSeeds(
          samples.map(({ answers, less }) => ({ share: numbers(answers, favour), less: numbers(less!, !favour) })),
        )
      : shareOverSeeds(samples.map(({ answers }) => numbers(answers, favour)));
  const [least, most] = [end(false), end(true)];
  const value = meanOf(samples.map(resolvedShare).filter(Number.isFinite));
  if (least.at === null || most.at === null) return { ...least, value, at: null, over: null };
  return {
    ...least,
    value,
    at: (confidence) => ({ low: least.at!(confidence).low, high: most.at!(confidence).high }),
  };
}

/** What a mean over seeds lacks for a verdict; null when there are enough runs. */
function seedsMissing(runs: number): string | null {
  return runs >= method.seedsPerSetting ? null : `at least ${method.seedsPerSetting} seeds of the setting`;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
