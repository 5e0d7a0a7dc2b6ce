/** Which records a view draws, and what to say when there are none. */
import { lowerBound } from '../../ordered.ts';
import { quantity } from '../../quantities/index.ts';
import { notImported } from '../../records.ts';
import type { ChartView, RunData } from '../chart.ts';
import { unionSpan } from './polyline.ts';
import type { Polyline } from './polyline.ts';
import type { ChartStyle } from './style.ts';

/** Whether an iteration (or epoch) is drawn. */
export function within(value: number, { range }: ChartView): boolean {
  return !range || (value >= range.from && value <= range.to);
}

/** Rows [from, to) of an ascending column that are drawn. */
export function rowsWithin(column: Float64Array, { range }: ChartView): [number, number] {
  if (!range) return [0, column.length];
  const from = lowerBound(column, range.from);
  let to = lowerBound(column, range.to);
  while (to < column.length && column[to]! <= range.to) to++;
  return [from, to];
}

/** Why a quantity of iterations has no values although there are iterations. */
export function nothingMeasured(key: string, runs: readonly RunData[]): string {
  const { title, training, probe, absent } = quantity('iteration', key);
  if (training && runs.every(({ run }) => run.kind === 'imported')) return `${title}: ${notImported}.`;
  if (absent !== undefined) return `${title}: ${absent}.`;
  const filler = probe === 'slices' ? '; probe windows in the experiment (probes.interpolation.windows) fill it' : '';
  return `${title} was not measured in these iterations${filler}.`;
}

/**
 * First and last place of an iteration axis. On screen it spans all iterations up to the end of the last update, so that
 * panels of one run line up; on paper a metric that was measured in less than half of them gets its own span.
 */
export function iterationSpan(
  runs: readonly RunData[],
  lines: Polyline[],
  style: ChartStyle,
  view: ChartView,
): [number, number] | null {
  let [first, last] = [Infinity, -Infinity];
  for (const { iterations } of runs) {
    const column = iterations.iteration;
    if (column.length === 0) continue;
    first = Math.min(first, column[0]!);
    last = Math.max(last, column.at(-1)! + 1);
  }
  if (view.range) [first, last] = [Math.max(first, view.range.from), Math.min(last, view.range.to + 1)];
  const drawn = unionSpan(lines);
  if (style.medium === 'paper' && drawn && drawn[1] - drawn[0] < (last - first) / 2) return drawn;
  return first < last ? [first, last] : drawn;
}
