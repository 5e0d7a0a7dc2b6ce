/**
 * A metric of several runs against iteration, epoch, distance, path length or elapsed time: each run a line, or groups of runs as their
 * mean with a band; smoothed, and as the difference to a baseline, if asked.
 */
import type { LineSeriesOption, SeriesOption } from 'echarts';
import { z } from 'zod';
import { bands } from '../../compare/band.ts';
import { formatNumber } from '../../format.ts';
import { drawnQuantity } from '../../quantities/index.ts';
import { crossesZero, unlimited } from '../../quantities/quantity.ts';
import { makeChart } from '../chart.ts';
import type { Chart, ChartView, Readout, RunData, Table } from '../chart.ts';
import { chartedQuantity, chartedRecord, defineChart, hasCharted } from '../define.ts';
import type { ChartOptions, SpecOf } from '../define.ts';
import { againstTitles, curvesOf, hasCommonPlaces, hasWholePlaces } from '../drawing/comparison-curves.ts';
import type { Curve } from '../drawing/comparison-curves.ts';
import { frame } from '../drawing/frame.ts';
import { comparisonLooks } from '../drawing/comparison-panels.ts';
import { comparisonLegend } from '../drawing/comparison-legend.ts';
import { lookSchemes } from '../drawing/looks.ts';
import type { XAxis } from '../drawing/axes.ts';
import { notImported } from '../../records.ts';
import { PolylineBuilder, unionExtent, unionSpan } from '../drawing/polyline.ts';
import type { Polyline } from '../drawing/polyline.ts';
import { runSeries } from '../drawing/run-series.ts';
import { bandSeries, zeroLine } from '../drawing/series.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { formatCount, heading, leftOutNote, noLogNote } from '../drawing/text.ts';
import { nothingOf } from '../drawing/nothing.ts';

/** What a metric can stand against. */
const places = Object.keys(againstTitles) as (keyof typeof againstTitles)[];

const options = {
  record: { title: 'Record', control: 'kept', schema: chartedRecord },
  metric: { title: 'Quantity', control: 'kept', schema: chartedQuantity },
  against: { title: 'Against', control: 'kept', schema: z.enum(places).default('iteration') },
  group: {
    title:
      'What tells groups apart: status, tag, study, backend or paths of settings; an empty list makes one group, null none',
    control: 'kept',
    schema: z.array(z.string()).nullable().default(null),
  },
  band: { title: 'The band around the mean of a group', control: 'kept', schema: z.enum(bands).default('none') },
  smoothing: {
    title: 'Width τ of the smoothing kernel in iterations (epochs, of an epoch metric); 0 smooths nothing',
    control: 'kept',
    schema: z.number().min(0).max(1e9).default(0),
  },
  baseline: {
    title: 'Run to which differences are taken; it must be among the runs',
    control: 'kept',
    schema: z.string().nullable().default(null),
  },
  colours: {
    title: 'Runs or groups by their keys in the order of their colours, so that panels agree; those not named follow',
    control: 'kept',
    schema: z.array(z.string()).default([]),
  },
  scheme: {
    title:
      'Looks: `places` in order; `qualitative`, a second setting is dash and marker; `sequential`, amounts have a ramp too',
    control: 'kept',
    schema: z.enum(lookSchemes).default('places'),
  },
} as const satisfies ChartOptions;

/** A comparison of runs: which metric, against what, how grouped. */
export type ComparisonSpec = SpecOf<'comparison', typeof options>;

/** A comparison of runs. */
export const comparison = defineChart({
  key: 'comparison',
  help: 'A quantity against what one likes, in groups, smoothed or as differences (docs/comparing.md).',
  options,
  rules: [
    {
      holds: ({ record, metric }) => hasCharted(record, metric),
      error: 'is no metric of this record',
      option: 'metric',
    },
  ],
  title: ({ record, metric, baseline, against }) => {
    const difference = baseline === null ? '' : ', difference to the baseline';
    return `${drawnQuantity(record, metric).title}${difference} against ${againstTitles[against].toLowerCase()}`;
  },
  records: ({ record, against }) => [
    ...(record === 'iteration' ? [] : [record === 'epoch' ? ('epochs' as const) : record]),
    ...(record !== 'epoch' || against === 'path_length' ? (['iterations'] as const) : []),
    ...(against === 'elapsed_seconds' ? (['times'] as const) : []),
  ],
  several: true,
  log: ({ record, metric, baseline }) => baseline === null && drawnQuantity(record, metric).log,
  logX: () => true,
  places: (spec) => ({ title: placeWords[spec.against], whole: hasWholePlaces(spec), pastLast: false }),
  analysis: null,
  menus: [],
  exported: [],
  build: (runs, spec, style, view) => comparisonChart(runs, spec, style, view),
});

/** What places are called in the plural. */
const placeWords = {
  iteration: 'iterations',
  epoch: 'epochs',
  distance: 'distances',
  path_length: 'path lengths',
  elapsed_seconds: 'seconds',
} as const satisfies Record<ComparisonSpec['against'], string>;

/** Builds the comparison of runs. */
function comparisonChart(runs: readonly RunData[], spec: ComparisonSpec, style: ChartStyle, asked: ChartView): Chart {
  const about = drawnQuantity(spec.record, spec.metric);
  const { curves, notes } = curvesOf(runs, spec);
  const differences = spec.baseline !== null && runs.some(({ run }) => run.run === spec.baseline);
  const canLog = about.log && !differences;
  const log = canLog && (asked.log ?? false);
  const logX = asked.logX ?? false;
  const isIn = (x: number): boolean => !asked.range || (x >= asked.range.from && x <= asked.range.to);
  /** Whether a point of a curve is drawn. */
  const isDrawn = (x: number, y: number): boolean =>
    isIn(x) && Number.isFinite(y) && (!log || y > 0) && (!logX || x > 0);
  // runs of one group without a mean share a label and a look
  const labels = [...new Set(curves.map(({ label }) => label))];
  const looks = comparisonLooks(
    spec,
    curves.map(({ key }) => key),
    style,
  );
  const lines = curves.map(({ x, y }) => {
    const line = new PolylineBuilder(x.length, log, logX);
    for (let row = 0; row < x.length; row++) if (isIn(x[row]!) && Number.isFinite(x[row])) line.add(x[row]!, y[row]!);
    return line.finish();
  });
  const halves = curves.map(({ x, y, half }) =>
    half === null ? null : half.filter((_, row) => isDrawn(x[row]!, y[row]!)),
  );
  const marked = spec.record !== 'iteration' && lines.every(({ count }) => count <= 60);
  const series: SeriesOption[] = [];
  const limits = differences ? unlimited : about.limits;
  if (differences || crossesZero(limits)) series.push(zeroLine(style));
  for (const [index, line] of lines.entries()) {
    const { key, label } = curves[index]!;
    const look = looks.get(key)!;
    const half = halves[index];
    series.push(...highlighted(runSeries(index, labels.length, look, label, line, style, marked, logX), index, style));
    // after the line: the legend draws what comes first of a name
    if (half && line.count > 0) series.push(bandSeries(`band.${index}`, label, line, half, look.color, logX));
  }
  const lost =
    asked.log && !canLog ? (differences ? 'no log axis: differences reach zero and below' : noLogNote) : null;
  const all = [lost ?? leftOutNote(lines), ...notes].filter((note) => note !== null);
  const name = runs.find(({ run }) => run.run === spec.baseline)?.run.name;
  const title = differences ? `${about.title}, difference to “${name}”` : about.title;
  const legend = comparisonLegend(
    curves.filter((_, index) => lines[index]!.count > 0),
    spec,
    (key) => marked || looks.get(key)!.marked,
  );
  const readout = readoutOf(curves, spec, about.unit);
  const drawn = lines.some(({ count }) => count > 0);
  const extent = unionExtent(lines.map((line, index) => widened(line, halves[index] ?? null, log)));
  return makeChart({
    title: heading(title, differences ? '' : about.symbol),
    ...(differences ? {} : { symbol: about.symbol }),
    description: describe(title, about.unit, spec, curves, lines),
    option: {
      ...frame(
        style,
        xAxisOf(spec, lines, logX),
        {
          title,
          symbol: differences ? '' : about.symbol,
          unit: about.unit,
          log,
          extent,
          // ECharts takes the ends from the lines alone
          pinned: halves.some((half) => half !== null),
          limits,
          whole: about.kind === 'count' && !differences && spec.group === null && spec.smoothing === 0,
        },
        legend,
        readout,
        all.length > 0 ? all.join('; ') : null,
      ),
      series,
    },
    makeTable: () => tableOf(spec, curves, lines, halves, isDrawn),
    empty: drawn ? null : emptyReason(runs, spec, curves, differences),
    notes: all,
    readout,
  });
}

function xAxisOf(spec: ComparisonSpec, lines: Polyline[], log: boolean): XAxis {
  const span = spanOf(lines);
  return {
    title: spec.against === 'elapsed_seconds' ? `${againstTitles[spec.against]} (s)` : againstTitles[spec.against],
    whole: hasWholePlaces(spec),
    log,
    extent: span,
  };
}

/** First and last place: distances go back and forth, so the ends of a line are not its first and last point. */
function spanOf(lines: Polyline[]): [number, number] | null {
  if (unionSpan(lines) === null) return null;
  let [low, high] = [Infinity, -Infinity];
  for (const { flat } of lines)
    for (let index = 0; index < flat.length; index += 2) {
      low = Math.min(low, flat[index]!);
      high = Math.max(high, flat[index]!);
    }
  return [low, high];
}

/** A line with the ends of its band, for the axis. */
function widened(line: Polyline, half: Float64Array | null, log: boolean): Polyline {
  if (!half) return line;
  const both = new PolylineBuilder(2 * line.count, log);
  for (let point = 0; point < line.count; point++) {
    const [x, y, h] = [line.flat[2 * point]!, line.flat[2 * point + 1]!, half[point]! || 0];
    both.add(x, y - h);
    both.add(x, y + h);
  }
  return both.finish();
}

/** On screen the legend highlights its line and dims the others. */
function highlighted(series: LineSeriesOption[], curve: number, style: ChartStyle): LineSeriesOption[] {
  return series.map((one, part) => ({
    ...one,
    id: `curve.${curve}.${part}`,
    ...(style.medium === 'screen'
      ? {
          emphasis: {
            disabled: false,
            focus: 'series' as const,
            lineStyle: { width: Number(one.lineStyle?.width ?? 1) * 1.8 },
          },
          blur: { lineStyle: { opacity: 0.15 }, itemStyle: { opacity: 0.15 } },
        }
      : {}),
  }));
}

/** Index of the place nearest to x in a curve; −1 when it has none. */
function nearest(places: Float64Array, values: Float64Array, x: number): number {
  let [best, distance] = [-1, Infinity];
  for (let row = 0; row < places.length; row++) {
    const away = Math.abs(places[row]! - x);
    if (away < distance && Number.isFinite(values[row])) [best, distance] = [row, away];
  }
  return best;
}

function readoutOf(curves: Curve[], spec: ComparisonSpec, unit: string | null): (x: number) => Readout | null {
  const after = unit ? ` ${unit}` : '';
  const sorted = hasCommonPlaces(spec);
  return (x) => {
    const rows = curves.flatMap(({ label, x: places, y, half }) => {
      const row = sorted ? nearSorted(places, x) : nearest(places, y, x);
      if (row < 0 || !Number.isFinite(y[row])) return [];
      const band = half && Number.isFinite(half[row]) ? ` ± ${formatNumber(half[row])}` : '';
      return [{ label, value: `${formatNumber(y[row])}${band}${after}` }];
    });
    if (rows.length === 0) return null;
    const place = hasWholePlaces(spec) ? formatCount(Math.round(x)) : formatNumber(x);
    return { title: `${againstTitles[spec.against]} ${place}${spec.against === 'elapsed_seconds' ? ' s' : ''}`, rows };
  };
}

/** Index of the nearest place in an ascending column, if it is not further than its neighbours are apart; else −1. */
function nearSorted(places: Float64Array, x: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (places[middle]! < x) low = middle + 1;
    else high = middle;
  }
  const row = low > 0 && (low === places.length || x - places[low - 1]! < places[low]! - x) ? low - 1 : low;
  if (row >= places.length) return -1;
  const gap = Math.max(1e-12, (places.at(-1)! - places[0]!) / Math.max(1, places.length - 1));
  return Math.abs(places[row]! - x) <= gap ? row : -1;
}

function tableOf(
  spec: ComparisonSpec,
  curves: Curve[],
  lines: Polyline[],
  halves: (Float64Array | null)[],
  isDrawn: (x: number, y: number) => boolean,
): Table {
  const grouped = spec.group !== null && hasCommonPlaces(spec);
  const rows: Table['rows'] = [];
  for (const [index, { flat, count }] of lines.entries()) {
    const { label, runs, x, y, counts } = curves[index]!;
    const half = halves[index];
    const numbers = counts?.filter((_, row) => isDrawn(x[row]!, y[row]!));
    for (let point = 0; point < count; point++) {
      const values = [flat[2 * point]!, flat[2 * point + 1]!] as const;
      if (!grouped) rows.push([runs[0]!.run.run, runs[0]!.run.name, ...values]);
      else {
        const h = half?.[point] ?? NaN;
        const ends = Number.isFinite(h) ? [values[1] - h, values[1] + h] : [null, null];
        rows.push([label, ...values, ...ends, numbers?.[point] ?? 1]);
      }
    }
  }
  const x = spec.against === spec.metric ? `x_${spec.against}` : spec.against;
  return {
    columns: grouped ? ['group', x, spec.metric, 'low', 'high', 'runs'] : ['run', 'name', x, spec.metric],
    rows,
  };
}

function emptyReason(runs: readonly RunData[], spec: ComparisonSpec, curves: Curve[], differences: boolean): string {
  if (differences && curves.length === 0) return 'Only the baseline is chosen; choose runs to compare it with.';
  if (spec.against === 'elapsed_seconds' && runs.every(({ times }) => !times || times.iteration.length === 0))
    return `Elapsed time: ${runs.every(({ run }) => run.kind === 'imported') ? notImported : 'not known of these runs; imported ones and those from before it was kept have none'}.`;
  return nothingOf(spec.record, spec.metric, runs);
}

function describe(
  title: string,
  unit: string | null,
  spec: ComparisonSpec,
  curves: Curve[],
  lines: Polyline[],
): string {
  const after = unit ? ` ${unit}` : '';
  const most = 12;
  const parts = lines.slice(0, most).map(({ flat, count }, index) => {
    const { label } = curves[index]!;
    if (count === 0) return `${label}: nothing measured`;
    return `${label}: ${formatNumber(flat[1])} to ${formatNumber(flat[2 * count - 1])}${after}`;
  });
  const more = lines.length > most ? `; and ${lines.length - most} more` : '';
  return `${title} against ${againstTitles[spec.against].toLowerCase()}. ${parts.join('; ')}${more}.`;
}
