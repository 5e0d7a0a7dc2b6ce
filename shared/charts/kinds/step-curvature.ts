/** Step curvature against the iteration, with the edge of stability that the learning rate sets and λ_max where it was measured; one run. */
import type { SeriesOption } from 'echarts';
import { clippingWords } from '../../clipping/index.ts';
import { formatNumber, formatWithError } from '../../format.ts';
import { isKinked } from '../../networks/activations.ts';
import { hasBatchNorm } from '../../networks/index.ts';
import { edgeFactorOf, edgeOf } from '../../optimizers/edge.ts';
import { optimizerTitle } from '../../optimizers/index.ts';
import { nothingRecorded } from '../../runs/status-words.ts';
import { makeChart } from '../chart.ts';
import type { Chart, ChartView, Readout, RunData, Table } from '../chart.ts';
import { defineChart, iterationPlaces } from '../define.ts';
import { frame } from '../drawing/frame.ts';
import { rowOf } from '../drawing/iteration-readout.ts';
import type { LegendEntry } from '../drawing/legend.ts';
import { lineStyle } from '../drawing/looks.ts';
import { PolylineBuilder, unionExtent } from '../drawing/polyline.ts';
import type { Polyline } from '../drawing/polyline.ts';
import { bandSeries, endsAround, lineSeries, pointSeries } from '../drawing/series.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { counted, formatCount, logNote } from '../drawing/text.ts';
import { iterationSpan, nothingMeasured, rowsWithin, within } from '../drawing/view.ts';

/** Step curvature. */
export const stepCurvature = defineChart({
  key: 'step-curvature',
  help: 'The curvature of the loss along each probed step, with its error, beside 2/learning rate, the edge of stability, and the largest Hessian eigenvalue, batch sharpness and critical sharpness where they were measured.',
  options: {},
  title: () => 'Step curvature and the edge of stability',
  records: () => ['iterations', 'curvature'],
  several: false,
  log: () => true,
  logX: () => false,
  places: () => iterationPlaces,
  analysis: null,
  menus: ['figures'],
  exported: [],
  build: ([data], _spec, style, view) => stepCurvatureChart(data, style, view),
});

/** Names of the series, as in the legend. */
const curvatureName = 'step curvature';

/** The largest eigenvalue in words: that of a ReLU network is without its kinks, which the step curvature has. */
function largestName({ run }: Pick<RunData, 'run'>): string {
  return isKinked(run.experiment.model.activation) ? 'λₘₐₓ, without kinks' : 'λₘₐₓ';
}

/** What may be measured along gradients, with the place of its colour among lines. */
const gauges = [
  { key: 'batch_sharpness', id: 'batch', name: 'batch sharpness', marker: 'rect', place: 2 },
  { key: 'critical_sharpness', id: 'critical', name: 'critical sharpness', marker: 'triangle', place: 3 },
] as const;

/** A band narrower than this share of the vertical axis is a line nobody sees. */
const visibleShare = 1 / 150;

/** Up to so many points each has a marker. */
const mostMarkers = 60;

/** A line with its errors. */
interface Measured {
  line: Polyline;
  /** Half width of its band at each point. */
  errors: number[];
}

/** What is drawn. */
interface Numbers {
  curvature: Polyline;
  /** Half width of its band at each point. */
  errors: number[];
  /** Those of {@link gauges}, in their order. */
  gauged: Measured[];
  /** The curvature at the edge of stability; nothing where the optimiser has none. */
  edge: Polyline;
  /** λ_max at the iterations before which it was measured. */
  largest: Polyline;
  /** Probed steps whose curvature is not told. */
  untold: number;
}

function numbersOf({ run, iterations, curvature }: RunData, view: ChartView): Numbers {
  const log = view.log ?? false;
  const [first, after] = rowsWithin(iterations.iteration, view);
  const [line, edge] = [new PolylineBuilder(after - first, log), new PolylineBuilder(after - first, log)];
  const errors: number[] = [];
  // a run from before it was measured has none at all
  const isMeasured = iterations.step_curvature.some((value) => !Number.isNaN(value));
  let untold = 0;
  for (let row = first; row < after; row++) {
    const t = iterations.iteration[row]!;
    const value = iterations.step_curvature[row]!;
    const isProbed = !Number.isNaN(iterations.loss_resolution[row]!);
    // nor has a slice that a sample decided
    const isWhole = !(iterations.slice_tolerance[row]! > 0);
    if (isMeasured && isProbed && isWhole && Number.isNaN(value)) untold++;
    if (line.add(t, value)) errors.push(iterations.step_curvature_error[row]!);
    const atEdge = edgeAt(run, iterations.learning_rate[row]!);
    if (atEdge !== null) edge.add(t, atEdge);
  }
  const largest = new PolylineBuilder(curvature.rank.length, log);
  for (let row = 0; row < curvature.rank.length; row++)
    if (curvature.rank[row] === 1 && within(curvature.iteration[row]!, view))
      largest.add(curvature.iteration[row]!, curvature.eigenvalue[row]!);
  const gauged = gauges.map(({ key }) => gaugeOf(iterations, key, [first, after], log));
  return { curvature: line.finish(), errors, gauged, edge: edge.finish(), largest: largest.finish(), untold };
}

/** A gauge from one measurement to the next: most steps have none between. */
function gaugeOf(
  iterations: RunData['iterations'],
  key: (typeof gauges)[number]['key'],
  [first, after]: readonly [number, number],
  log: boolean,
): Measured {
  const line = new PolylineBuilder(after - first, log);
  const errors: number[] = [];
  for (let row = first; row < after; row++) {
    const value = iterations[key][row]!;
    if (!Number.isNaN(value) && line.add(iterations.iteration[row]!, value))
      errors.push(iterations[`${key}_error`][row]!);
  }
  return { line: line.finish(), errors };
}

/** The curvature at the edge of stability at a learning rate; null where the run has none. */
function edgeAt({ imported, experiment }: RunData['run'], learningRate: number): number | null {
  return imported === null ? edgeOf(experiment.optimizer, learningRate) : null;
}

/** Least and greatest value of the vertical axis: at rates near 0 the edge is far above everything, and leaves the view. */
function extentOf({ curvature, gauged, largest, edge }: Numbers): [number, number] | null {
  const lines = [curvature, ...gauged.map(({ line }) => line)];
  const measured = unionExtent([...lines, largest]);
  const ofEdge = lines.some(({ count }) => count > 0) ? unionExtent([edge]) : null;
  if (!measured || !ofEdge) return measured;
  const highest = Math.max(3 * Math.abs(measured[1]), ofEdge[0]);
  return [Math.min(measured[0], ofEdge[0]), Math.max(measured[1], Math.min(ofEdge[1], highest))];
}

/** Builds the chart. */
function stepCurvatureChart(data: RunData, style: ChartStyle, view: ChartView): Chart {
  const { optimizer } = data.run.experiment;
  const numbers = numbersOf(data, view);
  const { curvature, errors, gauged, edge, largest, untold } = numbers;
  const { palette, lines: strokes } = style;
  const largestWords = largestName(data);
  const edgeName = edgeWords(data);
  const lines = [
    { id: 'curvature', name: curvatureName, marker: 'circle', place: 0, line: curvature, errors },
    ...gauges.map((gauge, index) => ({ ...gauge, ...gauged[index]! })),
  ].filter(({ line }) => line.count > 0);
  const drawn = lines.length > 0;
  const extent = extentOf(numbers);
  const readout = readoutOf(data, edgeName);
  const series: SeriesOption[] = [];
  const legend: LegendEntry[] = [];
  let banded = false;
  for (const { id, name, marker, place, line, errors: widths } of lines) {
    const { color } = lineStyle(place, style);
    const widest = widths.reduce((most, error) => Math.max(most, error), 0);
    const band = widest * 2 > visibleShare * (extent![1] - extent![0]);
    if (band)
      series.push(
        bandSeries(
          `step-curvature.${id === 'curvature' ? '' : `${id}-`}band`,
          'error',
          line,
          endsAround(line, widths),
          color,
        ),
      );
    const marked = line.count <= mostMarkers;
    const look = { color, width: strokes.normal, z: 4, ...(marked ? { marker } : {}) };
    series.push(...lineSeries(`step-curvature.${id}`, name, line, look, style));
    legend.push({ name, drawn: marked ? 'marked line' : 'line' });
    banded ||= band;
  }
  if (drawn && edge.count > 0) {
    const dash = [strokes.normal * 3, strokes.normal * 2];
    const dashed = { color: palette.barrier, width: strokes.normal, dash, z: 3 };
    series.push(...lineSeries('step-curvature.edge', edgeName, edge, dashed, style));
    legend.push({ name: edgeName, drawn: 'line' });
  }
  if (banded) legend.push({ name: 'error', drawn: 'rect' });
  if (largest.count > 0) {
    const marker = { color: palette.floor, symbol: 'diamond', size: style.marker * 1.7, z: 5, isCloud: true };
    series.push(pointSeries('step-curvature.largest', largestWords, largest, marker));
    legend.push({ name: largestWords, drawn: 'marker', marker: 'diamond' });
  }
  const lost = logNote(curvature.leftOut);
  const notes = [
    untold === 0 ? null : `of ${counted(untold, 'probed step')} the curvature does not exceed its error`,
    drawn && edge.count === 0 && data.run.imported === null
      ? `${clippingWords(optimizer.clipping) ?? optimizerTitle(optimizer)}: the edge of stability is no multiple of 1/learning rate, and not drawn`
      : null,
    drawn || largest.count > 0 ? statisticsNote(data, gauged[1]!.line.count + largest.count > 0) : null,
    lost,
  ].filter((note) => note !== null);
  return makeChart({
    title: 'Step curvature, cₜ, and the edge of stability',
    description: describe(data, numbers, edgeName),
    option: {
      ...frame(
        style,
        {
          title: 'Iteration',
          whole: true,
          extent: iterationSpan([data], [...lines.map(({ line }) => line), edge], style, view),
        },
        { title: 'Curvature', symbol: '', unit: null, log: view.log ?? false, extent },
        legend,
        readout,
        lost,
      ),
      series,
    },
    makeTable: () => tableOf(numbers),
    empty: drawn || largest.count > 0 ? null : emptyReason(data),
    notes,
    readout,
  });
}

/** The edge in words: 2/η, or what momentum makes of it. */
function edgeWords({ run }: Pick<RunData, 'run'>): string {
  const factor = run.imported === null ? edgeFactorOf(run.experiment.optimizer) : null;
  const { weightDecay } = run.experiment.optimizer;
  return `${formatNumber(factor ?? 2)}/learning rate${factor !== null && weightDecay > 0 ? ' − weight decay' : ''}`;
}

/** What is by running statistics, of which training descends no loss. */
function statisticsNote({ run }: Pick<RunData, 'run'>, some: boolean): string | null {
  return some && run.imported === null && hasBatchNorm(run.experiment.model)
    ? 'batch norm: λₘₐₓ and critical sharpness are by running statistics, which says nothing of the stability of training'
    : null;
}

function emptyReason(data: RunData): string {
  return data.iterations.iteration.length === 0
    ? nothingRecorded(data.run, 'its first probed iterations fill it')
    : nothingMeasured('step_curvature', [data]);
}

function readoutOf({ run, iterations, curvature }: RunData, edgeName: string): (x: number) => Readout | null {
  const factor = run.imported === null ? edgeFactorOf(run.experiment.optimizer) : null;
  return (x) => {
    const t = Math.round(x);
    const row = rowOf(iterations, t);
    if (row < 0) return null;
    const rows: Readout['rows'] = [];
    const [value, error] = [iterations.step_curvature[row]!, iterations.step_curvature_error[row]!];
    if (!Number.isNaN(value)) rows.push({ label: 'Step curvature', value: formatWithError(value, error) });
    for (const { key, name } of gauges) {
      const gauged = iterations[key][row]!;
      const label = name[0]!.toUpperCase() + name.slice(1);
      if (!Number.isNaN(gauged)) rows.push({ label, value: formatWithError(gauged, iterations[`${key}_error`][row]!) });
    }
    const rate = iterations.learning_rate[row]!;
    const atEdge = edgeAt(run, rate);
    if (factor !== null && atEdge !== null) {
      const { weightDecay } = run.experiment.optimizer;
      rows.push({ label: edgeName, value: formatNumber(atEdge) });
      rows.push({ label: 'Learning rate', value: formatNumber(rate) });
      if (value > 0) rows.push({ label: 'Edge by this step', value: formatNumber(factor / (value + weightDecay)) });
    }
    for (let at = 0; at < curvature.rank.length; at++)
      if (curvature.iteration[at] === t && curvature.rank[at] === 1)
        rows.push({ label: largestName({ run }), value: formatNumber(curvature.eigenvalue[at]) });
    return { title: `Iteration ${formatCount(t)}`, rows };
  };
}

/** A row an iteration with something measured; gauges have columns where they were. */
function tableOf({ curvature, errors, gauged, edge, largest }: Numbers): Table {
  const measured = gauges.map(({ key }, index) => ({ key, ...gauged[index]! })).filter(({ line }) => line.count > 0);
  const columns = [
    ...['step_curvature', 'step_curvature_error', 'edge', 'lambda_max'],
    ...measured.flatMap(({ key }) => [key, `${key}_error`]),
  ];
  const rows = new Map<number, (number | null)[]>();
  const valuesAt = (t: number): (number | null)[] => {
    const row = rows.get(t) ?? columns.map(() => null);
    rows.set(t, row);
    return row;
  };
  const each = ({ flat, count }: Polyline, put: (t: number, value: number, point: number) => void): void => {
    for (let point = 0; point < count; point++) put(flat[2 * point]!, flat[2 * point + 1]!, point);
  };
  each(curvature, (t, value, point) => {
    const row = valuesAt(t);
    [row[0], row[1]] = [value, errors[point]!];
  });
  each(largest, (t, value) => (valuesAt(t)[3] = value));
  for (const [index, { line, errors: own }] of measured.entries())
    each(line, (t, value, point) => {
      const row = valuesAt(t);
      [row[4 + 2 * index], row[5 + 2 * index]] = [value, own[point]!];
    });
  each(edge, (t, value) => {
    const row = rows.get(t);
    if (row) row[2] = value;
  });
  return {
    columns: ['iteration', ...columns],
    rows: [...rows].sort(([one], [other]) => one - other).map(([t, values]) => [t, ...values]),
  };
}

function describe({ run }: RunData, { curvature, edge }: Numbers, edgeName: string): string {
  if (curvature.count === 0) return `Step curvature of ${run.name}: nothing to draw.`;
  const { flat, count } = curvature;
  const beside = edge.count > 0 ? `; ${edgeName} is ${formatNumber(edge.flat[1])} at first` : '';
  return (
    `Step curvature of ${run.name} against the iteration: ${formatNumber(flat[1])} to ${formatNumber(flat[2 * count - 1])} ` +
    `over iterations ${formatNumber(flat[0])} to ${formatNumber(flat[2 * count - 2])}${beside}.`
  );
}
