/** Errors of a metric of one run beside its line: bars where points are few, else a band. */
import type { SeriesOption } from 'echarts';
import { errorKeyOf } from '../../quantities/index.ts';
import type { ChartedKey, ErrorKey } from '../../quantities/index.ts';
import type { RunData } from '../chart.ts';
import { rowOf } from './iteration-readout.ts';
import type { LegendEntry } from './legend.ts';
import type { Polyline } from './polyline.ts';
import { bandSeries, endsAround, errorBars } from './series.ts';
import type { ChartStyle } from './style.ts';

/** Up to so many points each has a bar; more would run into one another. */
const mostBars = 60;

/** Errors of a line. */
export interface MetricErrors {
  /** The column that they are from. */
  column: ErrorKey;
  /** One a point of the line; NaN where none is told. */
  errors: Float64Array;
  /** Least and greatest end; of a log axis only what it has a place for. */
  extent: [number, number];
}

/** The errors of a metric at the points of its line; null where there are none. */
export function metricErrors(
  { iterations }: Pick<RunData, 'iterations'>,
  key: ChartedKey<'iteration'>,
  { flat, count }: Polyline,
  log: boolean,
): MetricErrors | null {
  const column = errorKeyOf(key);
  if (column === null) return null;
  const errors = Float64Array.from(
    { length: count },
    (_, point) => iterations[column][rowOf(iterations, flat[2 * point]!)] ?? NaN,
  );
  if (!errors.some((error) => error >= 0)) return null;
  const extent: [number, number] = [Infinity, -Infinity];
  for (let point = 0; point < count; point++) {
    const [value, error] = [flat[2 * point + 1]!, errors[point]! || 0];
    const low = value - error;
    extent[0] = Math.min(extent[0], log && low <= 0 ? value : low);
    extent[1] = Math.max(extent[1], value + error);
  }
  return { column, errors, extent };
}

/** How they are drawn, and what says so: a band in the legend, bars in a note. @param logX whether the horizontal axis is logarithmic */
export function drawErrors(
  line: Polyline,
  { errors }: MetricErrors,
  color: string,
  style: ChartStyle,
  logX = false,
): { series: SeriesOption; legend: LegendEntry[]; note: string | null } {
  if (line.count <= mostBars)
    return { series: errorBars('error', line, errors, color, style, 'error'), legend: [], note: 'bars: ± error' };
  const series = bandSeries('error', 'error', line, endsAround(line, errors), color, logX);
  return { series, legend: [{ name: 'error', drawn: 'rect' }], note: null };
}
