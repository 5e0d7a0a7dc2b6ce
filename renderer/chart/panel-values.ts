/** What a panel says in words and numbers about a place or a range of its horizontal axis. */
import type { Chart, RunData } from '../../shared/charts/index.ts';
import type { ChartSpec } from '../../shared/charts/request.ts';
import { formatMeasured } from '../../shared/format.ts';
import { lowerBound } from '../../shared/ordered.ts';
import type { ChartedKey } from '../../shared/quantities/index.ts';
import type { IterationColumns } from '../../shared/records.ts';
import type { Range } from './chart-link.ts';

/** A metric's value, as it is written. */
export interface HeadlineValue {
  key: ChartedKey<'iteration'>;
  text: string;
}

/** Values of metrics in the iteration whose step is at a place of the axis; null where there is no such iteration. */
export function valuesAt(
  iterations: IterationColumns,
  x: number,
  keys: readonly ChartedKey<'iteration'>[],
): HeadlineValue[] | null {
  const t = Math.floor(x);
  const row = lowerBound(iterations.iteration, t);
  if (iterations.iteration[row] !== t) return null;
  return keys.map((key) => ({ key, text: formatMeasured(iterations[key][row]) }));
}

/**
 * Whether the axis of a panel is a mere place, which a view would be of still when there is something to see: in a comparison where nothing is
 * drawn. The charts of one run share its iterations, whatever each of them draws.
 */
export function isMerePlace(
  { spec, runs }: { spec: Pick<ChartSpec, 'chart'>; runs: readonly Pick<RunData, 'iterations'>[] },
  chart: Pick<Chart, 'empty'> | null,
): boolean {
  return spec.chart === 'comparison' ? !chart || chart.empty !== null : !runs[0]?.iterations.iteration.length;
}

/** Most rows that are read off under the pointer of a linked chart. */
const mostRows = 8;

/** What a chart has at the place under the pointer of a linked one; null where it has nothing. */
export function linkedReadout(
  chart: Chart,
  x: number,
): { rows: { label: string; value: string }[]; more: number } | null {
  const read = chart.readout(x);
  if (!read) return null;
  return { rows: read.rows.slice(0, mostRows), more: Math.max(0, read.rows.length - mostRows) };
}

/** Whether a metric was measured in some iteration between two places of the axis. */
function isMeasured(columns: IterationColumns, key: keyof IterationColumns, { from, to }: Range): boolean {
  const end = lowerBound(columns.iteration, to);
  for (let row = lowerBound(columns.iteration, Math.floor(from)); row < end; row++)
    if (!Number.isNaN(columns[key][row]!)) return true;
  return false;
}

/** Why nothing is drawn of some metrics in the range that is in view; null where something is. */
export function blankReason(
  iterations: IterationColumns,
  keys: readonly ChartedKey<'iteration'>[],
  range: Range,
): string | null {
  if (keys.some((key) => isMeasured(iterations, key, range))) return null;
  return 'No iteration in view was probed: zoom out, or choose a probed stretch above.';
}

/** Rows that a table of what is in view would have, about: who reads a million rows reads a file. @param range null is everything */
export function rowsInView(
  runs: readonly Pick<RunData, 'iterations' | 'slices'>[],
  range: Range | null | undefined,
  withSlices: boolean,
): number {
  const { from, to } = range ?? { from: -Infinity, to: Infinity };
  const between = (column: Float64Array): number =>
    lowerBound(column, Math.ceil(to)) - lowerBound(column, Math.floor(from));
  return runs.reduce(
    (sum, { iterations, slices }) => sum + between(iterations.iteration) + (withSlices ? between(slices.iteration) : 0),
    0,
  );
}
