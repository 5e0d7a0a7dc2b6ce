/** What the close-up of a slice draws of a step's line beside the slice: the batch's own loss, and where either is lowest. */
import type { SeriesOption } from 'echarts';
import { formatNumber, formatWithError } from '../../format.ts';
import type { RunData } from '../chart.ts';
import { rowOf } from './iteration-readout.ts';
import type { LegendEntry } from './legend.ts';
import { PolylineBuilder } from './polyline.ts';
import type { Polyline } from './polyline.ts';
import { lineSeries, pointSeries } from './series.ts';
import type { ChartStyle } from './style.ts';
import { rowsWithin } from './view.ts';

/** The points of one slice, those beyond the step too. */
export interface SlicePoints {
  alphas: number[];
  losses: number[];
  errors: number[];
  /** The batch's own; NaN where that was not measured. */
  batch: number[];
}

/** The points of iteration t's slice, by α. */
export function pointsOf({ slices }: Pick<RunData, 'slices'>, t: number): SlicePoints {
  const rows = rowsWithin(slices.iteration, { range: { from: t, to: t } });
  const of = (column: Float64Array): number[] => [...column.subarray(...rows)];
  return {
    alphas: of(slices.alpha),
    losses: of(slices.loss),
    errors: of(slices.standard_error),
    batch: of(slices.batch_loss),
  };
}

const names = { batch: 'batch loss', lowest: 'lowest on the line', batchLowest: 'lowest of the batch' } as const;

/** The series of a line, with what the axes have to hold. */
interface DrawnLine {
  series: SeriesOption[];
  legend: LegendEntry[];
  /** The batch's curve; without points where there is none. */
  batch: Polyline;
}

/** Draws it: nothing for a slice that ends with its step and has no batch. */
export function drawnLine({ alphas, losses, batch }: SlicePoints, log: boolean, style: ChartStyle): DrawnLine {
  const { palette, lines, marker } = style;
  const curve = new PolylineBuilder(alphas.length, log);
  for (const [index, alpha] of alphas.entries()) curve.add(alpha, batch[index]!);
  const drawn: DrawnLine = { series: [], legend: [], batch: curve.finish() };
  const mark = (id: string, name: string, values: readonly number[], color: string): void => {
    const at = lowestOf(values);
    // lowest at an end of what was evaluated, it goes on falling there
    if (at < 1 || at === values.length - 1) return;
    const point = new PolylineBuilder(1, log);
    if (!point.add(alphas[at]!, values[at]!)) return;
    drawn.series.push(pointSeries(id, name, point.finish(), { color, symbol: 'rect', size: marker * 1.5, z: 6 }));
    drawn.legend.push({ name, drawn: 'marker', marker: 'rect' });
  };
  if (drawn.batch.count > 0) {
    const look = { color: palette.batch, width: lines.normal, z: 3 };
    drawn.series.push(...lineSeries('slice.batch', names.batch, drawn.batch, look, style));
    drawn.legend.push({ name: names.batch, drawn: 'line' });
    mark('slice.batch-lowest', names.batchLowest, batch, palette.batch);
  }
  // on the step it is the floor, which is drawn already
  const at = lowestOf(losses);
  if (at >= 0 && (alphas[at]! < 0 || alphas[at]! > 1)) mark('slice.lowest', names.lowest, losses, palette.floor);
  return drawn;
}

function lowestOf(values: readonly number[]): number {
  let found = -1;
  for (const [index, value] of values.entries())
    if (Number.isFinite(value) && (found < 0 || value < values[found]!)) found = index;
  return found;
}

/** How far the step of iteration t went of the best one along its line, on either loss; null where neither was found. */
export function lineSearchNote({ iterations }: Pick<RunData, 'iterations'>, t: number): string | null {
  const row = rowOf(iterations, t);
  const of = (best: Float64Array, error: Float64Array, on: string): string[] => {
    const alpha = best[row] ?? NaN;
    if (Number.isNaN(alpha)) return [];
    const where = `${on} α = ${formatWithError(alpha, error[row]!)}`;
    return [
      alpha > 0
        ? `${where} (the step went ${formatNumber(Number((1 / alpha).toPrecision(2)))} of it)`
        : `${where} (behind the step)`,
    ];
  };
  const found = [
    ...of(iterations.line_search, iterations.line_search_error, 'on the training loss'),
    ...of(iterations.batch_line_search, iterations.batch_line_search_error, 'on the batch loss'),
  ];
  return found.length === 0 ? null : `line search: best ${found.join('; ')}`;
}
