/** A metric against the epoch, one or more runs; every epoch has a marker while there are few. */
import { z } from 'zod';
import { epochValues } from '../../compare/measurements.ts';
import { formatNumber } from '../../format.ts';
import { charted, drawnQuantity } from '../../quantities/index.ts';
import type { ChartedKey } from '../../quantities/index.ts';
import { makeChart } from '../chart.ts';
import type { Chart, ChartView, Readout, RunData } from '../chart.ts';
import { chartedChoices, defineChart, epochPlaces } from '../define.ts';
import { frame } from '../drawing/frame.ts';
import { runLabels } from '../drawing/labels.ts';
import { metricTable } from '../drawing/metric-table.ts';
import { PolylineBuilder, unionExtent, unionSpan } from '../drawing/polyline.ts';
import type { Polyline } from '../drawing/polyline.ts';
import { runLegend, runSeries } from '../drawing/run-series.ts';
import { lineStyle } from '../drawing/looks.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { formatCount, heading, leftOutNote, noLogNote } from '../drawing/text.ts';
import { notYet, within } from '../drawing/view.ts';

/** A metric against the epoch. */
export const epochMetric = defineChart({
  key: 'epoch-metric',
  help: 'A quantity against the epoch.',
  options: {
    metric: {
      title: 'Quantity',
      control: 'menu',
      choices: chartedChoices('epoch'),
      schema: z.enum(charted.epoch.map(({ key }) => key)),
    },
  },
  title: ({ metric }) => `${drawnQuantity('epoch', metric).title}, by epoch`,
  records: () => ['epochs'],
  several: true,
  log: ({ metric }) => drawnQuantity('epoch', metric).log,
  logX: () => true,
  places: () => epochPlaces,
  analysis: null,
  menus: ['figures', 'quantities'],
  exported: [
    { name: 'train-loss', needs: 'epochs', spec: { chart: 'epoch-metric', metric: 'train_loss' } },
    { name: 'validation-accuracy', needs: 'epochs', spec: { chart: 'epoch-metric', metric: 'validation_accuracy' } },
  ],
  build: (runs, { metric }, style, view) => epochMetricChart(runs, metric, style, view),
});

/** Up to so many epochs each has a marker. */
const mostMarkers = 60;

/** Builds the chart of an epoch metric. */
function epochMetricChart(
  runs: readonly RunData[],
  key: ChartedKey<'epoch'>,
  style: ChartStyle,
  asked: ChartView,
): Chart {
  const { title, symbol, unit, kind, limits, log: canLog } = drawnQuantity('epoch', key);
  const log = canLog && (asked.log ?? false);
  const view = { ...asked, log };
  const labels = runLabels(runs.map(({ run }) => run));
  const values = runs.map(({ epochs }) => epochValues(epochs, key));
  const lines = runs.map(({ epochs }, index) => {
    const line = new PolylineBuilder(epochs.epoch.length, log, view.logX);
    for (let row = 0; row < epochs.epoch.length; row++)
      if (within(epochs.epoch[row]!, view)) line.add(epochs.epoch[row]!, values[index]![row]!);
    return line.finish();
  });
  const looks = runs.map((_, index) => lineStyle(index, style));
  const marked = lines.every(({ count }) => count <= mostMarkers);
  const readout = (x: number): Readout | null => {
    const epoch = Math.round(x);
    const rows = runs.flatMap(({ epochs }, index) => {
      const row = epochs.epoch.indexOf(epoch);
      const value = row < 0 ? NaN : values[index]![row]!;
      if (Number.isNaN(value)) return [];
      return [{ label: labels[index]!, value: formatNumber(value) + (unit ? ` ${unit}` : '') }];
    });
    return rows.length > 0 ? { title: `Epoch ${formatCount(epoch)}`, rows } : null;
  };
  const drawn = lines.some(({ count }) => count > 0);
  const lost = asked.log && !canLog ? noLogNote : leftOutNote(lines);
  return makeChart({
    title: heading(title, symbol),
    symbol,
    description: describe(title, unit, labels, lines),
    option: {
      ...frame(
        style,
        { title: 'Epoch', whole: true, log: view.logX, extent: unionSpan(lines) },
        {
          title,
          symbol,
          unit,
          log,
          extent: unionExtent(lines),
          whole: kind === 'count',
          limits,
        },
        runLegend(labels, lines, looks, marked),
        readout,
        lost,
      ),
      series: lines.flatMap((line, index) =>
        runSeries(index, runs.length, looks[index]!, labels[index]!, line, style, marked, view.logX),
      ),
    },
    makeTable: () => metricTable('epoch', key, runs, lines),
    empty: drawn ? null : emptyReason(runs, key),
    notes: [lost].filter((note) => note !== null),
    readout,
  });
}

function emptyReason(runs: readonly RunData[], key: ChartedKey<'epoch'>): string {
  const { title, probe } = drawnQuantity('epoch', key);
  if (runs.every(({ epochs }) => epochs.epoch.length === 0))
    return notYet(runs[0]!.run, 'the end of its first epoch fills it');
  if (key === 'spectral_norm' && runs.some(({ epochs }) => epochs.lambda_max.some((value) => !Number.isNaN(value))))
    return 'The spectral norm is not known of this run: it was computed before the smallest eigenvalue was measured too. Run it again to measure both.';
  if (probe === 'curvature') return 'The curvature was not probed in this run.';
  if (probe === 'slices') return 'No iteration of these epochs was probed: there is nothing to count.';
  return `${title} was not measured in these epochs, or its values cannot be shown on this axis.`;
}

function describe(title: string, unit: string | null, labels: string[], lines: Polyline[]): string {
  const after = unit ? ` ${unit}` : '';
  const parts = lines.map(({ flat, count }, index) => {
    if (count === 0) return `${labels[index]}: nothing measured`;
    const [from, to] = [flat[0]!, flat[2 * count - 2]!];
    return `${labels[index]}: ${formatNumber(flat[1])} to ${formatNumber(flat[2 * count - 1])}${after} over epochs ${from} to ${to}`;
  });
  return `${title} against the epoch. ${parts.join('; ')}.`;
}
