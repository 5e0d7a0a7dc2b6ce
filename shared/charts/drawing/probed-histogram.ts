/** What both histograms over the probed iterations of one run share: which iterations, the frame, and what is said where there are none. */
import type { SeriesOption } from 'echarts';
import { z } from 'zod';
import { fromZeroOn } from '../../quantities/quantity.ts';
import { isOver } from '../../records.ts';
import type { IterationColumns } from '../../records.ts';
import { nothingRecorded } from '../../runs/status-words.ts';
import { makeChart } from '../chart.ts';
import type { Chart, ChartView, Readout, RunData } from '../chart.ts';
import type { ChartOption } from '../define.ts';
import { frame } from './frame.ts';
import type { LegendEntry } from './legend.ts';
import type { Bin } from './histogram.ts';
import type { ChartStyle } from './style.ts';
import { formatCount } from './text.ts';
import { nothingMeasured, within } from './view.ts';

/** The epoch that is counted, from 1; null for all. */
export const epochOption = {
  title: 'Epoch',
  control: 'number',
  whole: true,
  empty: 'all',
  schema: z.int().min(1).nullable().default(null),
} as const satisfies ChartOption;

/** The epoch after a title; empty for all. */
export const ofEpoch = (epoch: number | null): string => (epoch === null ? '' : ` of epoch ${formatCount(epoch)}`);

/** Rows of the probed iterations of an epoch (null for all) in a range. */
export function probedRows(
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

/** Which probed iterations, in words. */
export const over = (epoch: number | null): string =>
  epoch === null ? 'all probed iterations' : `epoch ${formatCount(epoch)}`;

function emptyReason(data: RunData, epoch: number | null): string {
  const { run, iterations } = data;
  if (iterations.iteration.length === 0) return nothingRecorded(run, 'its first probed iterations fill it');
  if (epoch === null) return nothingMeasured('floor_alpha', [data]);
  if (!iterations.epoch.includes(epoch))
    return `“${run.name}” has no epoch ${formatCount(epoch)} with iterations${isOver(run.status) ? '' : ' yet'}; choose another, or all of them.`;
  return `No iteration of epoch ${formatCount(epoch)} was probed; choose another epoch, or widen the probe windows in a new run.`;
}

/** Frame, read-out and table of bins that are told apart by their counts' names. */
export function probedHistogram(parts: {
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
