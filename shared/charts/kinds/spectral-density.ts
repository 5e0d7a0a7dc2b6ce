/** The density of the Hessian's eigenvalues at kept points of a walk, on a logarithmic axis. */
import type { SeriesOption } from 'echarts';
import {
  densityAt,
  densityGrid,
  endText,
  endsOf,
  isTold,
  meanEigenvalue,
  rangeOf,
} from '../../analyses/spectral-density.ts';
import type { DensityGrid, SpectralDensityResult, SpectrumSeen } from '../../analyses/spectral-density.ts';
import { formatNumber, formatWithError } from '../../format.ts';
import { makeChart } from '../chart.ts';
import type { Chart, Readout, RunData, Table } from '../chart.ts';
import { analysisOption, defineChart, ofAnalysis } from '../define.ts';
import { frame } from '../drawing/frame.ts';
import type { LegendEntry } from '../drawing/legend.ts';
import { lineStyle } from '../drawing/looks.ts';
import { PolylineBuilder, unionExtent } from '../drawing/polyline.ts';
import type { Polyline } from '../drawing/polyline.ts';
import { bandSeries, endsAround, lineSeries } from '../drawing/series.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { counted, formatCount } from '../drawing/text.ts';
import { batchNormNote, kinkNote } from './curvature.ts';
import { noAnalysis } from './plane.ts';

/** Spectral density. */
export const spectralDensity = defineChart({
  ...ofAnalysis,
  key: 'spectral-density',
  help: 'How the Hessian’s eigenvalues are distributed at kept points of the walk: their density, with its standard error, on a logarithmic axis.',
  options: { analysis: analysisOption },
  title: () => 'Spectral density of the Hessian',
  analysis: 'spectral-density',
  build: ([data], _spec, style) => spectralDensityChart(data, style),
});

const title = 'Spectral density of the Hessian';

/** The density of one point where it says something. */
interface Curve {
  point: SpectrumSeen;
  iteration: number;
  /** Null where there is nothing to tell it on. */
  grid: DensityGrid | null;
  line: Polyline;
  /** Standard error at each place of the line. */
  errors: number[];
}

/** Builds the chart. */
function spectralDensityChart(data: RunData, style: ChartStyle): Chart {
  const result = data.analysis?.result?.kind === 'spectral-density' ? data.analysis.result : null;
  const curves = result ? curvesOf(result) : [];
  const drawn = curves.filter(({ line }) => line.count > 0);
  const names = curves.map(({ iteration }) => `iteration ${formatCount(iteration)}`);
  const series: SeriesOption[] = curves.flatMap(({ iteration, line, errors }, index) => {
    const { color, dash } = lineStyle(index, style);
    const id = `spectral-density.${iteration}`;
    return [
      bandSeries(`${id}.band`, 'standard error', line, endsAround(line, errors), color),
      ...lineSeries(id, names[index]!, line, { color, dash, width: style.lines.normal }, style),
    ];
  });
  const legend: LegendEntry[] = names.map((name) => ({ name, drawn: 'line' }));
  const readout = (x: number): Readout | null => readoutOf(curves, x);
  const screen = style.medium === 'screen';
  const option = frame(
    style,
    { title: 'Eigenvalue λ', whole: false, extent: extentOf(curves) },
    {
      title: 'Density of eigenvalues',
      short: 'Density',
      symbol: '',
      unit: null,
      log: true,
      extent: unionExtent(drawn.map(({ line }) => line)),
    },
    drawn.length > 0 ? legend : [],
    readout,
  );
  const xAxis = option.xAxis as { axisLabel?: object };
  return makeChart({
    title,
    description: result ? describe(data.run.name, result) : `${title}: nothing to draw.`,
    // eigenvalues are no places of the run: there is nothing to zoom along, and the ends are not round numbers
    option: {
      ...option,
      xAxis: {
        ...xAxis,
        axisLabel: { ...xAxis.axisLabel, ...(screen ? { showMinLabel: false, showMaxLabel: false } : {}) },
      },
      ...(screen ? { dataZoom: [] } : {}),
      series,
    },
    makeTable: () => tableOf(curves),
    empty: result ? (drawn.length > 0 ? null : nothingToDraw(result)) : noAnalysis(data),
    notes: result && drawn.length > 0 ? notesOf(data, result, curves) : [],
    readout,
  });
}

/** The densities as far as they are above what says nothing. */
function curvesOf({ points, parameters }: SpectralDensityResult): Curve[] {
  return points.map((point) => {
    const grid = densityGrid(point, parameters);
    const line = new PolylineBuilder(grid?.x.length ?? 0, true);
    const errors: number[] = [];
    for (const at of grid?.x ?? []) {
      const { value, error } = densityAt(point, at, grid!.width);
      if (line.add(at, value >= grid!.least ? value : NaN)) errors.push(error);
    }
    return { point, iteration: point.iteration, grid, line: line.finish(), errors };
  });
}

/** From the first place of all densities to the last; null without any. */
function extentOf(curves: readonly Curve[]): [number, number] | null {
  const places = curves.flatMap(({ grid }) => (grid ? [grid.x[0]!, grid.x.at(-1)!] : []));
  return places.length > 0 ? [Math.min(...places), Math.max(...places)] : null;
}

function nothingToDraw({ points }: SpectralDensityResult): string {
  const range = rangeOf(points);
  if (range === null) return 'At none of these iterations were all products of the Hessian with vectors finite.';
  return range[0] === range[1]
    ? `All eigenvalues that were seen are ${formatNumber(range[0])}: there is no density to draw.`
    : 'The eigenvalues lie so close together, or so far apart, that there is no density to draw.';
}

function notesOf(data: RunData, result: SpectralDensityResult, curves: readonly Curve[]): string[] {
  const { points, parameters, examples, population } = result;
  const counts = points.filter(isTold).flatMap((point) => point.vectors.map(({ values }) => values.length));
  const vectors = points.find(isTold)!.vectors.length;
  const seen = curves.map(({ iteration, point, grid }) => {
    const range = rangeOf([point]);
    const at = `iteration ${formatCount(iteration)}`;
    return range === null
      ? `${at}: not finite`
      : `${at}: seen from ${formatNumber(range[0])} to ${formatNumber(range[1])}, σ = ${grid ? formatNumber(grid.width) : '–'}`;
  });
  return [
    `${formatCount(parameters)} eigenvalues, seen by ${counted(vectors, 'random vector')} with up to ${counted(Math.max(...counts), 'product')} each; bands: ± one standard error over vectors, without the error of so few products`,
    `smoothed by a Gaussian, which reaches beyond what was seen; ${seen.join('; ')}`,
    'what is narrower than σ is not told, nor what lies below a tenth of one eigenvalue; of an eigenvalue alone the place is told, not the height',
    examples < population ? `on ${formatCount(examples)} of ${formatCount(population)} training examples` : null,
    kinkNote([data]),
    batchNormNote([data]),
  ].filter((note) => note !== null);
}

function readoutOf(curves: readonly Curve[], x: number): Readout | null {
  const drawn = curves.flatMap(({ point, iteration, grid }) => (grid ? [{ point, iteration, grid }] : []));
  if (drawn.length === 0) return null;
  const rows = drawn.flatMap(({ point, iteration, grid }) => {
    const { value, error } = densityAt(point, x, grid.width);
    return value >= grid.least
      ? [{ label: `Iteration ${formatCount(iteration)}`, value: formatWithError(value, error) }]
      : [];
  });
  return { title: `λ = ${formatNumber(x)}`, rows };
}

function tableOf(curves: readonly Curve[]): Table {
  return {
    columns: ['iteration', 'eigenvalue', 'density', 'density_error', 'smoothing'],
    rows: curves.flatMap(({ iteration, grid, line: { flat, count }, errors }) =>
      Array.from({ length: count }, (_, at) => [iteration, flat[2 * at]!, flat[2 * at + 1]!, errors[at]!, grid!.width]),
    ),
  };
}

function describe(name: string, { points }: SpectralDensityResult): string {
  const each = points.map((point) => {
    const ends = endsOf(point);
    if (ends === null) return `iteration ${formatCount(point.iteration)}: not finite`;
    const { value, error } = meanEigenvalue(point);
    return `iteration ${formatCount(point.iteration)}: ${endText(ends.least)} to ${endText(ends.greatest)}, mean ${formatWithError(value, error)}`;
  });
  return `Density of the eigenvalues of the Hessian of ${name}; ${each.join('; ')}.`;
}
