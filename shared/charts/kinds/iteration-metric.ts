/** A metric against the iteration, one or more runs. */
import type { SeriesOption } from 'echarts';
import { z } from 'zod';
import { formatNumber } from '../../format.ts';
import { charted, drawnQuantity } from '../../quantities/index.ts';
import type { ChartedKey } from '../../quantities/index.ts';
import { crossesZero } from '../../quantities/quantity.ts';
import { makeChart } from '../chart.ts';
import type { Chart, ChartView, RunData } from '../chart.ts';
import { chartedChoices, defineChart, iterationPlaces } from '../define.ts';
import { frame } from '../drawing/frame.ts';
import { iterationReadout } from '../drawing/iteration-readout.ts';
import { runLabels } from '../drawing/labels.ts';
import { metricTable } from '../drawing/metric-table.ts';
import { PolylineBuilder, unionExtent, unionSpan } from '../drawing/polyline.ts';
import type { Polyline } from '../drawing/polyline.ts';
import { runLegend, runSeries } from '../drawing/run-series.ts';
import { zeroLine } from '../drawing/series.ts';
import { lineStyle } from '../drawing/looks.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { heading, leftOutNote, noLogNote } from '../drawing/text.ts';
import { iterationSpan, nothingMeasured, notYet, rowsWithin } from '../drawing/view.ts';

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
  build: (runs, { metric }, style, view) => iterationMetricChart(runs, metric, style, view),
});

/** A metric of one run as a line over its iterations, broken where iterations are missing or were not measured. */
export function iterationLine({ iterations }: RunData, key: ChartedKey<'iteration'>, view: ChartView): Polyline {
  const column = iterations[key];
  const [from, to] = rowsWithin(iterations.iteration, view);
  const line = new PolylineBuilder(to - from, view.log ?? false, view.logX);
  for (let row = from; row < to; row++) line.add(iterations.iteration[row]!, column[row]!);
  return line.finish();
}

/** Builds the chart of an iteration metric. */
function iterationMetricChart(
  runs: readonly RunData[],
  key: ChartedKey<'iteration'>,
  style: ChartStyle,
  asked: ChartView,
): Chart {
  const { title, symbol, unit, limits, log: canLog } = drawnQuantity('iteration', key);
  const log = canLog && (asked.log ?? false);
  const view = { ...asked, log };
  const labels = runLabels(runs.map(({ run }) => run));
  const lines = runs.map((data) => iterationLine(data, key, view));
  const looks = runs.map((_, index) => lineStyle(index, style));
  const readout = iterationReadout(runs, [key]);

  const series: SeriesOption[] = [];
  if (crossesZero(limits)) series.push(zeroLine(style));
  for (const [index, line] of lines.entries())
    series.push(...runSeries(index, runs.length, looks[index]!, labels[index]!, line, style, false, view.logX));
  const drawn = lines.some(({ count }) => count > 0);
  const lost = asked.log && !canLog ? noLogNote : leftOutNote(lines);
  return makeChart({
    title: heading(title, symbol),
    symbol,
    description: describe(title, unit, labels, lines),
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
          extent: unionExtent(lines),
          limits,
        },
        runLegend(labels, lines, looks),
        readout,
        lost,
      ),
      series,
    },
    makeTable: () => metricTable('iteration', key, runs, lines),
    empty: drawn ? null : emptyReason(runs, key),
    notes: [lost].filter((note) => note !== null),
    readout,
  });
}

function emptyReason(runs: readonly RunData[], key: ChartedKey<'iteration'>): string {
  const [first] = runs;
  const measured = runs.some(({ iterations }) => iterations.iteration.length > 0);
  if (!measured) return notYet(first!.run, 'its first iterations fill it');
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
