/** Heights above the floor before and after the update, over the probed iterations of one run. */
import { formatNumber } from '../../format.ts';
import { median } from '../../median.ts';
import type { Chart, ChartView, RunData } from '../chart.ts';
import { defineChart } from '../define.ts';
import { barSeries, binEdges, countInto } from '../drawing/histogram.ts';
import { epochOption, ofEpoch, over, probedHistogram, probedRows } from '../drawing/probed-histogram.ts';
import { lineStyle } from '../drawing/looks.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { counted, formatTick } from '../drawing/text.ts';
import { lossUnitOf, lossWords, withLossUnit } from '../drawing/loss-unit.ts';

/** The histogram. */
export const heightHistogram = defineChart({
  key: 'height-histogram',
  help: 'Heights above the floor before and after the update, over all probed iterations or those of one epoch.',
  options: { epoch: epochOption },
  title: ({ epoch }) => `Heights above the floor, histogram${ofEpoch(epoch)}`,
  records: () => ['iterations'],
  several: false,
  log: () => false,
  logX: () => false,
  places: () => null,
  analysis: null,
  menus: ['figures'],
  exported: [],
  build: ([data], { epoch }, style, view) => heightHistogramChart(data, epoch, style, view),
});

/** Names of the series, as in the legend. */
const names = { before: 'before the update', after: 'after the update' } as const;

/** Heights before and after the update in common bins. */
function heightHistogramChart(data: RunData, epoch: number | null, style: ChartStyle, view: ChartView): Chart {
  const rows = probedRows(data.iterations, epoch, view);
  const valuesOf = (column: Float64Array): number[] =>
    rows.map((row) => column[row]!).filter((value) => Number.isFinite(value));
  const before = valuesOf(data.iterations.height_before);
  const after = valuesOf(data.iterations.height_after);
  const edges = binEdges([...before, ...after]);
  const [beforeBins, afterBins] = [countInto(before, edges), countInto(after, edges)];
  const width = style.lines.normal;
  const unit = lossUnitOf([data]);
  const medians =
    rows.length > 0 ? `median ${lossWords(median(before), data)} before, ${formatNumber(median(after))} after` : '';
  return probedHistogram({
    data,
    style,
    title: 'Heights above the floor, ℓₜ(0) − fₜ and ℓₜ(1) − fₜ',
    description:
      rows.length === 0
        ? `Histogram of the heights of ${data.run.name}: nothing to draw.`
        : `Heights above the valley floor over ${over(epoch)} of ${data.run.name}, ${counted(rows.length, 'update')}: ${medians}.`,
    axis: {
      title: withLossUnit('Height above the floor', [data]),
      extent: edges.length > 0 ? [0, edges.at(-1)!] : null,
    },
    key: { columns: ['height_from', 'height_to'], of: ({ from, to }) => [from, to] },
    sets: [
      { name: names.before, column: 'before', bins: beforeBins },
      { name: names.after, column: 'after', bins: afterBins },
    ],
    series: [
      barSeries('height-histogram.before', names.before, beforeBins, {
        fill: lineStyle(0, style).color,
        opacity: 0.45,
        stroke: null,
        width,
        z: 3,
      }),
      barSeries('height-histogram.after', names.after, afterBins, {
        fill: null,
        stroke: lineStyle(2, style).color,
        width,
        z: 4,
      }),
    ],
    legend: [
      { name: names.before, drawn: 'rect' },
      { name: names.after, drawn: 'rect' },
    ],
    place: ({ from, to }) => `${formatTick(from)} to ${formatTick(to)}${unit ? ` ${unit}` : ''}`,
    epoch,
    notes: rows.length === 0 ? [] : [`${over(epoch)}: ${medians}`],
  });
}
