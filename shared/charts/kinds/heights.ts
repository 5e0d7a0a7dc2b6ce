/** Heights above the valley floor before and after each probed update, one run. */
import type { SeriesOption } from 'echarts';
import { fromZeroOn } from '../../quantities/quantity.ts';
import { nothingRecorded } from '../../runs/status-words.ts';
import { makeChart } from '../chart.ts';
import type { Chart, ChartView, RunData, Table } from '../chart.ts';
import { defineChart, iterationPlaces } from '../define.ts';
import { frame } from '../drawing/frame.ts';
import { iterationLine } from './iteration-metric.ts';
import { iterationReadout } from '../drawing/iteration-readout.ts';
import { unionExtent } from '../drawing/polyline.ts';
import type { Polyline } from '../drawing/polyline.ts';
import { lineSeries } from '../drawing/series.ts';
import { lineStyle } from '../drawing/looks.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { counted, logNote } from '../drawing/text.ts';
import { iterationSpan, nothingMeasured } from '../drawing/view.ts';
import { lossUnitOf, lossWords } from '../drawing/loss-unit.ts';

/** Heights above the floor. */
export const heights = defineChart({
  key: 'heights',
  help: 'Height above the valley floor before and after each probed update.',
  options: {},
  title: () => 'Height above the floor',
  records: () => ['iterations'],
  several: false,
  log: () => true,
  logX: () => false,
  places: () => iterationPlaces,
  analysis: null,
  menus: ['figures'],
  exported: [{ name: 'heights', needs: 'slices', spec: { chart: 'heights' } }],
  build: ([data], _spec, style, view) => heightsChart(data, style, view),
});

/** Names of the two series, as in the legend. */
const heightSeries = { before: 'before the update', after: 'after the update' } as const;

/** Builds the chart of the heights. */
function heightsChart(data: RunData, style: ChartStyle, view: ChartView): Chart {
  const before = iterationLine(data, 'height_before', view);
  const after = iterationLine(data, 'height_after', view);
  const readout = iterationReadout([data], ['height_before', 'height_after']);
  const width = style.lines.normal;
  const series: SeriesOption[] = [];
  series.push(
    ...lineSeries(
      'heights.before',
      heightSeries.before,
      before,
      { color: lineStyle(0, style).color, width, z: 3 },
      style,
    ),
    ...lineSeries(
      'heights.after',
      heightSeries.after,
      after,
      { color: lineStyle(2, style).color, width, dash: [width * 3, width * 1.5], z: 4 },
      style,
    ),
  );
  const drawn = before.count + after.count > 0;
  const lost = logNote(before.leftOut + after.leftOut);
  return makeChart({
    title: 'Height above the floor, ℓₜ(0) − fₜ and ℓₜ(1) − fₜ',
    description: describe(data, before, after),
    option: {
      ...frame(
        style,
        { title: 'Iteration', whole: true, extent: iterationSpan([data], [before, after], style, view) },
        {
          title: 'Height above the floor',
          short: 'Height',
          symbol: '',
          unit: lossUnitOf([data]),
          log: view.log ?? false,
          extent: unionExtent([before, after]),
          limits: fromZeroOn,
        },
        drawn
          ? [
              { name: heightSeries.before, drawn: 'line' },
              { name: heightSeries.after, drawn: 'line' },
            ]
          : [],
        readout,
        lost,
      ),
      series,
    },
    makeTable: () => heightsTable(before, after),
    empty: drawn
      ? null
      : data.iterations.iteration.length === 0
        ? nothingRecorded(data.run, 'its first probed iterations fill it')
        : nothingMeasured('height_before', [data]),
    notes: [lost].filter((note) => note !== null),
    readout,
  });
}

/** Joins both lines by their iteration. */
function heightsTable(before: Polyline, after: Polyline): Table {
  const rows: Table['rows'] = [];
  let [at, other] = [0, 0];
  const x = (line: Polyline, index: number): number => (index < line.count ? line.flat[2 * index]! : Infinity);
  while (at < before.count || other < after.count) {
    const t = Math.min(x(before, at), x(after, other));
    const first = x(before, at) === t ? before.flat[2 * at++ + 1]! : null;
    const second = x(after, other) === t ? after.flat[2 * other++ + 1]! : null;
    rows.push([t, first, second]);
  }
  return { columns: ['iteration', 'height_before', 'height_after'], rows };
}

function mean({ flat, count }: Polyline): number {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += flat[2 * index + 1]!;
  return sum / count;
}

function describe(data: RunData, before: Polyline, after: Polyline): string {
  if (before.count + after.count === 0) return `Height above the floor of ${data.run.name}: nothing to draw.`;
  return (
    `Height above the valley floor of ${data.run.name} over ${counted(before.count, 'probed iteration')}: on average ` +
    `${lossWords(mean(before), data)} before and ${lossWords(mean(after), data)} after the update.`
  );
}
