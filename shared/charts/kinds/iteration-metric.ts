/** A metric against the iteration, one or more runs. */
import type { LineSeriesOption, SeriesOption } from 'echarts';
import { z } from 'zod';
import { smooth, smoothingNote } from '../../compare/smoothing.ts';
import { formatNumber } from '../../format.ts';
import { charted, drawnQuantity } from '../../quantities/index.ts';
import type { ChartedKey } from '../../quantities/index.ts';
import { crossesZero } from '../../quantities/quantity.ts';
import { nothingRecorded } from '../../runs/status-words.ts';
import { makeChart } from '../chart.ts';
import type { Chart, ChartView, Readout, RunData, Table } from '../chart.ts';
import { chartedChoices, defineChart, iterationPlaces } from '../define.ts';
import { frame } from '../drawing/frame.ts';
import { iterationReadout, rowAt } from '../drawing/iteration-readout.ts';
import { runLabels } from '../drawing/labels.ts';
import { drawErrors, metricErrors } from '../drawing/metric-errors.ts';
import { metricTable } from '../drawing/metric-table.ts';
import { lineOf, PolylineBuilder, unionExtent, unionSpan } from '../drawing/polyline.ts';
import type { Polyline } from '../drawing/polyline.ts';
import { runLegend, runSeries } from '../drawing/run-series.ts';
import { lineSeries, zeroLine } from '../drawing/series.ts';
import type { LineDrawing } from '../drawing/series.ts';
import { lineStyle } from '../drawing/looks.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { heading, leftOutNote, noLogNote } from '../drawing/text.ts';
import { iterationSpan, nothingMeasured, rowsWithin } from '../drawing/view.ts';
import { inRuns } from '../drawing/loss-unit.ts';

/** A metric against the iteration. */
export const iterationMetric = defineChart({
  key: 'iteration-metric',
  help: 'A quantity against the iteration.',
  options: {
    metric: {
      title: 'Quantity',
      control: 'menu',
      choices: chartedChoices('iteration'),
      schema: z.enum(charted.iteration.map(({ key }) => key)),
    },
    smoothing: {
      title: 'Width τ of the smoothing kernel in iterations, as in a comparison; 0, or left out, smooths nothing',
      label: 'Smoothing τ',
      control: 'number',
      unit: 'iterations',
      empty: 'none',
      schema: z.number().min(0).max(1e9).nullish(),
    },
  },
  title: ({ metric }) => drawnQuantity('iteration', metric).title,
  records: () => ['iterations'],
  several: true,
  log: ({ metric }) => drawnQuantity('iteration', metric).log,
  logX: () => true,
  places: () => iterationPlaces,
  analysis: null,
  menus: ['figures', 'quantities'],
  exported: [
    { name: 'batch-loss', needs: 'iterations', spec: { chart: 'iteration-metric', metric: 'batch_loss' } },
    { name: 'gradient-cosine', needs: 'iterations', spec: { chart: 'iteration-metric', metric: 'gradient_cosine' } },
    { name: 'distance', needs: 'iterations', spec: { chart: 'iteration-metric', metric: 'distance' } },
  ],
  build: (runs, { metric, smoothing }, style, view) => iterationMetricChart(runs, metric, smoothing ?? 0, style, view),
});

/**
 * A metric of one run as a line over its iterations, broken where iterations are missing or were not measured.
 * @param column its values, where they are not those that were measured
 */
export function iterationLine(
  { iterations }: RunData,
  key: ChartedKey<'iteration'>,
  view: ChartView,
  column: Float64Array = iterations[key],
): Polyline {
  if (!view.range) return lineOf(iterations.iteration, column, view.log ?? false, view.logX ?? false);
  const [from, to] = rowsWithin(iterations.iteration, view);
  const line = new PolylineBuilder(to - from, view.log ?? false, view.logX);
  for (let row = from; row < to; row++) line.add(iterations.iteration[row]!, column[row]!);
  return line.finish();
}

/** Builds the chart of an iteration metric. */
function iterationMetricChart(
  runs: readonly RunData[],
  key: ChartedKey<'iteration'>,
  width: number,
  style: ChartStyle,
  asked: ChartView,
): Chart {
  const { title, symbol, unit, limits, log: canLog } = inRuns(drawnQuantity('iteration', key), runs);
  const log = canLog && (asked.log ?? false);
  const view = { ...asked, log };
  const labels = runLabels(runs.map(({ run }) => run));
  const measured = runs.map((data) => iterationLine(data, key, view));
  const smoothing = width > 0 ? smoothed(runs, key, width, view) : null;
  const lines = smoothing ? [...measured, ...smoothing.lines] : measured;
  const looks = runs.map((_, index) => lineStyle(index, style));
  // of several runs, and around smoothed lines, errors would hide what they belong to
  const errors = runs.length === 1 && !smoothing ? metricErrors(runs[0]!, key, measured[0]!, log) : null;
  const read = iterationReadout(runs, [key]);
  const readout = smoothing ? withSmoothed(read, runs, smoothing.columns, unit) : read;

  const series: SeriesOption[] = [];
  if (crossesZero(limits)) series.push(zeroLine(style));
  const drawnErrors = errors ? drawErrors(measured[0]!, errors, looks[0]!.color, style, view.logX) : null;
  if (drawnErrors) series.push(drawnErrors.series);
  for (const index of runs.keys()) {
    const draw = (line: Polyline, name: string) =>
      runSeries(index, runs.length, looks[index]!, name, line, style, false, view.logX);
    if (!smoothing) series.push(...draw(measured[index]!, labels[index]!));
    else {
      const names = runs.length > 1 ? [labels[index]!, labels[index]!] : smoothingLegend(width);
      // a legend draws the first line of its name
      series.push(...draw(smoothing.lines[index]!, names[0]!).map((one) => bold(one, runs.length, style)));
      series.push(
        ...lineSeries(`measured.${index}`, names[1]!, measured[index]!, thin(index, style), style, view.logX).map(pale),
      );
    }
  }
  const drawn = measured.some(({ count }) => count > 0);
  const lost = asked.log && !canLog ? noLogNote : leftOutNote(measured);
  const about =
    drawnErrors?.note ?? (smoothing ? `bold: ${smoothingNote(width, 'iterations')}; thin: as measured` : null);
  const note = [about, lost].filter((one) => one !== null).join('; ') || null;
  return makeChart({
    title: heading(title, symbol),
    symbol,
    description: describe(title, unit, labels, measured),
    option: {
      ...frame(
        style,
        {
          title: 'Iteration',
          whole: true,
          log: view.logX,
          extent: view.logX ? unionSpan(lines) : iterationSpan(runs, lines, style, view),
        },
        {
          title,
          symbol,
          unit,
          log,
          extent: errors?.extent ?? unionExtent(lines),
          limits,
          // on screen ECharts would take the ends from the lines alone
          pinned: errors !== null,
        },
        smoothing && runs.length === 1
          ? smoothingLegend(width).map((name) => ({ name, drawn: 'line' as const }))
          : [...runLegend(labels, measured, looks), ...(drawnErrors?.legend ?? [])],
        readout,
        note,
      ),
      series,
    },
    makeTable: () =>
      smoothing
        ? smoothedTable(key, runs, measured, smoothing.lines)
        : metricTable('iteration', key, runs, measured, errors),
    empty: drawn ? null : emptyReason(runs, key),
    notes: [about, lost].filter((one) => one !== null),
    readout,
  });
}

/** The names of the two lines of one run, the smoothed one first. */
function smoothingLegend(width: number): [string, string] {
  return [`smoothed, τ = ${formatNumber(width)}`, 'as measured'];
}

/** The smoothed metric of each run: over all its records, and as the part of it that is drawn. */
function smoothed(runs: readonly RunData[], key: ChartedKey<'iteration'>, width: number, view: ChartView) {
  const columns = runs.map(({ iterations }) => smooth(iterations.iteration, iterations[key], width));
  return { columns, lines: runs.map((data, index) => iterationLine(data, key, view, columns[index])) };
}

/** How the line under a smoothed one is drawn. */
function thin(index: number, style: ChartStyle): LineDrawing {
  return { color: lineStyle(index, style).color, width: style.lines.thin, z: 2 };
}
function pale(series: LineSeriesOption): LineSeriesOption {
  return { ...series, lineStyle: { ...series.lineStyle, opacity: 0.5 } };
}
function bold(series: LineSeriesOption, runs: number, style: ChartStyle): LineSeriesOption {
  const width = runs > 4 ? style.lines.normal : style.lines.bold;
  return { ...series, lineStyle: { ...series.lineStyle, width }, z: 4 };
}

/** A read-out with the smoothed value of each run after the measured one. */
function withSmoothed(
  read: (x: number) => Readout | null,
  runs: readonly RunData[],
  columns: readonly Float64Array[],
  unit: string | null,
): (x: number) => Readout | null {
  const labels = runLabels(runs.map(({ run }) => run));
  return (x) => {
    const found = read(x);
    if (!found) return null;
    const t = Math.round(x);
    const rows = runs.flatMap(({ iterations }, index) => {
      const row = rowAt(iterations, t);
      const value = row >= 0 && iterations.iteration[row] === t ? columns[index]![row]! : NaN;
      if (Number.isNaN(value)) return [];
      const label = runs.length > 1 ? `${labels[index]!}, smoothed` : 'Smoothed';
      return [{ label, value: `${formatNumber(value)}${unit ? ` ${unit}` : ''}` }];
    });
    const [first = [], rest = []] = runs.length > 1 ? [found.rows, []] : [found.rows.slice(0, 1), found.rows.slice(1)];
    return { ...found, rows: [...first, ...rows, ...rest] };
  };
}

/** Measured and smoothed values as they are drawn; one that a log axis cannot show is left empty. */
function smoothedTable(
  key: ChartedKey<'iteration'>,
  runs: readonly RunData[],
  measured: readonly Polyline[],
  smoothed: readonly Polyline[],
): Table {
  const several = runs.length > 1;
  const columns = [...(several ? ['run', 'name'] : []), 'iteration', key, `${key}_smoothed`];
  const rows = runs.flatMap(({ run: { run, name } }, index) => {
    const values = new Map<number, [number | null, number | null]>();
    for (const [place, { flat, count }] of [measured[index]!, smoothed[index]!].entries())
      for (let point = 0; point < count; point++) {
        const pair = values.get(flat[2 * point]!) ?? [null, null];
        pair[place] = flat[2 * point + 1]!;
        values.set(flat[2 * point]!, pair);
      }
    return [...values]
      .sort(([a], [b]) => a - b)
      .map(([iteration, pair]) => [...(several ? [run, name] : []), iteration, ...pair]);
  });
  return { columns, rows };
}

function emptyReason(runs: readonly RunData[], key: ChartedKey<'iteration'>): string {
  const [first] = runs;
  const measured = runs.some(({ iterations }) => iterations.iteration.length > 0);
  if (!measured) return nothingRecorded(first!.run, 'its first iterations fill it');
  return nothingMeasured(key, runs);
}

function describe(title: string, unit: string | null, labels: string[], lines: Polyline[]): string {
  const after = unit ? ` ${unit}` : '';
  const parts = lines.map(({ flat, count }, index) => {
    if (count === 0) return `${labels[index]}: nothing measured`;
    const [from, to] = [flat[0]!, flat[2 * count - 2]!];
    const [first, last] = [flat[1], flat[2 * count - 1]];
    return `${labels[index]}: ${formatNumber(first)} to ${formatNumber(last)}${after} over iterations ${from} to ${to}`;
  });
  return `${title} against the iteration. ${parts.join('; ')}.`;
}
