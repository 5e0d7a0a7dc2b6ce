/** A metric of runs or groups summed up: least, greatest, last, and where validation was best. */
import { runLabels } from '../charts/drawing/labels.ts';
import { inRuns } from '../charts/drawing/loss-unit.ts';
import type { RunData } from '../charts/chart.ts';
import { drawnQuantity } from '../quantities/index.ts';
import type { ChartedKind } from '../quantities/index.ts';
import { epochLength } from '../runs/epoch-length.ts';
import { groupingsOf, groupRuns } from '../runs/group.ts';
import { bandOf, estimateDifference, estimateOf, tableBand } from './band.ts';
import type { Band, Estimate } from './band.ts';
import { findBaseline, pairRuns } from './baseline.ts';
import { measurements } from './measurements.ts';
import { momentsOf } from './sample.ts';
import type { ComparisonSpec } from '../charts/request.ts';

/** A metric of a run, in four numbers; null where there is none. */
export interface MetricSummary {
  minimum: number | null;
  maximum: number | null;
  last: number | null;
  /** At the end of the epoch with the best validation accuracy, or R² where targets are real numbers, the first of several. */
  at_best: number | null;
}

/** The four numbers, in order, with what they mean. */
export const summaryKeys = [
  { key: 'minimum', title: 'Min', help: 'Least value over the whole run.' },
  { key: 'maximum', title: 'Max', help: 'Greatest value over the whole run.' },
  { key: 'last', title: 'Last', help: 'Last value that was measured.' },
  {
    key: 'at_best',
    title: 'At best',
    help: 'Value at the end of the epoch with the best validation accuracy (R² where targets are real numbers).',
  },
] as const;

/** Sums up a metric of one run, over all of its records. */
export function summariseMetric(data: RunData, record: ChartedKind, key: string): MetricSummary {
  const { tick, y } = measurements(data, record, key);
  const { first, last: end } = bestTicks(data, record);
  let [minimum, maximum, last, atBest] = [Infinity, -Infinity, NaN, NaN];
  for (let row = 0; row < y.length; row++) {
    const value = y[row]!;
    if (!Number.isFinite(value)) continue;
    minimum = Math.min(minimum, value);
    maximum = Math.max(maximum, value);
    last = value;
    // the last measurement of the best epoch
    if (tick[row]! >= first && tick[row]! <= end) atBest = value;
  }
  const given = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return { minimum: given(minimum), maximum: given(maximum), last: given(last), at_best: given(atBest) };
}

/** First and last tick of the epoch with the best validation accuracy, or R² where targets are real numbers, the first of several; NaN where there is none. */
function bestTicks({ run, epochs }: RunData, record: ChartedKind): { first: number; last: number } {
  // columns that a summary does not need may be missing
  const fit = (epochs.validation_r_squared as Float64Array | undefined)?.some(Number.isFinite) === true;
  const ranked = fit ? epochs.validation_r_squared : epochs.validation_accuracy;
  let best = -1;
  for (let row = 0; row < epochs.epoch.length; row++) {
    const value = ranked[row]!;
    // epoch 0 is the initialisation, no result
    if (epochs.epoch[row] === 0 || !Number.isFinite(value)) continue;
    if (best < 0 || value > ranked[best]!) best = row;
  }
  if (best < 0) return { first: NaN, last: NaN };
  const epoch = epochs.epoch[best]!;
  if (record === 'epoch') return { first: epoch, last: epoch };
  const perEpoch = epochLength(run);
  // curvature is measured before an update: at the end of an epoch, before the next one's first
  return record === 'iteration'
    ? { first: (epoch - 1) * perEpoch, last: epoch * perEpoch - 1 }
    : { first: (epoch - 1) * perEpoch + 1, last: epoch * perEpoch };
}

/** One of the four numbers. */
export type SummaryKey = (typeof summaryKeys)[number]['key'];

/** A number of a table: the middle of some runs' values, with what surrounds it. */
export interface TableNumber extends Estimate {
  /** Standard deviation of the values; NaN for fewer than two. */
  deviation: number;
  written: Band['written'];
  /** Of a difference to a baseline: the number of pairs; null where there are none. */
  pairs?: number | null;
}

/** How a run or group differs from the baseline in one of the numbers. */
interface SummaryDifference {
  /** With the 95 % interval. */
  value: TableNumber;
  /** How it was taken, in words. */
  words: string;
}

/** One row of the summary table: a run, or a group with the spread over its runs. */
export interface SummaryRow {
  label: string;
  /** Ids of its runs. */
  runs: string[];
  values: Record<SummaryKey, TableNumber>;
  /** Null where there is no baseline, and in its own row. */
  difference: SummaryDifference | null;
}

/** A run with its numbers. */
interface Single {
  data: RunData;
  own: MetricSummary;
}

const known = (values: readonly (number | null)[]): Float64Array =>
  Float64Array.from(values.filter((value) => value !== null));

/** The middle of values in a table. */
function tableNumber(band: Band, values: Float64Array): TableNumber {
  return { ...estimateOf(band, values), deviation: momentsOf(values).deviation, written: band.written };
}

/** Differences in a table have the interval of their mean. */
const interval = bandOf('confidence');

/** How some runs differ from the baseline's in one of their numbers; as the chart has it, see `groupLines`. */
function differenceOf(
  own: readonly Single[],
  base: { runs: readonly Single[]; isGroup: boolean },
  group: readonly string[] | null,
  key: SummaryKey,
): SummaryDifference | null {
  const others = own.filter((one) => !base.runs.some(({ data }) => data.run.run === one.data.run.run));
  if (others.length === 0) return null;
  const less = (a: Single, b: Single): number | null =>
    a.own[key] === null || b.own[key] === null ? null : a.own[key] - b.own[key];
  if (!base.isGroup) {
    const value = tableNumber(interval, known(others.map((one) => less(one, base.runs[0]!))));
    return { value: { ...value, pairs: null }, words: others.length > 1 ? 'to one run' : '' };
  }
  const { pairs, words } = pairRuns(others, base.runs, ({ data }) => data.run, group ?? []);
  if (pairs.length > 0) {
    const value = tableNumber(interval, known(pairs.map(([one, other]) => less(one, other))));
    return { value: { ...value, pairs: value.count }, words: words(value.count) };
  }
  const [a, b] = [others, base.runs].map((all) => known(all.map((one) => one.own[key]))) as [
    Float64Array,
    Float64Array,
  ];
  const value = estimateDifference(interval, a, b);
  return { value: { ...value, deviation: NaN, written: interval.written, pairs: null }, words: words(0) };
}

/** What a summary is of. */
export type SummaryChoices = Pick<ComparisonSpec, 'record' | 'metric' | 'group' | 'band' | 'baseline'>;

/**
 * Sums up a metric of runs, each by itself or group by group.
 * @param all the runs among which the baseline is
 * @param of the number whose differences to the baseline are told
 */
export function summaryRows(
  runs: readonly RunData[],
  { record, metric: key, group, band, baseline }: SummaryChoices,
  all: readonly RunData[] = runs,
  of: SummaryKey = 'last',
): SummaryRow[] {
  const labels = runLabels(runs.map(({ run }) => run));
  const singleOf = (data: RunData): Single => ({ data, own: summariseMetric(data, record, key) });
  const singles = runs.map((data, index) => ({ label: labels[index]!, ...singleOf(data) }));
  const found = findBaseline(all, ({ run }) => run, { baseline, group });
  const base = found && { ...found, runs: found.runs.map(singleOf) };
  const groups =
    group === null
      ? singles.map((one) => ({ title: one.label, runs: [one] }))
      : groupRuns(singles, (one) => one.data.run, groupingsOf(group)).map((one) => ({
          title: `${one.title} (${one.runs.length === 1 ? '1 run' : `${one.runs.length} runs`})`,
          runs: one.runs,
        }));
  return groups.map(({ title, runs: inside }) => ({
    label: title,
    runs: inside.map((one) => one.data.run.run),
    values: Object.fromEntries(
      summaryKeys.map(({ key: name }) => [
        name,
        tableNumber(tableBand(band), known(inside.map((one) => one.own[name]))),
      ]),
    ) as SummaryRow['values'],
    difference: base && differenceOf(inside, base, group, of),
  }));
}

/** A table of texts and numbers, ready to be written as CSV, LaTeX or Markdown. */
export interface TextTable {
  caption: string;
  columns: string[];
  rows: (string | TableNumber)[][];
}

/** The summary as a table to export. @param runs those that are summed up, for the unit of their losses @param of the number whose differences `baseline` names the other side of */
export function summaryTable(
  rows: readonly SummaryRow[],
  runs: readonly RunData[],
  { record, metric, group, band }: SummaryChoices,
  baseline: string | null = null,
  of: SummaryKey = 'last',
): TextTable {
  const { title, unit } = inRuns(drawnQuantity(record, metric), runs);
  const name = summaryKeys.find(({ key }) => key === of)!.title.toLowerCase();
  const parts = [
    `${title}${unit ? ` (${unit})` : ''}`,
    ...(group === null ? [] : [`${tableBand(band).caption} over the runs of a group`]),
    ...(baseline === null ? [] : [`difference of ${name} to “${baseline}” with its 95 % interval`]),
  ];
  return {
    caption: parts.join(', '),
    columns: [
      group === null ? 'Run' : 'Group',
      ...summaryKeys.map((entry) => entry.title),
      ...(baseline === null ? [] : ['Difference', 'Pairs']),
    ],
    rows: rows.map(({ label, values, difference }) => [
      label,
      ...summaryKeys.map((entry) => values[entry.key]),
      ...(baseline === null ? [] : difference ? [difference.value, difference.words] : ['baseline', '']),
    ]),
  };
}
