/**
 * A metric of several runs against iteration, epoch, distance, path length or elapsed time: each run a line, or groups of runs as their
 * mean with a band; smoothed, and as the difference to a baseline, if asked.
 */
import type { LineSeriesOption, SeriesOption } from 'echarts';
import { z } from 'zod';
import { bandKeys, bandTitles } from '../../compare/band.ts';
import { baselineSchema, fitsGroups } from '../../compare/baseline.ts';
import { formatNumber } from '../../format.ts';
import { drawnQuantity } from '../../quantities/index.ts';
import { crossesZero, unlimited } from '../../quantities/quantity.ts';
import { makeChart } from '../chart.ts';
import type { Chart, ChartView, RunData } from '../chart.ts';
import { chartedQuantity, chartedRecord, defineChart, hasCharted } from '../define.ts';
import type { ChartOptions, SpecOf } from '../define.ts';
import { againstTitles, curvesOf, hasWholePlaces, measuredCurves } from '../drawing/comparison-curves.ts';
import type { Curve } from '../drawing/comparison-groups.ts';
import { readoutOf, tableOf } from '../drawing/comparison-values.ts';
import { frame } from '../drawing/frame.ts';
import { comparisonLooks } from '../drawing/comparison-panels.ts';
import { comparisonLegend } from '../drawing/comparison-legend.ts';
import { lookSchemes } from '../drawing/looks.ts';
import type { XAxis } from '../drawing/axes.ts';
import { notImported } from '../../records.ts';
import { lineOf, placesSpan, PolylineBuilder, unionExtent, unionSpan } from '../drawing/polyline.ts';
import type { Polyline } from '../drawing/polyline.ts';
import { runSeries } from '../drawing/run-series.ts';
import { bandSeries, lineSeries, zeroLine } from '../drawing/series.ts';
import type { BandEnds } from '../drawing/series.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { formatCount, heading, leftOutNote, noLogNote, shortened } from '../drawing/text.ts';
import { nothingOf } from '../drawing/nothing.ts';
import { inRuns } from '../drawing/loss-unit.ts';

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
  band: {
    title: 'What is drawn around the middle of a group',
    control: 'kept',
    words: bandTitles,
    schema: z.enum(bandKeys).default('none'),
  },
  smoothing: {
    title: 'Width τ of the smoothing kernel in iterations (epochs, of an epoch metric); 0 smooths nothing',
    control: 'kept',
    schema: z.number().min(0).max(1e9).default(0),
  },
  measured: {
    title: 'Whether every smoothed line, of a group its mean or median, has what was measured under it, faint',
    control: 'kept',
    // optional: recipes from before stay the same bytes
    schema: z.boolean().optional(),
  },
  baseline: {
    title:
      'What differences are taken to, among the runs: a run, or {"group": […]} with the values that `group` tells it apart by, as "0.1"',
    control: 'kept',
    schema: baselineSchema.default(null),
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
  pinned: {
    title: 'Ids of runs whose lines are bold',
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
    {
      holds: ({ baseline, group }) => fitsGroups(baseline, group),
      error: 'names a value for each of group',
      option: 'baseline',
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
  const about = inRuns(drawnQuantity(spec.record, spec.metric), runs);
  const { curves, notes, baseline } = curvesOf(runs, spec);
  const differences = baseline !== null;
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
  const lineOfCurve = ({ x, y }: Curve): Polyline => {
    if (!asked.range) return lineOf(x, y, log, logX);
    const line = new PolylineBuilder(x.length, log, logX);
    for (let row = 0; row < x.length; row++) if (isIn(x[row]!) && Number.isFinite(x[row])) line.add(x[row]!, y[row]!);
    return line.finish();
  };
  const lines = curves.map(lineOfCurve);
  const own = curves.map((curve) => curve.own.map(lineOfCurve));
  const measured = measuredCurves(runs, spec);
  const faint = (measured ?? []).map(lineOfCurve);
  /** The ends of bands at the points that are drawn. */
  const bands = curves.map(({ x, y, low, high }): BandEnds | null => {
    const drawn = (_: number, row: number): boolean => isDrawn(x[row]!, y[row]!);
    return low === null || high === null ? null : { low: low.filter(drawn), high: high.filter(drawn) };
  });
  const marked = spec.record !== 'iteration' && lines.every(({ count }) => count <= 60);
  const series: SeriesOption[] = [];
  const limits = differences ? unlimited : about.limits;
  if (differences || crossesZero(limits)) series.push(zeroLine(style));
  for (const [index, line] of lines.entries()) {
    const { key, label } = curves[index]!;
    const look = looks.get(key)!;
    const ends = bands[index];
    const middle = runSeries(index, labels.length, look, label, line, style, marked, logX);
    const isBold = own[index]!.length > 0 || isPinned(curves[index]!, spec);
    const drawn = isBold ? middle.map((one) => emphasised(one, style)) : middle;
    series.push(...highlighted(drawn, `curve.${index}`, style));
    // after the line: the legend draws what comes first of a name
    for (const [at, thin] of own[index]!.entries()) {
      const { color, dash } = look;
      const drawing = isPinned(curves[index]!.own[at]!, spec)
        ? { color, dash, width: style.lines.normal, z: 4 }
        : { color, dash, width: style.lines.thin * ownWidth, z: 2 };
      series.push(...highlighted(lineSeries('', label, thin, drawing, style, logX), `own.${index}.${at}`, style));
    }
    if (faint[index]) {
      const drawing = { color: look.color, width: style.lines.thin, z: 1 };
      const pale = lineSeries('', label, faint[index], drawing, style, logX).map(faded);
      series.push(...highlighted(pale, `measured.${index}`, style));
    }
    if (ends && line.count > 0) series.push(bandSeries(`band.${index}`, label, line, ends, look.color, logX));
  }
  const lost =
    asked.log && !canLog ? (differences ? 'no log axis: differences reach zero and below' : noLogNote) : null;
  // faint lines have the places of the smoothed ones
  const left = lost ?? leftOutNote([...lines, ...own.flat()]);
  const under = faint.length > 0 ? 'faint: as measured' : null;
  const all = [left, log ? belowZeroNote(bands) : null, ...notes, under].filter((note) => note !== null);
  const title = differences ? `${about.title}, difference to “${baseline}”` : about.title;
  const legend = comparisonLegend(
    curves.filter((_, index) => lines[index]!.count > 0),
    spec,
    (key) => marked || looks.get(key)!.marked,
  );
  const readout = readoutOf(curves, spec, about.unit);
  const drawn = lines.some(({ count }) => count > 0);
  const extent = unionExtent([
    ...lines.map((line, index) => widened(line, bands[index]!, log)),
    ...own.flat(),
    ...faint,
  ]);
  return makeChart({
    title: heading(title, differences ? '' : about.symbol),
    ...(differences ? {} : { symbol: about.symbol }),
    legend,
    keys: new Map(curves.map(({ label, key }) => [label, key])),
    description: describe(title, about.unit, spec, curves, lines),
    option: {
      ...frame(
        style,
        xAxisOf(spec, [...lines, ...own.flat()], logX),
        {
          title,
          symbol: differences ? '' : about.symbol,
          // the name of a group is longer than most axes
          ...(differences
            ? {
                short: [
                  `Difference to “${shortened(baseline, nameRoom * style.fontSize, style.fontSize)}”`,
                  'Difference',
                ],
              }
            : {}),
          unit: about.unit,
          log,
          extent,
          // ECharts takes the ends from the lines alone
          pinned: bands.some((ends) => ends !== null),
          limits,
          whole: about.kind === 'count' && !differences && spec.group === null && spec.smoothing === 0,
        },
        legend,
        readout,
        all.length > 0 ? all.join('; ') : null,
      ),
      series,
    },
    makeTable: () => tableOf(spec, curves, { lines, own, bands, measured }, isDrawn),
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
  const spans = lines.map(placesSpan);
  return [Math.min(...spans.map(([low]) => low)), Math.max(...spans.map(([, high]) => high))];
}

/** A line with the ends of its band, for the axis. */
function widened(line: Polyline, ends: BandEnds | null, log: boolean): Polyline {
  if (!ends) return line;
  const all = new PolylineBuilder(3 * line.count, log);
  for (let point = 0; point < line.count; point++)
    for (const y of [line.flat[2 * point + 1]!, ends.low[point]!, ends.high[point]!]) all.add(line.flat[2 * point]!, y);
  return all.finish();
}

/** What a log axis cannot show of bands; null where it shows all. */
function belowZeroNote(bands: readonly (BandEnds | null)[]): string | null {
  let [below, of] = [0, 0];
  for (const ends of bands)
    for (const low of ends?.low ?? []) {
      if (Number.isFinite(low)) of++;
      if (low <= 0) below++;
    }
  if (below === 0) return null;
  return `bands reach zero or below at ${formatCount(below)} of ${formatCount(of)} points, and go down to the end of the log axis there`;
}

/** Room of a baseline's name on a short axis, in font sizes. */
const nameRoom = 10;

/** Width of the lines of a group's runs, of a thin line. */
const ownWidth = 0.75;

/** Whether a line is that of one run, and the run is pinned. */
function isPinned({ runs }: Curve, { pinned }: ComparisonSpec): boolean {
  return runs.length === 1 && pinned.includes(runs[0]!.run.run);
}

/** The middle of a group over the lines of its runs, or a pinned run: bold, and above the others. */
function emphasised(one: LineSeriesOption, style: ChartStyle): LineSeriesOption {
  return { ...one, lineStyle: { ...one.lineStyle, width: style.lines.bold }, z: 5 };
}

/** What was measured, under its smoothed line: noise that says how much was smoothed away, and hides nothing. */
function faded(one: LineSeriesOption): LineSeriesOption {
  return { ...one, lineStyle: { ...one.lineStyle, opacity: 0.3 } };
}

/** On screen the legend highlights its line and dims the others. */
function highlighted(series: LineSeriesOption[], id: string, style: ChartStyle): LineSeriesOption[] {
  return series.map((one, part) => ({
    ...one,
    id: `${id}.${part}`,
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
