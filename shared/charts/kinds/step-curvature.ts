/** Step curvature against the iteration, with the edge of stability that the learning rate sets; batch and critical sharpness and λ_max where they were measured; one run. */
import type { SeriesOption } from 'echarts';
import { formatNumber, formatWithError } from '../../format.ts';
import { edgeFactorOf } from '../../optimizers/edge.ts';
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
import { formatCount, leftOutNote } from '../drawing/text.ts';
import { iterationSpan, rowsWithin, within } from '../drawing/view.ts';
import {
  byRunningStatistics,
  capitalised,
  edgeAt,
  edgeWords,
  emptyReason,
  largestName,
  measuredLines,
  notesOf,
} from './step-curvature-words.ts';
import type { MeasuredLine, Told } from './step-curvature-words.ts';

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

/** A band narrower than this share of the vertical axis is a line nobody sees. */
const visibleShare = 1 / 150;

/** Up to so many points each has a marker. */
const mostMarkers = 60;

/** What is drawn. */
interface Numbers extends Told {
  /** The curvature at the edge of stability; nothing where the optimiser has none, or no line can be held against it. */
  edge: Polyline;
}

function numbersOf(data: RunData, view: ChartView): Numbers {
  const { run, iterations, curvature } = data;
  const log = view.log ?? false;
  const [first, after] = rowsWithin(iterations.iteration, view);
  const lines = measuredLines.map((one) => lineOf(data, one, [first, after], log));
  const largest = new PolylineBuilder(curvature.rank.length, log);
  for (let row = 0; row < curvature.rank.length; row++)
    if (curvature.rank[row] === 1 && within(curvature.iteration[row]!, view))
      largest.add(curvature.iteration[row]!, curvature.eigenvalue[row]!);
  const running = byRunningStatistics(data);
  const held = lines.some(({ id, line }) => line.count > 0 && !running[id]);
  const edge = new PolylineBuilder(after - first, log);
  for (let row = first; held && row < after; row++) {
    const atEdge = edgeAt(run, iterations.learning_rate[row]!);
    if (atEdge !== null) edge.add(iterations.iteration[row]!, atEdge);
  }
  return { lines, edge: edge.finish(), largest: largest.finish() };
}

/** A line; a gauge goes from one measurement to the next, as most steps have none between, and is broken where it was measured and is not told. */
function lineOf(
  data: RunData,
  measured: (typeof measuredLines)[number],
  [first, after]: readonly [number, number],
  log: boolean,
): MeasuredLine {
  const { iterations } = data;
  const { key, measuredBy } = measured;
  const isUntold = untoldIn(data, measured);
  const line = new PolylineBuilder(after - first, log);
  const errors: number[] = [];
  let untold = 0;
  for (let row = first; row < after; row++) {
    const value = iterations[key][row]!;
    if (Number.isNaN(value) && isUntold(row)) {
      untold++;
      if (measuredBy !== null) line.gap();
    }
    const isToBeDrawn = measuredBy === null || !Number.isNaN(value);
    if (isToBeDrawn && line.add(iterations.iteration[row]!, value)) errors.push(iterations[`${key}_error`][row]!);
  }
  const finished = line.finish();
  return { ...measured, line: finished, errors, ends: endsAround(finished, errors), untold };
}

/** Whether something was measured at a row without a value. */
function untoldIn(
  { run, iterations, curvature }: RunData,
  { key, measuredBy }: (typeof measuredLines)[number],
): (row: number) => boolean {
  if (measuredBy === null) {
    // a run from before it was measured has none at all, nor has a slice that a sample decided
    const isMeasured = iterations[key].some((value) => !Number.isNaN(value));
    return (row) =>
      isMeasured && !Number.isNaN(iterations.loss_resolution[row]!) && !(iterations.slice_tolerance[row]! > 0);
  }
  const { hessian } = run.experiment.probes;
  const measured = new Set(hessian.method !== 'none' && hessian[measuredBy] ? curvature.iteration : []);
  return (row) => measured.has(iterations.iteration[row]!);
}

/** Least and greatest value of the vertical axis, bands and all: at rates near 0 the edge is far above everything, and leaves the view. */
function extentOf({ lines, largest, edge }: Numbers, log: boolean): [number, number] | null {
  const measured = unionExtent([...lines.map(({ line }) => line), largest]);
  if (!measured) return null;
  for (const { ends } of lines) {
    const { low, high } = ends;
    // a log axis has no place for ends at 0 and below
    for (const end of low) if (!log || end > 0) measured[0] = Math.min(measured[0], end);
    for (const end of high) measured[1] = Math.max(measured[1], end);
  }
  const ofEdge = unionExtent([edge]);
  if (!ofEdge) return measured;
  const highest = Math.max(3 * Math.abs(measured[1]), ofEdge[0]);
  return [Math.min(measured[0], ofEdge[0]), Math.max(measured[1], Math.min(ofEdge[1], highest))];
}

/** Whether somebody can see a line's band on an axis. */
function isVisible({ low, high }: MeasuredLine['ends'], [least, greatest]: [number, number], log: boolean): boolean {
  const along = (value: number): number => (log ? Math.log(Math.max(value, least)) : value);
  const needed = visibleShare * (along(greatest) - along(least));
  return low.some((end, point) => along(high[point]!) - along(end) > needed);
}

/** Builds the chart. */
function stepCurvatureChart(data: RunData, style: ChartStyle, view: ChartView): Chart {
  const log = view.log ?? false;
  const numbers = numbersOf(data, view);
  const { edge, largest } = numbers;
  const { palette, lines: strokes } = style;
  const largestWords = largestName(data);
  const edgeName = edgeWords(data);
  const lines = numbers.lines.filter(({ line }) => line.count > 0);
  const isDrawn = lines.length > 0 || largest.count > 0;
  const extent = extentOf(numbers, log);
  const readout = readoutOf(data, edge.count > 0 ? edgeName : null);
  const series: SeriesOption[] = [];
  const legend: LegendEntry[] = [];
  let banded = false;
  for (const { id, name, marker, place, line, ends } of lines) {
    const { color, dash } = lineStyle(place, style);
    const band = isVisible(ends, extent!, log);
    const bandId = `step-curvature.${id === 'curvature' ? '' : `${id}-`}band`;
    if (band) series.push(bandSeries(bandId, 'error', line, ends, color));
    const marked = line.count <= mostMarkers;
    const look = { color, dash, width: strokes.normal, z: 4, ...(marked ? { marker } : {}) };
    series.push(...lineSeries(`step-curvature.${id}`, name, line, look, style));
    legend.push({ name, drawn: marked ? 'marked line' : 'line' });
    banded ||= band;
  }
  if (edge.count > 0) {
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
  const lost = leftOutNote([...numbers.lines.map(({ line }) => line), edge, largest]);
  return makeChart({
    title: 'Step curvature, cₜ, and the edge of stability',
    description: describe(data, numbers, { edgeName, largestWords }),
    option: {
      ...frame(
        style,
        {
          title: 'Iteration',
          whole: true,
          extent: iterationSpan([data], [...lines.map(({ line }) => line), edge], style, view),
        },
        // on screen ECharts would take the ends from the lines alone
        { title: 'Curvature', symbol: '', unit: null, log, extent, pinned: banded },
        legend,
        readout,
        lost,
      ),
      series,
    },
    makeTable: () => tableOf(numbers),
    empty: isDrawn ? null : emptyReason(data, numbers),
    notes: [...(isDrawn ? notesOf(data, numbers) : []), ...(lost === null ? [] : [lost])],
    readout,
  });
}

/** @param edgeName null where no edge is drawn */
function readoutOf({ run, iterations, curvature }: RunData, edgeName: string | null): (x: number) => Readout | null {
  const factor = run.imported === null ? edgeFactorOf(run.experiment.optimizer) : null;
  return (x) => {
    const t = Math.round(x);
    const row = rowOf(iterations, t);
    if (row < 0) return null;
    const rows: Readout['rows'] = [];
    for (const { key, name } of measuredLines) {
      const value = iterations[key][row]!;
      const label = capitalised(name);
      if (!Number.isNaN(value)) rows.push({ label, value: formatWithError(value, iterations[`${key}_error`][row]!) });
    }
    const bend = iterations.step_curvature[row]!;
    const rate = iterations.learning_rate[row]!;
    const atEdge = edgeAt(run, rate);
    if (edgeName !== null && factor !== null && atEdge !== null) {
      const { weightDecay } = run.experiment.optimizer;
      rows.push({ label: edgeName, value: formatNumber(atEdge) });
      rows.push({ label: 'Learning rate', value: formatNumber(rate) });
      if (bend > 0) rows.push({ label: 'Edge by this step', value: formatNumber(factor / (bend + weightDecay)) });
    }
    for (let at = 0; at < curvature.rank.length; at++)
      if (curvature.iteration[at] === t && curvature.rank[at] === 1)
        rows.push({ label: largestName({ run }), value: formatNumber(curvature.eigenvalue[at]) });
    return { title: `Iteration ${formatCount(t)}`, rows };
  };
}

/** A row an iteration with something measured; gauges have columns where they were. */
function tableOf({ lines: [curvature, ...gauges], edge, largest }: Numbers): Table {
  const measured = gauges.filter(({ line }) => line.count > 0);
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
  each(curvature!.line, (t, value, point) => {
    const row = valuesAt(t);
    [row[0], row[1]] = [value, curvature!.errors[point]!];
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

function describe(
  { run }: RunData,
  { lines, edge, largest }: Numbers,
  { edgeName, largestWords }: { edgeName: string; largestWords: string },
): string {
  const told = [...lines, { name: largestWords, line: largest }, { name: edgeName, line: edge }]
    .filter(({ line: { count } }) => count > 0)
    .map(({ name, line: { flat, count } }) => {
      const [first, last] = [0, 2 * count - 2];
      return count === 1
        ? `${name} ${formatNumber(flat[1])} at iteration ${formatNumber(flat[0])}`
        : `${name} ${formatNumber(flat[first + 1])} to ${formatNumber(flat[last + 1])} over iterations ${formatNumber(flat[first])} to ${formatNumber(flat[last])}`;
    });
  const what = `Step curvature and the edge of stability of ${run.name}`;
  return told.length === 0 ? `${what}: nothing to draw.` : `${what} against the iteration: ${told.join('; ')}.`;
}
