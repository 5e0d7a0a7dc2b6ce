/** A metric against the epoch, one or more runs; every epoch has a marker while there are few. */
import { z } from 'zod';
import { epochValues } from '../../compare/measurements.ts';
import { formatNumber } from '../../format.ts';
import { charted, drawnQuantity } from '../../quantities/index.ts';
import type { ChartedKey } from '../../quantities/index.ts';
import { nothingRecorded } from '../../runs/status-words.ts';
import { makeChart } from '../chart.ts';
import type { Chart, ChartView, Readout, RunData, Table } from '../chart.ts';
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
import { within } from '../drawing/view.ts';
import { inRuns } from '../drawing/loss-unit.ts';

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
    beside: {
      title:
        'A second quantity of the same unit and range, as the validation loss beside the training loss; left out, none',
      control: 'kept',
      schema: z.enum(charted.epoch.map(({ key }) => key)).nullish(),
    },
  },
  rules: [
    {
      holds: ({ metric, beside }) =>
        beside === undefined ||
        beside === null ||
        (beside !== metric &&
          drawnQuantity('epoch', beside).unit === drawnQuantity('epoch', metric).unit &&
          drawnQuantity('epoch', beside).limits === drawnQuantity('epoch', metric).limits),
      error: 'must be another quantity of the same unit and range',
      option: 'beside',
    },
  ],
  title: ({ metric, beside }) => `${together(metric, beside ?? null)}, by epoch`,
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
    { name: 'validation-r-squared', needs: 'fit', spec: { chart: 'epoch-metric', metric: 'validation_r_squared' } },
  ],
  build: (runs, { metric, beside }, style, view) => epochMetricChart(runs, metric, beside ?? null, style, view),
});

/** Up to so many epochs each has a marker. */
const mostMarkers = 60;

/** One quantity, or two by the words that end both: `Loss` of training and validation loss. */
function together(metric: ChartedKey<'epoch'>, beside: ChartedKey<'epoch'> | null): string {
  const { title } = drawnQuantity('epoch', metric);
  if (beside === null) return title;
  const other = drawnQuantity('epoch', beside).title;
  const [words, others] = [title.split(' '), other.split(' ')];
  const common = words.filter((word, index) => index > 0 && word === others.at(index - words.length)).join(' ');
  return common === '' ? `${title} and ${other.toLowerCase()}` : common[0]!.toUpperCase() + common.slice(1);
}

/** One line: a quantity of a run. */
interface Entry {
  label: string;
  data: RunData;
  key: ChartedKey<'epoch'>;
  values: Float64Array;
}

/** The lines of every run; two quantities of one run are called by their titles. */
function entriesOf(runs: readonly RunData[], keys: readonly ChartedKey<'epoch'>[]): Entry[] {
  const names = runLabels(runs.map(({ run }) => run));
  return runs.flatMap((data, index) =>
    keys.map((key) => {
      const { title } = drawnQuantity('epoch', key);
      const label =
        keys.length === 1 ? names[index]! : runs.length === 1 ? title : `${names[index]!}, ${title.toLowerCase()}`;
      return { label, data, key, values: epochValues(data.epochs, key) };
    }),
  );
}

/** Builds the chart of an epoch metric. @param beside a second one, on the same axis */
function epochMetricChart(
  runs: readonly RunData[],
  metric: ChartedKey<'epoch'>,
  beside: ChartedKey<'epoch'> | null,
  style: ChartStyle,
  asked: ChartView,
): Chart {
  const { symbol: own, unit, kind, limits } = inRuns(drawnQuantity('epoch', metric), runs);
  const keys = beside === null ? [metric] : [metric, beside];
  const title = together(metric, beside);
  const symbol = beside === null ? own : '';
  const canLog = keys.every((key) => drawnQuantity('epoch', key).log);
  const log = canLog && (asked.log ?? false);
  const view = { ...asked, log };
  const entries = entriesOf(runs, keys);
  const labels = entries.map(({ label }) => label);
  const lines = entries.map(({ data: { epochs }, values }) => {
    const line = new PolylineBuilder(epochs.epoch.length, log, view.logX);
    for (let row = 0; row < epochs.epoch.length; row++)
      if (within(epochs.epoch[row]!, view)) line.add(epochs.epoch[row]!, values[row]!);
    return line.finish();
  });
  const looks = entries.map((_, index) => lineStyle(index, style));
  const marked = lines.every(({ count }) => count <= mostMarkers);
  const readout = (x: number): Readout | null => {
    const epoch = Math.round(x);
    const rows = entries.flatMap(({ label, data: { epochs }, values }) => {
      const row = epochs.epoch.indexOf(epoch);
      const value = row < 0 ? NaN : values[row]!;
      if (Number.isNaN(value)) return [];
      return [{ label, value: formatNumber(value) + (unit ? ` ${unit}` : '') }];
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
        runSeries(index, lines.length, looks[index]!, labels[index]!, line, style, marked, view.logX),
      ),
    },
    makeTable: () => (beside === null ? metricTable('epoch', metric, runs, lines) : tableOf(keys, runs, lines)),
    empty: drawn ? null : emptyReason(runs, metric),
    notes: [lost].filter((note) => note !== null),
    readout,
  });
}

/** The drawn points of several quantities, a row an epoch; of several runs with the run's id and name before them. */
function tableOf(keys: readonly ChartedKey<'epoch'>[], runs: readonly RunData[], lines: readonly Polyline[]): Table {
  const several = runs.length > 1;
  const rows = runs.flatMap(({ run: { run, name } }, index) => {
    const byEpoch = new Map<number, (number | null)[]>();
    for (const place of keys.keys()) {
      const { flat, count } = lines[index * keys.length + place]!;
      for (let point = 0; point < count; point++) {
        const values = byEpoch.get(flat[2 * point]!) ?? keys.map(() => null);
        values[place] = flat[2 * point + 1]!;
        byEpoch.set(flat[2 * point]!, values);
      }
    }
    return [...byEpoch]
      .sort(([a], [b]) => a - b)
      .map(([epoch, values]) => [...(several ? [run, name] : []), epoch, ...values]);
  });
  return { columns: [...(several ? ['run', 'name'] : []), 'epoch', ...keys], rows };
}

function emptyReason(runs: readonly RunData[], key: ChartedKey<'epoch'>): string {
  const { title, probe, absent } = drawnQuantity('epoch', key);
  if (runs.every(({ epochs }) => epochs.epoch.length === 0))
    return nothingRecorded(runs[0]!.run, 'the end of its first epoch fills it');
  if (key === 'spectral_norm' && runs.some(({ epochs }) => epochs.lambda_max.some((value) => !Number.isNaN(value))))
    return 'The spectral norm is not known of this run: it was computed before the smallest eigenvalue was measured too. Run it again to measure both.';
  if (probe === 'curvature') return 'The curvature was not probed in this run.';
  if (probe === 'slices') return 'No iteration of these epochs was probed: there is nothing to count.';
  if (absent !== undefined) return `${title}: ${absent}.`;
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
