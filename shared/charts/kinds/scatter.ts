/** Two quantities of the same records against each other: one point an iteration, an epoch or a measurement of curvature, one or more runs. */
import type { SeriesOption } from 'echarts';
import type { z } from 'zod';
import { measurements } from '../../compare/measurements.ts';
import { formatNumber } from '../../format.ts';
import { drawnQuantity } from '../../quantities/index.ts';
import type { DrawnQuantity, Limits } from '../../quantities/index.ts';
import { crossesZero } from '../../quantities/quantity.ts';
import { makeChart } from '../chart.ts';
import type { Chart, ChartView, Readout, RunData, Table } from '../chart.ts';
import { chartedChoices, chartedQuantity, chartedRecord, defineChart, hasCharted } from '../define.ts';
import type { ChartOptions, SpecOf } from '../define.ts';
import { frame } from '../drawing/frame.ts';
import { runLabels } from '../drawing/labels.ts';
import { nothingOf } from '../drawing/nothing.ts';
import { PolylineBuilder, unionExtent } from '../drawing/polyline.ts';
import type { Polyline } from '../drawing/polyline.ts';
import { pointSeries, zeroLine } from '../drawing/series.ts';
import { lineStyle } from '../drawing/looks.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { axisTitle, counted, drawnSymbol, formatCount, leftOutNote, noLogNote } from '../drawing/text.ts';
import { oneACell } from '../drawing/thin.ts';
import { inRuns } from '../drawing/loss-unit.ts';

/** What one point stands for, and what tells it: an iteration, or an epoch. */
const points = {
  iteration: { one: 'iteration', many: 'iterations', tick: 'iteration' },
  epoch: { one: 'epoch', many: 'epochs', tick: 'epoch' },
  curvature: { one: 'measurement of curvature', many: 'measurements of curvature', tick: 'iteration' },
} as const satisfies Record<z.output<typeof chartedRecord>, { one: string; many: string; tick: string }>;

/** The quantities of the chart's record but the one on the other axis. */
const choicesBut = (other: 'x' | 'y') => (spec: Readonly<Record<string, unknown>>) => {
  const { [String(spec[other])]: _, ...choices } = chartedChoices(chartedRecord.parse(spec['record']));
  return choices;
};

/** A title within a sentence. */
const within = (title: string): string =>
  title.startsWith('Hessian') ? title : title.charAt(0).toLowerCase() + title.slice(1);

const options = {
  record: {
    title: 'What a point is',
    control: 'menu',
    choices: { iteration: points.iteration.one, epoch: points.epoch.one, curvature: points.curvature.one },
    schema: chartedRecord,
  },
  x: {
    title: 'Horizontal',
    control: 'choice',
    choices: choicesBut('y'),
    initial: (choices) => Object.keys(choices)[0]!,
    schema: chartedQuantity,
  },
  y: {
    title: 'Vertical',
    control: 'choice',
    choices: choicesBut('x'),
    initial: (choices) => Object.keys(choices)[0]!,
    schema: chartedQuantity,
  },
} as const satisfies ChartOptions;

type ScatterSpec = SpecOf<'scatter', typeof options>;

/** Two quantities against each other. */
export const scatter = defineChart({
  key: 'scatter',
  help: 'Two quantities against each other: one point an iteration, an epoch or a measurement of curvature.',
  options,
  rules: [
    { holds: ({ record, x }) => hasCharted(record, x), error: 'is no quantity of this record', option: 'x' },
    { holds: ({ record, y }) => hasCharted(record, y), error: 'is no quantity of this record', option: 'y' },
    { holds: ({ x, y }) => x !== y, error: 'is on the horizontal axis already; choose another', option: 'y' },
  ],
  title: ({ record, x, y }) => {
    const [across, up] = [drawnQuantity(record, x), drawnQuantity(record, y)];
    return `${up.title} against ${within(across.title)}, a point for each ${points[record].one}`;
  },
  records: ({ record }) => [record === 'iteration' ? 'iterations' : record === 'epoch' ? 'epochs' : record],
  several: true,
  log: ({ record, y }) => drawnQuantity(record, y).log,
  logX: ({ record, x }) => drawnQuantity(record, x).log,
  places: () => ({ title: 'values', whole: false, pastLast: false }),
  analysis: null,
  menus: ['figures'],
  exported: [],
  build: (runs, spec, style, view) => scatterChart(runs, spec, style, view),
});

/** The points of one run: those where both quantities are there and the axes can show them. */
interface Cloud {
  run: RunData['run'];
  drawn: Polyline;
  /** Iteration or epoch of each. */
  ticks: number[];
  /** Records that have both quantities, whether or not the axes can show them. */
  both: number;
}

function cloudOf(data: RunData, spec: ScatterSpec, log: boolean, logX: boolean, { range }: ChartView): Cloud {
  const across = measurements(data, spec.record, spec.x);
  const up = measurements(data, spec.record, spec.y);
  // eigenvalues and norms may be of different moments
  const xAt = across.tick === up.tick ? null : new Map(Array.from(across.tick, (t, row) => [t, across.y[row]!]));
  const builder = new PolylineBuilder(up.tick.length, log, logX);
  const ticks: number[] = [];
  let both = 0;
  for (let row = 0; row < up.tick.length; row++) {
    const tick = up.tick[row]!;
    const x = xAt ? (xAt.get(tick) ?? NaN) : across.y[row]!;
    if (!Number.isFinite(x) || !Number.isFinite(up.y[row]!)) continue;
    both++;
    if (range && (x < range.from || x > range.to)) continue;
    if (builder.add(x, up.y[row]!)) ticks.push(tick);
  }
  return { run: data.run, drawn: builder.finish(), ticks, both };
}

/** Up to so many points are drawn at the size of a run's markers; more of them smaller, and paler, so that one sees where they are dense. */
const fewPoints = 300;

/** Above so many points they are thinned: what lies under a marker is not seen, and a drawing of all of them takes seconds and megabytes. */
const manyPoints = 4000;
/** Note on points that are not drawn. */
const thinnedNote = 'of points closer than half a marker one is drawn';

/** The clouds as they are drawn: of many points one in each cell of half a marker, in each run. */
function drawnClouds(
  lines: readonly Polyline[],
  x: { extent: [number, number] | null; log: boolean },
  y: { extent: [number, number] | null; log: boolean; limits: Limits },
  style: ChartStyle,
  size: number,
): readonly Polyline[] {
  if (!x.extent || !y.extent || lines.reduce((sum, { count }) => sum + count, 0) <= manyPoints) return lines;
  const chosen = style.axes.y;
  const { shows, least, most } = y.limits;
  const [low, high] = !y.log && shows === 'both' ? [least, most] : y.extent;
  const across = { from: x.extent[0], to: x.extent[1], cells: style.width / (size / 2), log: x.log };
  const up = { from: chosen?.from ?? low, to: chosen?.to ?? high, cells: style.height / (size / 2), log: y.log };
  return lines.map((line) => oneACell(line, across, up));
}

/** Builds the chart. */
function scatterChart(runs: readonly RunData[], spec: ScatterSpec, style: ChartStyle, asked: ChartView): Chart {
  const across = inRuns(drawnQuantity(spec.record, spec.x), runs);
  const up = inRuns(drawnQuantity(spec.record, spec.y), runs);
  const [log, logX] = [up.log && (asked.log ?? false), across.log && (asked.logX ?? false)];
  const labels = runLabels(runs.map(({ run }) => run));
  const clouds = runs.map((data) => cloudOf(data, spec, log, logX, asked));
  const lines = clouds.map(({ drawn }) => drawn);
  const total = lines.reduce((sum, { count }) => sum + count, 0);
  // points have no dashes to tell runs apart by: every run has its own marker
  const styleOf = (index: number) => lineStyle(index, { ...style, markers: true });
  const [size, opacity] = total <= fewPoints ? [style.marker, 0.85] : [style.marker * 0.6, 0.7];
  const extentX = roomy(spanOf(lines), across.limits, logX);
  // a linear axis has room of its own
  const extentY = log ? roomy(unionExtent(lines), up.limits, true) : unionExtent(lines);
  const drawn = drawnClouds(
    lines,
    { extent: extentX, log: logX },
    { extent: extentY, log, limits: up.limits },
    style,
    size,
  );
  const series: SeriesOption[] = crossesZero(up.limits) ? [zeroLine(style)] : [];
  for (const [index, line] of drawn.entries()) {
    if (line.count === 0) continue;
    const { color, marker } = styleOf(index);
    series.push({
      ...pointSeries(`scatter.${index}`, labels[index]!, line, { color, symbol: marker, size, isCloud: true }),
      itemStyle: { color, opacity },
    });
  }
  const isThinned = drawn.some(({ count }, index) => count < lines[index]!.count);
  const notes = [asked.log && !up.log ? noLogNote : null, leftOutNote(lines), isThinned ? thinnedNote : null].filter(
    (note) => note !== null,
  );
  const title = `${up.title} against ${within(across.title)}`;
  const readout = readoutOf(clouds, labels, spec, across, up);
  return makeChart({
    title,
    description: describe(title, spec, labels, clouds),
    option: {
      ...frame(
        style,
        {
          title: axisTitle(across, style.width * 0.8, style.fontSize, drawnSymbol(style.medium)),
          whole: across.kind === 'count',
          log: logX,
          extent: extentX,
        },
        {
          title: up.title,
          symbol: up.symbol,
          unit: up.unit,
          log,
          extent: extentY,
          whole: up.kind === 'count',
          limits: up.limits,
        },
        labels.flatMap((name, index) =>
          lines[index]!.count > 0 ? [{ name, drawn: 'marker' as const, marker: styleOf(index).marker }] : [],
        ),
        readout,
        notes.join('; ') || null,
      ),
      series,
    },
    makeTable: () => tableOf(clouds, spec),
    empty: total > 0 ? null : emptyReason(runs, spec, clouds),
    notes,
    readout,
  });
}

/** Least and greatest place of the points; null when there is none. */
function spanOf(lines: readonly Polyline[]): [number, number] | null {
  let [low, high] = [Infinity, -Infinity];
  for (const { flat } of lines)
    for (let at = 0; at < flat.length; at += 2) {
      low = Math.min(low, flat[at]!);
      high = Math.max(high, flat[at]!);
    }
  return low <= high ? [low, high] : null;
}

/** Ends of the horizontal axis with room for half a marker, within what the quantity can be. */
function roomy(span: [number, number] | null, limits: Limits, log: boolean): [number, number] | null {
  if (!span) return null;
  const [low, high] = span;
  if (log) {
    const room = (high / low) ** 0.03;
    return room > 1 && Number.isFinite(room) ? [low / room, high * room] : [low / 1.1, high * 1.1];
  }
  if (limits.shows === 'both' && low >= limits.least && high <= limits.most) return [limits.least, limits.most];
  const room = (high - low || Math.abs(high) || 1) * 0.03;
  const from = limits.least !== null && low >= limits.least ? Math.max(limits.least, low - room) : low - room;
  const to = limits.most !== null && high <= limits.most ? Math.min(limits.most, high + room) : high + room;
  return [from, to];
}

/** Reads, of every run, the point nearest to a place. */
function readoutOf(
  clouds: readonly Cloud[],
  labels: readonly string[],
  { record }: ScatterSpec,
  across: DrawnQuantity,
  up: DrawnQuantity,
): (x: number) => Readout | null {
  const written = (value: number, unit: string | null): string => formatNumber(value) + (unit ? ` ${unit}` : '');
  return (x) => {
    const rows = clouds.flatMap(({ drawn: { flat, count }, ticks }, index) => {
      let [best, distance] = [-1, Infinity];
      for (let point = 0; point < count; point++) {
        const away = Math.abs(flat[2 * point]! - x);
        if (away < distance) [best, distance] = [point, away];
      }
      if (best < 0) return [];
      const place = `${points[record].tick} ${formatCount(ticks[best]!)}`;
      const value = `${written(flat[2 * best + 1]!, up.unit)} at ${written(flat[2 * best]!, across.unit)}, ${place}`;
      return [{ label: labels[index]!, value }];
    });
    return rows.length > 0 ? { title: `${up.title}, nearest to ${written(x, across.unit)}`, rows } : null;
  };
}

/** The drawn points in their order; of several runs the run's id and name before them. */
function tableOf(clouds: readonly Cloud[], { record, x, y }: ScatterSpec): Table {
  const several = clouds.length > 1;
  const rows = clouds.flatMap(({ run, drawn: { flat }, ticks }) =>
    ticks.map((tick, point) => [...(several ? [run.run, run.name] : []), tick, flat[2 * point]!, flat[2 * point + 1]!]),
  );
  return { columns: [...(several ? ['run', 'name'] : []), points[record].tick, x, y], rows };
}

/** Why nothing is drawn: a quantity is missing, they were never measured together, or the axes show none of it. */
function emptyReason(runs: readonly RunData[], { record, x, y }: ScatterSpec, clouds: readonly Cloud[]): string {
  const has = (key: string): boolean => runs.some((data) => measurements(data, record, key).y.some(Number.isFinite));
  const missing = [x, y].find((key) => !has(key));
  if (missing !== undefined) return nothingOf(record, missing, runs);
  const both = clouds.reduce((sum, cloud) => sum + cloud.both, 0);
  const { one, many } = points[record];
  if (both === 0)
    return `${drawnQuantity(record, y).title} and ${within(drawnQuantity(record, x).title)} were not measured in the same ${many}; choose two that were.`;
  return `Both quantities were measured in ${counted(both, one, many)}, but no point of them lies on these axes; widen the range, or draw linear axes.`;
}

function describe(title: string, { record }: ScatterSpec, labels: readonly string[], clouds: readonly Cloud[]): string {
  const { one, many } = points[record];
  const parts = clouds.map(({ drawn: { count }, both }, index) => {
    if (count > 0) return `${labels[index]}: ${counted(count, one, many)}`;
    return both > 0
      ? `${labels[index]}: no point of ${counted(both, one, many)} lies on these axes`
      : `${labels[index]}: no ${one} with both measured`;
  });
  return `${title}, one point for each ${points[record].one}. ${parts.join('; ')}.`;
}
