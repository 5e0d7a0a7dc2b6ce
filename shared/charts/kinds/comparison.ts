/**
 * A metric of several runs against iteration, epoch, distance, path length or elapsed time: each run a line, or groups of runs as their
 * mean with a band; smoothed, and as the difference to a baseline, if asked.
 */
import type { LineSeriesOption, SeriesOption } from 'echarts';
import { z } from 'zod';
import { bands } from '../../compare/band.ts';
import { halfWidth, spreadOf } from '../../compare/bands.ts';
import { measurements } from '../../compare/measurements.ts';
import type { Measurements } from '../../compare/measurements.ts';
import { smooth } from '../../compare/smoothing.ts';
import { iterationsPerEpoch } from '../../experiment.ts';
import { formatNumber } from '../../format.ts';
import { drawnQuantity } from '../../quantities/index.ts';
import { crossesZero, unlimited } from '../../quantities/quantity.ts';
import { groupings, groupRuns } from '../../runs/group.ts';
import { differingSettings } from '../../runs/settings.ts';
import { makeChart } from '../chart.ts';
import type { Chart, ChartView, Readout, RunData, Table } from '../chart.ts';
import { chartedQuantity, chartedRecord, defineChart, hasCharted } from '../define.ts';
import type { ChartOptions, SpecOf } from '../define.ts';
import { frame } from '../drawing/frame.ts';
import type { LegendEntry, XAxis } from '../drawing/frame.ts';
import { knownSettings, notImported } from '../../records.ts';
import type { RunRecord, TimeColumns } from '../../records.ts';
import { runLabels } from '../drawing/labels.ts';
import { PolylineBuilder, unionExtent, unionSpan } from '../drawing/polyline.ts';
import type { Polyline } from '../drawing/polyline.ts';
import { runSeries } from '../drawing/run-series.ts';
import { bandSeries, zeroLine } from '../drawing/series.ts';
import { lineStyle } from '../drawing/style.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { formatCount, heading, leftOutNote, noLogNote } from '../drawing/text.ts';
import { nothingOf } from '../drawing/nothing.ts';

/** Titles of what a metric can stand against. */
export const againstTitles = {
  iteration: 'Iteration',
  epoch: 'Epoch',
  distance: drawnQuantity('iteration', 'distance').title,
  path_length: drawnQuantity('iteration', 'path_length').title,
  elapsed_seconds: drawnQuantity('time', 'elapsed_seconds').title,
} as const;

/** Titles of the bands. */
export const bandTitles = {
  none: 'no band',
  deviation: '± standard deviation',
  confidence: '95 % confidence interval',
} as const satisfies Record<(typeof bands)[number], string>;

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

/** One line: a run, or the mean of a group. */
interface Curve {
  label: string;
  /** What tells it apart in every panel: the run's id, or the group's key. */
  key: string;
  runs: readonly RunData[];
  x: Float64Array;
  y: Float64Array;
  /** Half the height of the band at each point; null for a single run or no band. */
  half: Float64Array | null;
  /** How many runs each point is the mean of; null for a single run. */
  counts: Float64Array | null;
}

/** Whether means over runs can be taken: only where runs share their places on the axis. */
function hasCommonPlaces({ against }: Pick<ComparisonSpec, 'against'>): boolean {
  return against === 'iteration' || against === 'epoch';
}

/** Whether the horizontal axis counts: iterations, or whole epochs. */
export function hasWholePlaces({ record, against }: Pick<ComparisonSpec, 'record' | 'against'>): boolean {
  return against === 'iteration' || (against === 'epoch' && record === 'epoch');
}

/** Ticks, places and values of a run's metric. */
function rowsOf(data: RunData, spec: ComparisonSpec): Measurements & { x: Float64Array } {
  const { tick, y } = measurements(data, spec.record, spec.metric);
  return { tick, x: placesOf(data, spec, tick), y };
}

/** Where moments lie on the axis. */
function placesOf(
  { run, iterations, epochs, times }: RunData,
  { record, against }: ComparisonSpec,
  tick: Float64Array,
): Float64Array {
  const timeAt = (iteration: number): number => elapsedAt(times, iteration);
  // an imported trajectory that does not tell its batch size is one epoch
  const perEpoch =
    run.imported?.batch_size === null ? Math.max(1, run.iterations_total) : iterationsPerEpoch(run.experiment);
  if (record === 'iteration') {
    if (against === 'iteration') return tick;
    if (against === 'epoch') return tick.map((t) => t / perEpoch);
    return against === 'elapsed_seconds' ? tick.map(timeAt) : iterations[against];
  }
  if (record === 'epoch') {
    if (against === 'epoch') return tick;
    if (against === 'distance') return epochs.distance;
  }
  // an epoch ends with its last iteration; curvature is measured before the update of its iteration
  let done = iterations.iteration[0] ?? 0;
  const ends = record === 'epoch' ? epochs.iterations.map((count) => (done += count)) : tick;
  if (against === 'iteration') return ends;
  if (against === 'epoch') return ends.map((end) => end / perEpoch);
  if (against === 'elapsed_seconds') return ends.map((end) => timeAt(end - 1));
  return ends.map((end) => {
    // the last update before it: an imported trajectory may begin late and leave iterations out
    const row = lastBefore(iterations.iteration, end);
    return row < 0 ? 0 : iterations[against][row]!;
  });
}

/** Seconds after an iteration, linear between those that are told; 0 before the first iteration, NaN where they are not known. */
function elapsedAt(times: TimeColumns | undefined, iteration: number): number {
  if (iteration < 0) return 0;
  if (!times) return NaN;
  const { iteration: at, elapsed_seconds: seconds } = times;
  const row = lastBefore(at, iteration);
  const next = row + 1;
  if (next === at.length) return NaN;
  if (at[next] === iteration) return seconds[next]!;
  if (row < 0) return NaN;
  return seconds[row]! + ((seconds[next]! - seconds[row]!) * (iteration - at[row]!)) / (at[next]! - at[row]!);
}

/** Last row with an iteration before `end`; −1 where there is none. */
function lastBefore(column: Float64Array, end: number): number {
  let [low, high] = [0, column.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (column[middle]! < end) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The value of the baseline at each tick. */
function baselineOf(data: RunData, spec: ComparisonSpec): Map<number, number> {
  const { tick, y } = rowsOf(data, spec);
  const smoothed = smooth(tick, y, spec.smoothing);
  return new Map(Array.from(tick, (t, row) => [t, smoothed[row]!]));
}

/** Everything that is drawn, and what must be said about it. */
function curvesOf(runs: readonly RunData[], spec: ComparisonSpec): { curves: Curve[]; notes: string[] } {
  const notes: string[] = [];
  const base = spec.baseline === null ? undefined : runs.find(({ run }) => run.run === spec.baseline);
  const reference = base ? baselineOf(base, spec) : null;
  if (spec.baseline !== null && !base)
    notes.push('the baseline is not there any more: values, not differences, are drawn');
  const drawn = base ? runs.filter((data) => data !== base) : runs;
  const names = runLabels(drawn.map(({ run }) => run));
  const single = (data: RunData, label: string): Curve => {
    const { tick, x, y } = rowsOf(data, spec);
    const smoothed = smooth(tick, y, spec.smoothing);
    const values = reference ? smoothed.map((value, row) => value - (reference.get(tick[row]!) ?? NaN)) : smoothed;
    return { label, key: data.run.run, runs: [data], x, y: values, half: null, counts: null };
  };
  if (spec.smoothing > 0)
    notes.push(
      `smoothed over all records: exponential kernel, τ = ${formatNumber(spec.smoothing)} ${spec.record === 'epoch' ? 'epochs' : 'iterations'}`,
    );
  const singles = drawn.map((data, index) => single(data, names[index]!));
  if (spec.group === null) return { curves: singles, notes };
  const by = spec.group
    .map((key) => groupings().find((entry) => entry.key === key))
    .filter((entry) => entry !== undefined);
  const groups = groupRuns(singles, (curve) => curve.runs[0]!.run, by);
  const mixed = new Set<string>();
  for (const { runs: inside } of groups)
    for (const { field } of differingSettings(inside.map((curve) => knownSettings(curve.runs[0]!.run))))
      if (field.path !== 'seed') mixed.add(field.title.toLowerCase());
  if (mixed.size > 0) notes.push(`groups mix runs that differ in ${[...mixed].join(', ')}`);
  if (!hasCommonPlaces(spec)) {
    notes.push('runs share no places on this axis: every run of a group is drawn, in its colour, and no mean');
    return {
      curves: groups.flatMap(({ key, title, runs: inside }) =>
        inside.map((curve) => ({ ...curve, key, label: title })),
      ),
      notes,
    };
  }
  const repeated = groups.some(({ runs: inside }) => inside.length > 1);
  if (repeated)
    notes.push(
      `lines are means over the runs of a group${spec.band === 'none' ? '' : `, bands ${bandTitles[spec.band]}`}`,
    );
  const means = groups.map(({ key, title, runs: inside }) => ({ ...mean(title, inside, spec), key }));
  if (means.some(({ counts }) => counts && Math.min(...counts) < Math.max(...counts)))
    notes.push('runs of a group differ in length: each mean is over those that were measured there');
  return { curves: means, notes };
}

/** The mean of a group at every place where one of its runs was measured. */
function mean(title: string, inside: Curve[], spec: ComparisonSpec): Curve {
  const label = `${title} (${inside.length === 1 ? '1 run' : `${inside.length} runs`})`;
  const runs = inside.flatMap((curve) => curve.runs);
  if (inside.length === 1) return { ...inside[0]!, label };
  const values = new Map<number, number[]>();
  for (const { x, y } of inside)
    for (let row = 0; row < x.length; row++) {
      if (!Number.isFinite(y[row])) continue;
      const there = values.get(x[row]!);
      if (there) there.push(y[row]!);
      else values.set(x[row]!, [y[row]!]);
    }
  const x = Float64Array.from(values.keys()).sort();
  const spreads = Array.from(x, (place) => spreadOf(values.get(place)!));
  return {
    label,
    key: '',
    runs,
    x,
    y: Float64Array.from(spreads, (spread) => spread.mean),
    half: spec.band === 'none' ? null : Float64Array.from(spreads, (spread) => halfWidth(spread, spec.band)),
    counts: Float64Array.from(spreads, ({ count }) => count),
  };
}

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
  /** Index of the line style of each curve: runs of one group without a mean share one. */
  const labels = [...new Set(curves.map(({ label }) => label))];
  const keys = [...new Set([...spec.colours, ...curves.map(({ key }) => key)])];
  const placeOf = (label: string): number => keys.indexOf(curves.find((curve) => curve.label === label)!.key);
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
    const { label } = curves[index]!;
    const place = placeOf(label);
    const half = halves[index];
    series.push(...highlighted(runSeries(place, labels.length, label, line, style, marked, logX), index, style));
    // after the line: the legend draws what comes first of a name
    if (half && line.count > 0)
      series.push(bandSeries(`band.${index}`, label, line, half, lineStyle(place, style).color, logX));
  }
  const lost =
    asked.log && !canLog ? (differences ? 'no log axis: differences reach zero and below' : noLogNote) : null;
  const all = [lost ?? leftOutNote(lines), ...notes].filter((note) => note !== null);
  const name = runs.find(({ run }) => run.run === spec.baseline)?.run.name;
  const title = differences ? `${about.title}, difference to “${name}”` : about.title;
  const legend = labels.flatMap((label): LegendEntry[] =>
    lines.some(({ count }, at) => count > 0 && curves[at]!.label === label)
      ? [{ name: label, drawn: marked || lineStyle(placeOf(label), style).marked ? 'marked line' : 'line' }]
      : [],
  );
  const readout = readoutOf(curves, spec, about.unit);
  const drawn = lines.some(({ count }) => count > 0);
  const extent = unionExtent(lines.map((line, index) => widened(line, halves[index] ?? null, log)));
  return makeChart({
    title: heading(title, differences ? '' : about.symbol),
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

/**
 * Ends of the vertical axis that small multiples share: everything that they draw, bands counted in, with a little room, within what the
 * quantity can be; null where they draw nothing.
 */
export function comparisonEnds(
  panels: readonly (readonly RunData[])[],
  spec: ComparisonSpec,
  log: boolean,
  logX = false,
): [number, number] | null {
  const found = comparisonExtent(panels, spec, log, logX);
  if (!found) return null;
  const [low, high] = found;
  if (log) return [low / 1.05, high * 1.05];
  const differences = spec.baseline !== null && panels.flat().some(({ run }) => run.run === spec.baseline);
  const limits = differences ? unlimited : drawnQuantity(spec.record, spec.metric).limits;
  if (limits.shows === 'both') return [limits.least, limits.most];
  const room = (high - low || Math.abs(high) || 1) * 0.04;
  const from = limits.shows === 'least' ? Math.min(limits.least, low) : low >= 0 ? Math.max(0, low - room) : low - room;
  return [
    limits.least !== null && high > limits.least ? Math.max(limits.least, from) : from,
    limits.most !== null && low < limits.most ? Math.min(limits.most, high + room) : high + room,
  ];
}

/** Least and greatest value, bands counted in, of everything that some comparisons draw. */
export function comparisonExtent(
  panels: readonly (readonly RunData[])[],
  spec: ComparisonSpec,
  log: boolean,
  logX = false,
): [number, number] | null {
  const lines = panels.flatMap((runs) =>
    curvesOf(runs, spec).curves.map(({ x, y, half }) => {
      const line = new PolylineBuilder(2 * x.length, log, logX);
      for (let row = 0; row < x.length; row++)
        for (const side of [-1, 1]) if (Number.isFinite(x[row])) line.add(x[row]!, y[row]! + side * (half?.[row] || 0));
      return line.finish();
    }),
  );
  return unionExtent(lines);
}

/**
 * First and last place of everything that a comparison can draw: the axis that its small multiples share.
 * @param logX whether the axis is logarithmic, and begins with the first place above zero
 */
export function comparisonSpan(runs: readonly RunData[], spec: ComparisonSpec, logX = false): [number, number] {
  let [low, high] = logX ? [Infinity, 0] : [0, 0];
  for (const data of runs)
    for (const x of rowsOf(data, spec).x) {
      if (x < low && (!logX || x > 0)) low = x;
      if (x > high) high = x;
    }
  if (low === Infinity) return [1, 10];
  return [low, high > low ? high : logX ? low * 10 : low + 1];
}

/** The runs of a comparison by what is drawn in one line style: each run, or a group. */
function drawnTogether(
  runs: readonly RunRecord[],
  group: readonly string[] | null,
): { key: string; runs: readonly RunRecord[] }[] {
  if (group === null) return runs.map((run) => ({ key: run.run, runs: [run] }));
  const by = group.map((key) => groupings().find((entry) => entry.key === key)).filter((entry) => entry !== undefined);
  return groupRuns(runs, (run) => run, by);
}

/** Keys of the runs or groups of a comparison in the order of their line styles: for panels, tables and files that share them. */
export function comparisonColours(runs: readonly RunRecord[], group: readonly string[] | null): string[] {
  return drawnTogether(runs, group).map(({ key }) => key);
}

/** For each run, the place of its `lineStyle` among those of {@link comparisonColours}: runs of one group share theirs. */
export function comparisonPlaces(runs: readonly RunRecord[], group: readonly string[] | null): number[] {
  const places = new Map(drawnTogether(runs, group).flatMap((one, place) => one.runs.map(({ run }) => [run, place])));
  return runs.map(({ run }) => places.get(run)!);
}
