/** Histograms over the probed iterations of one run: where the floor lies in the step, and how high the walk is above it. */
import type { SeriesOption } from 'echarts';
import { formatNumber } from '../../format.ts';
import { fromZeroOn } from '../../quantities/quantity.ts';
import type { IterationColumns } from '../../records.ts';
import { belowResolution, flagsAt, told as toldOf } from '../../resolution.ts';
import type { Told } from '../../resolution.ts';
import { makeChart } from '../chart.ts';
import type { Chart, ChartView, Readout, RunData } from '../chart.ts';
import { frame } from '../drawing/frame.ts';
import type { LegendEntry } from '../drawing/frame.ts';
import { barSeries, binEdges, countInto } from '../drawing/histogram.ts';
import type { Bin } from '../drawing/histogram.ts';
import { runLook } from '../drawing/style.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { counted, formatCount, formatTick } from '../drawing/text.ts';
import { niceTicks } from '../drawing/ticks.ts';
import { nothingMeasured, notYet, within } from '../drawing/view.ts';

/** Names of the series, as in the legends. */
const names = {
  interior: 'inside the step',
  end: 'at an end',
  below: belowResolution,
  before: 'before the update',
  after: 'after the update',
} as const;

/** Rows of the probed iterations of an epoch (null for all) in a range. */
function rowsOf(
  { iteration, epoch, floor_alpha: alpha }: IterationColumns,
  wanted: number | null,
  view: ChartView,
): number[] {
  const rows: number[] = [];
  for (let row = 0; row < iteration.length; row++)
    if (!Number.isNaN(alpha[row]!) && (wanted === null || epoch[row] === wanted) && within(iteration[row]!, view))
      rows.push(row);
  return rows;
}

const over = (epoch: number | null): string =>
  epoch === null ? 'all probed iterations' : `epoch ${formatCount(epoch)}`;

function emptyReason(data: RunData, epoch: number | null): string {
  const { run, iterations } = data;
  if (iterations.iteration.length === 0) return notYet(run, 'its first probed iterations fill it');
  if (epoch === null) return nothingMeasured('floor_alpha', [data]);
  if (!iterations.epoch.includes(epoch))
    return `“${run.name}” has no epoch ${formatCount(epoch)} with iterations yet; choose another, or all of them.`;
  return `No iteration of epoch ${formatCount(epoch)} was probed; choose another epoch, or widen the probe windows in a new run.`;
}

/** Frame, read-out and table of bins that are told apart by their counts' names. */
function histogram(parts: {
  data: RunData;
  style: ChartStyle;
  title: string;
  description: string;
  axis: { title: string; extent: [number, number] | null; ticks?: number[] };
  /** What tells a bin in the table. */
  key: { columns: string[]; of: (bin: Bin) => number[] };
  sets: { name: string; column: string; bins: readonly Bin[] }[];
  series: SeriesOption[];
  legend: LegendEntry[];
  place: (bin: Bin) => string;
  epoch: number | null;
  notes: string[];
}): Chart {
  const { style, axis, key, sets } = parts;
  const bins = sets[0]!.bins;
  const most = Math.max(0, ...sets.flatMap((set) => set.bins.map(({ count }) => count)));
  const readout = (x: number): Readout | null => {
    const at = bins.findIndex(({ from, to }) => x >= from && x < to);
    if (at < 0) return null;
    return {
      title: parts.place(bins[at]!),
      rows: sets.map(({ name, bins: own }) => ({ label: name, value: formatCount(own[at]!.count) })),
    };
  };
  const option = frame(
    style,
    { title: axis.title, whole: false, extent: axis.extent },
    {
      title: 'Probed iterations',
      short: 'Count',
      symbol: '',
      unit: null,
      log: false,
      extent: most > 0 ? [0, most] : null,
      pinned: true,
      limits: fromZeroOn,
      whole: true,
    },
    most > 0 ? parts.legend : [],
    readout,
  );
  const xAxis = option.xAxis as { axisLabel: object; axisTick: object };
  const ticks = axis.ticks ? { customValues: axis.ticks } : {};
  return makeChart({
    title: parts.title,
    description: parts.description,
    option: {
      ...option,
      xAxis: { ...xAxis, axisLabel: { ...xAxis.axisLabel, ...ticks }, axisTick: { ...xAxis.axisTick, ...ticks } },
      // nothing to zoom along
      ...(style.medium === 'screen' ? { dataZoom: [] } : {}),
      series: most > 0 ? parts.series : [],
    },
    makeTable: () => ({
      columns: [...key.columns, ...sets.map(({ column }) => column)],
      rows: bins.map((bin, index) => [...key.of(bin), ...sets.map(({ bins: own }) => own[index]!.count)]),
    }),
    empty: most > 0 ? null : emptyReason(parts.data, parts.epoch),
    notes: most > 0 ? parts.notes : [],
    readout,
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}

const alphaOf = ({ from, to }: Bin): number => (from + to) / 2;

/**
 * Where the floors lie: one bar for each interpolated α, those at the ends of the step in grey, and paler what the evaluation does not
 * resolve.
 */
export function floorHistogramChart(data: RunData, epoch: number | null, style: ChartStyle, view: ChartView): Chart {
  const { floor_alpha: column } = data.iterations;
  const rows = rowsOf(data.iterations, epoch, view);
  const alphas = rows.map((row) => column[row]!);
  const points = data.run.experiment.probes.interpolation.points;
  const half = 0.5 / points;
  const edges = Array.from({ length: points + 2 }, (_, k) => (k - 0.5) / points);
  const all = alphas.length > 0 ? countInto(alphas, edges) : [];
  const told = (answer: Told): Bin[] => {
    const kept = rows.filter((row) => toldOf(flagsAt(data.iterations, row), 'interior_floor') === answer);
    return countInto(
      kept.map((row) => column[row]!),
      edges,
    );
  };
  const [inside, ends, open] = [told('yes'), told('no'), told('below')];
  // bars stand apart: α takes these values and none between
  const bars = (bins: readonly Bin[]): Bin[] =>
    bins.map(({ from, to, count }) => ({ from: from + half * 0.2, to: to - half * 0.2, count }));
  const total = (bins: readonly Bin[]): number => bins.reduce((sum, { count }) => sum + count, 0);
  const [interior, below] = [total(inside), total(open)];
  const { palette, lines } = style;
  const look = { opacity: 1, stroke: null, width: lines.thin, z: 3 };
  const share =
    `${formatCount(interior)} of ${formatCount(alphas.length)} inside the step` +
    (below === 0 ? '' : `, ${formatCount(below)} ${belowResolution}`);
  return histogram({
    data,
    style,
    title: 'Floor positions, α*',
    description:
      alphas.length === 0
        ? `Histogram of the floor positions of ${data.run.name}: nothing to draw.`
        : `Where the floor lies in the step, over ${over(epoch)} of ${data.run.name}: ${share}, median α = ${formatNumber(median(alphas))}.`,
    axis: { title: 'Position of the floor, α', extent: [-half, 1 + half], ticks: niceTicks(0, 1, 5) },
    key: { columns: ['floor_alpha'], of: (bin) => [Number(alphaOf(bin).toPrecision(12))] },
    sets: [
      { name: 'Probed iterations', column: 'probed_iterations', bins: all },
      ...(below === 0 ? [] : [{ name: 'Below resolution', column: 'below_resolution', bins: open }]),
    ],
    series: [
      // the whole bar, of which the others cover what is told
      ...(below === 0
        ? []
        : [barSeries('floor-histogram.below', names.below, bars(all), { ...look, fill: palette.hairline, z: 2 })]),
      barSeries('floor-histogram.interior', names.interior, bars(inside), { ...look, fill: palette.floor }),
      barSeries('floor-histogram.ends', names.end, bars(ends), { ...look, fill: palette.batch }),
    ],
    legend: [
      { name: names.interior, drawn: 'rect' },
      { name: names.end, drawn: 'rect' },
      ...(below === 0 ? [] : [{ name: names.below, drawn: 'rect' as const }]),
    ],
    place: (bin) => `Floor at α = ${formatTick(alphaOf(bin))}`,
    epoch,
    notes: alphas.length === 0 ? [] : [`${over(epoch)}: ${share}; median α = ${formatNumber(median(alphas))}`],
  });
}

/** Heights before and after the update in common bins. */
export function heightHistogramChart(data: RunData, epoch: number | null, style: ChartStyle, view: ChartView): Chart {
  const rows = rowsOf(data.iterations, epoch, view);
  const valuesOf = (column: Float64Array): number[] =>
    rows.map((row) => column[row]!).filter((value) => Number.isFinite(value));
  const before = valuesOf(data.iterations.height_before);
  const after = valuesOf(data.iterations.height_after);
  const edges = binEdges([...before, ...after]);
  const [beforeBins, afterBins] = [countInto(before, edges), countInto(after, edges)];
  const width = style.lines.normal;
  const medians =
    rows.length > 0 ? `median ${formatNumber(median(before))} nats before, ${formatNumber(median(after))} after` : '';
  return histogram({
    data,
    style,
    title: 'Heights above the floor, ℓₜ(0) − fₜ and ℓₜ(1) − fₜ',
    description:
      rows.length === 0
        ? `Histogram of the heights of ${data.run.name}: nothing to draw.`
        : `Heights above the valley floor over ${over(epoch)} of ${data.run.name}, ${counted(rows.length, 'update')}: ${medians}.`,
    axis: {
      title: 'Height above the floor (nats)',
      extent: edges.length > 0 ? [0, edges.at(-1)!] : null,
    },
    key: { columns: ['height_from', 'height_to'], of: ({ from, to }) => [from, to] },
    sets: [
      { name: names.before, column: 'before', bins: beforeBins },
      { name: names.after, column: 'after', bins: afterBins },
    ],
    series: [
      barSeries('height-histogram.before', names.before, beforeBins, {
        fill: runLook(0, style).color,
        opacity: 0.45,
        stroke: null,
        width,
        z: 3,
      }),
      barSeries('height-histogram.after', names.after, afterBins, {
        fill: null,
        stroke: runLook(2, style).color,
        width,
        z: 4,
      }),
    ],
    legend: [
      { name: names.before, drawn: 'rect' },
      { name: names.after, drawn: 'rect' },
    ],
    place: ({ from, to }) => `${formatTick(from)} to ${formatTick(to)} nats`,
    epoch,
    notes: rows.length === 0 ? [] : [`${over(epoch)}: ${medians}`],
  });
}
