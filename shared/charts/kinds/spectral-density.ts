/** The density of the Hessian's eigenvalues at kept points of a walk, on a logarithmic axis. */
import type { SeriesOption } from 'echarts';
import { densityAt, densityGrid, meanEigenvalue, rangeOf } from '../../analyses/spectral-density.ts';
import type { DensityGrid, SpectralDensityResult } from '../../analyses/spectral-density.ts';
import { formatNumber, formatWithError } from '../../format.ts';
import { makeChart } from '../chart.ts';
import type { Chart, Readout, RunData, Table } from '../chart.ts';
import { analysisOption, defineChart } from '../define.ts';
import { frame } from '../drawing/frame.ts';
import type { LegendEntry } from '../drawing/legend.ts';
import { lineStyle } from '../drawing/looks.ts';
import { PolylineBuilder, unionExtent } from '../drawing/polyline.ts';
import type { Polyline } from '../drawing/polyline.ts';
import { bandSeries, endsAround, lineSeries } from '../drawing/series.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { counted, formatCount } from '../drawing/text.ts';
import { kinkNote } from './curvature.ts';
import { noAnalysis } from './plane.ts';

/** Spectral density. */
export const spectralDensity = defineChart({
  key: 'spectral-density',
  help: 'How the Hessian’s eigenvalues are distributed at kept points of the walk: their density, with its standard error, on a logarithmic axis.',
  options: { analysis: analysisOption },
  title: () => 'Spectral density of the Hessian',
  records: () => [],
  several: false,
  log: () => false,
  logX: () => false,
  places: () => null,
  analysis: 'spectral-density',
  menus: ['figures'],
  exported: [],
  build: ([data], _spec, style) => spectralDensityChart(data, style),
});

const title = 'Spectral density of the Hessian';

/** The density of one point where it says something. */
interface Curve {
  iteration: number;
  line: Polyline;
  /** Standard error at each place of the line. */
  errors: number[];
}

/** Builds the chart. */
function spectralDensityChart(data: RunData, style: ChartStyle): Chart {
  const result = data.analysis?.result?.kind === 'spectral-density' ? data.analysis.result : null;
  const grid = result && densityGrid(result);
  const curves = result && grid ? curvesOf(result, grid) : [];
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
  const readout = (x: number): Readout | null => readoutOf(result, grid, x);
  const screen = style.medium === 'screen';
  const option = frame(
    style,
    { title: 'Eigenvalue λ', whole: false, extent: grid && [grid.x[0]!, grid.x.at(-1)!] },
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
    notes: result && grid ? notesOf(data, result, grid) : [],
    readout,
  });
}

/** The densities as far as they are above what says nothing. */
function curvesOf({ points }: SpectralDensityResult, { x, width, least }: DensityGrid): Curve[] {
  return points.map((point) => {
    const line = new PolylineBuilder(x.length, true);
    const errors: number[] = [];
    for (const at of x) {
      const { value, error } = densityAt(point, at, width);
      if (line.add(at, value >= least ? value : NaN)) errors.push(error);
    }
    return { iteration: point.iteration, line: line.finish(), errors };
  });
}

function nothingToDraw({ points }: SpectralDensityResult): string {
  const range = rangeOf(points);
  if (range === null) return 'No product of the Hessian with a vector was finite at these iterations.';
  return range[0] === range[1]
    ? `All eigenvalues that were seen are ${formatNumber(range[0])}: there is no density to draw.`
    : 'The eigenvalues lie so close together, or so far apart, that there is no density to draw.';
}

function notesOf(data: RunData, result: SpectralDensityResult, { width }: DensityGrid): string[] {
  const { points, parameters, examples, population } = result;
  const vectors = points[0]!.vectors.length;
  const steps = Math.max(...points.flatMap((point) => point.vectors.map(({ values }) => values.length)));
  return [
    `${formatCount(parameters)} eigenvalues, seen by ${counted(vectors, 'random vector')} with up to ${counted(steps, 'product')} each; bands: ± one standard error`,
    `smoothed by a Gaussian of standard deviation ${formatNumber(width)}: what is narrower is not told, nor what lies below a tenth of one eigenvalue`,
    examples < population ? `on ${formatCount(examples)} of ${formatCount(population)} training examples` : null,
    kinkNote([data]),
  ].filter((note) => note !== null);
}

function readoutOf(result: SpectralDensityResult | null, grid: DensityGrid | null, x: number): Readout | null {
  if (!result || !grid) return null;
  const rows = result.points.flatMap((point) => {
    const { value, error } = densityAt(point, x, grid.width);
    return value >= grid.least
      ? [{ label: `Iteration ${formatCount(point.iteration)}`, value: formatWithError(value, error) }]
      : [];
  });
  return { title: `λ = ${formatNumber(x)}`, rows };
}

function tableOf(curves: readonly Curve[]): Table {
  return {
    columns: ['iteration', 'eigenvalue', 'density', 'density_error'],
    rows: curves.flatMap(({ iteration, line: { flat, count }, errors }) =>
      Array.from({ length: count }, (_, at) => [iteration, flat[2 * at]!, flat[2 * at + 1]!, errors[at]!]),
    ),
  };
}

function describe(name: string, { points }: SpectralDensityResult): string {
  const each = points.map((point) => {
    const range = rangeOf([point]);
    if (range === null) return `iteration ${formatCount(point.iteration)}: not finite`;
    const { value, error } = meanEigenvalue(point);
    return `iteration ${formatCount(point.iteration)}: ${formatNumber(range[0])} to ${formatNumber(range[1])}, mean ${formatWithError(value, error)}`;
  });
  return `Density of the eigenvalues of the Hessian of ${name}; ${each.join('; ')}.`;
}
