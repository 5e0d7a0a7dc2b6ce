/** A metric of runs or groups summed up: least, greatest, last, and where validation was best. */
import { iterationsPerEpoch } from '../experiment.ts';
import { runLabels } from '../charts/drawing/labels.ts';
import type { RunData } from '../charts/chart.ts';
import { drawnQuantity } from '../quantities/index.ts';
import type { ChartedKind } from '../quantities/index.ts';
import { groupingsOf, groupRuns } from '../runs/group.ts';
import { spreadOf } from './bands.ts';
import type { Spread } from './bands.ts';
import { measurements } from './measurements.ts';

/** A metric of a run, in four numbers; null where there is none. */
export interface MetricSummary {
  minimum: number | null;
  maximum: number | null;
  last: number | null;
  /** At the end of the epoch with the best validation accuracy, the first of several. */
  at_best: number | null;
}

/** The four numbers, in order, with what they mean. */
export const summaryKeys = [
  { key: 'minimum', title: 'Min', help: 'Least value over the whole run.' },
  { key: 'maximum', title: 'Max', help: 'Greatest value over the whole run.' },
  { key: 'last', title: 'Last', help: 'Last value that was measured.' },
  { key: 'at_best', title: 'At best', help: 'Value at the end of the epoch with the best validation accuracy.' },
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

/** First and last tick of the epoch with the best validation accuracy, the first of several; NaN where there is none. */
function bestTicks({ run, epochs }: RunData, record: ChartedKind): { first: number; last: number } {
  let best = -1;
  for (let row = 0; row < epochs.epoch.length; row++) {
    const accuracy = epochs.validation_accuracy[row]!;
    // epoch 0 is the initialisation, no result
    if (epochs.epoch[row] === 0 || !Number.isFinite(accuracy)) continue;
    if (best < 0 || accuracy > epochs.validation_accuracy[best]!) best = row;
  }
  if (best < 0) return { first: NaN, last: NaN };
  const epoch = epochs.epoch[best]!;
  if (record === 'epoch') return { first: epoch, last: epoch };
  const perEpoch = iterationsPerEpoch(run.experiment);
  // curvature is measured before an update: at the end of an epoch, before the next one's first
  return record === 'iteration'
    ? { first: (epoch - 1) * perEpoch, last: epoch * perEpoch - 1 }
    : { first: (epoch - 1) * perEpoch + 1, last: epoch * perEpoch };
}

/** One row of the summary table: a run, or a group with the spread over its runs. */
export interface SummaryRow {
  label: string;
  /** Ids of its runs. */
  runs: string[];
  values: Record<(typeof summaryKeys)[number]['key'], Spread>;
}

/**
 * Sums up a metric of runs, each by itself or group by group.
 * @param group what tells groups apart; null for none
 */
export function summaryRows(
  runs: readonly RunData[],
  { record, metric: key, group }: { record: ChartedKind; metric: string; group: readonly string[] | null },
): SummaryRow[] {
  const labels = runLabels(runs.map(({ run }) => run));
  const singles = runs.map((data, index) => ({ label: labels[index]!, data, own: summariseMetric(data, record, key) }));
  const groups =
    group === null
      ? singles.map((one) => ({ title: one.label, runs: [one] }))
      : groupRuns(singles, (one) => one.data.run, groupingsOf(group)).map((found) => ({
          title: `${found.title} (${found.runs.length === 1 ? '1 run' : `${found.runs.length} runs`})`,
          runs: found.runs,
        }));
  return groups.map(({ title, runs: inside }) => ({
    label: title,
    runs: inside.map((one) => one.data.run.run),
    values: Object.fromEntries(
      summaryKeys.map(({ key: name }) => [name, spreadOf(inside.map((one) => one.own[name] ?? NaN))]),
    ) as SummaryRow['values'],
  }));
}

/** A table of texts and numbers, ready to be written as CSV, LaTeX or Markdown. */
export interface TextTable {
  caption: string;
  columns: string[];
  /** A spread is written as its mean, with ± its standard deviation where there is one. */
  rows: (string | Spread)[][];
}

/** The summary as a table to export. */
export function summaryTable(
  rows: readonly SummaryRow[],
  record: ChartedKind,
  key: string,
  grouped: boolean,
): TextTable {
  const { title, unit } = drawnQuantity(record, key);
  return {
    caption: `${title}${unit ? ` (${unit})` : ''}${grouped ? ', mean ± standard deviation over the runs of a group' : ''}`,
    columns: [grouped ? 'Group' : 'Run', ...summaryKeys.map((entry) => entry.title)],
    rows: rows.map(({ label, values }) => [label, ...summaryKeys.map((entry) => values[entry.key])]),
  };
}
