/** Curvature against the epoch: the paper's spectral norm, and how far gradients lie along the sharpest directions. */
import type { CustomSeriesOption } from 'echarts';
import { formatNumber, metric } from '../metrics.ts';
import type { CurvatureMetricKey } from '../metrics.ts';
import type { CurvatureColumns } from '../records.ts';
import { makeChart } from './chart.ts';
import type { Chart, ChartView, Readout, RunData, Table } from './chart.ts';
import { frame } from './frame.ts';
import { runLabels } from './labels.ts';
import { PolylineBuilder, unionExtent, unionSpan } from './polyline.ts';
import type { Polyline } from './polyline.ts';
import { runLegend, runSeries } from './run-series.ts';
import { errorBars } from './series.ts';
import { runLook } from './style.ts';
import type { ChartStyle } from './style.ts';
import { heading, leftOutNote } from './text.ts';
import { notYet, within } from './view.ts';

/** Up to so many points each has a marker. */
const mostMarkers = 60;

/** One line of the chart. */
interface Curve {
  name: string;
  run: RunData['run'];
  line: Polyline;
  /** Half the length of each point's error bar. */
  errors: Float64Array;
}

/** Builds the chart of a curvature metric; the range is of epochs. */
export function curvatureChart(runs: RunData[], key: CurvatureMetricKey, style: ChartStyle, view: ChartView): Chart {
  const { title, symbol, unit } = metric('curvature', key);
  const log = view.log ?? false;
  const curves = key === 'eigenvalue' ? eigenvalues(runs, view, log) : alignments(runs, view, log);
  const lines = curves.map(({ line }) => line);
  const labels = curves.map(({ name }) => name);
  const marked = lines.every(({ count }) => count <= mostMarkers);
  const lost = leftOutNote(lines);
  const readout = (x: number): Readout | null => {
    const at = nearest(lines, x);
    if (at === null) return null;
    const rows = curves.flatMap(({ name, line, errors }) => {
      const index = indexOf(line, at);
      if (index < 0) return [];
      const residual = key === 'eigenvalue' ? `, residual ${formatNumber(errors[index])}` : '';
      return [{ label: name, value: `${formatNumber(line.flat[2 * index + 1])}${residual}` }];
    });
    return { title: `Epoch ${formatNumber(at)}`, rows };
  };
  return makeChart({
    title: heading(title, symbol),
    description: describe(title, curves),
    option: {
      ...frame(
        style,
        { title: 'Epoch', whole: lines.every(isWhole), log: view.logX, extent: unionSpan(lines) },
        {
          title,
          short: key === 'alignment' ? 'Share of the gradient' : undefined,
          symbol: key === 'alignment' ? '' : symbol,
          unit,
          log,
          extent: unionExtent(lines),
          zero: key === 'alignment' && !log,
          ...(key === 'alignment' ? { ceiling: 1 } : {}),
        },
        runLegend(labels, lines, style, marked),
        readout,
        lost,
      ),
      series: curves.flatMap(({ name, line, errors }, index) => [
        ...(key === 'eigenvalue' ? [bars(index, line, errors, style)] : []),
        ...runSeries(index, curves.length, name, line, style, marked, view.logX),
      ]),
    },
    makeTable: () => table(key, runs, curves),
    empty: lines.some(({ count }) => count > 0) ? null : emptyReason(runs, view),
    notes: [lost].filter((note) => note !== null),
    readout,
  });
}

/** Of one run every eigenvalue, of several the largest of each. */
function eigenvalues(runs: RunData[], view: ChartView, log: boolean): Curve[] {
  const labels = runLabels(runs.map(({ run }) => run));
  const ranks = runs.length > 1 ? [1] : ranksOf(runs[0]!.curvature);
  return runs.flatMap(({ run, curvature }, index) =>
    ranks.map((rank) => {
      const line = new PolylineBuilder(curvature.rank.length, log, view.logX);
      const errors: number[] = [];
      for (let row = 0; row < curvature.rank.length; row++)
        if (curvature.rank[row] === rank && within(curvature.epoch[row]!, view))
          if (line.add(curvature.epoch[row]!, curvature.eigenvalue[row]!)) errors.push(curvature.residual[row]!);
      const name = runs.length > 1 ? labels[index]! : ranks.length > 1 ? `λ${subscript(rank)}` : 'λ_max';
      return { name, run, line: line.finish(), errors: Float64Array.from(errors) };
    }),
  );
}

/** The share in the span of all eigenvectors; of one run with several of them also the share along the first. */
function alignments(runs: RunData[], view: ChartView, log: boolean): Curve[] {
  const labels = runLabels(runs.map(({ run }) => run));
  return runs.flatMap(({ run, curvature }, index) => {
    const most = Math.max(1, ...ranksOf(curvature));
    const upTo = runs.length === 1 && most > 1 ? [most, 1] : [most];
    return upTo.map((last) => {
      const line = new PolylineBuilder(curvature.rank.length, log, view.logX);
      let share = 0;
      for (let row = 0; row < curvature.rank.length; row++) {
        if (curvature.rank[row] === 1) share = 0;
        share += curvature.alignment[row]!;
        if (curvature.rank[row] === last && within(curvature.epoch[row]!, view) && !Number.isNaN(share))
          line.add(curvature.epoch[row]!, share);
      }
      const span = last === 1 ? 'first eigenvector' : `first ${last} eigenvectors`;
      return { name: runs.length > 1 ? labels[index]! : span, run, line: line.finish(), errors: new Float64Array() };
    });
  });
}

function ranksOf({ rank }: CurvatureColumns): number[] {
  return [...new Set(rank)].sort((a, b) => a - b);
}

function subscript(rank: number): string {
  return [...String(rank)].map((digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]).join('');
}

function bars(index: number, line: Polyline, errors: Float64Array, style: ChartStyle): CustomSeriesOption {
  return errorBars(`residual.${index}`, line, errors, runLook(index, style).color, style);
}

function isWhole({ flat, count }: Polyline): boolean {
  for (let point = 0; point < count; point++) if (!Number.isInteger(flat[2 * point])) return false;
  return true;
}

/** The measured place nearest to x; null where nothing was measured. */
function nearest(lines: Polyline[], x: number): number | null {
  let found: number | null = null;
  for (const { flat, count } of lines)
    for (let point = 0; point < count; point++)
      if (found === null || Math.abs(flat[2 * point]! - x) < Math.abs(found - x)) found = flat[2 * point]!;
  return found;
}

function indexOf({ flat, count }: Polyline, x: number): number {
  for (let point = 0; point < count; point++) if (flat[2 * point] === x) return point;
  return -1;
}

/** The drawn points in long format. */
function table(key: CurvatureMetricKey, runs: RunData[], curves: Curve[]): Table {
  const several = runs.length > 1;
  const withResidual = key === 'eigenvalue';
  const rows = curves.flatMap(({ name, run, line, errors }) =>
    Array.from({ length: line.count }, (_, point) => [
      ...(several ? [run.run, run.name] : [name]),
      line.flat[2 * point]!,
      line.flat[2 * point + 1]!,
      ...(withResidual ? [errors[point]!] : []),
    ]),
  );
  const columns = [...(several ? ['run', 'name'] : ['curve']), 'epoch', key, ...(withResidual ? ['residual'] : [])];
  return { columns, rows };
}

function emptyReason(runs: RunData[], { log }: ChartView): string {
  if (runs.some(({ curvature }) => curvature.rank.length > 0))
    return log ? 'Nothing above zero was measured here; a linear axis shows it.' : 'Nothing finite was measured here.';
  const { run } = runs[0]!;
  return run.experiment.probes.hessian.method === 'none'
    ? 'Curvature was not measured in this run; choose a method for Hessian eigenvalues (probes.hessian.method) in the experiment.'
    : notYet(run, 'the first measurement of curvature fills it');
}

function describe(title: string, curves: Curve[]): string {
  const parts = curves.map(({ name, line: { flat, count } }) =>
    count === 0
      ? `${name}: nothing measured`
      : `${name}: ${formatNumber(flat[1])} to ${formatNumber(flat[2 * count - 1])} over epochs ${formatNumber(flat[0])} to ${formatNumber(flat[2 * count - 2])}`,
  );
  return `${title} against the epoch. ${parts.join('; ')}.`;
}
