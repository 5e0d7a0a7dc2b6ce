/** Curvature against the epoch: eigenvalues, the paper's spectral norm, and how far gradients lie along the sharpest directions. */
import type { CustomSeriesOption, LineSeriesOption } from 'echarts';
import { z } from 'zod';
import { formatNumber } from '../../format.ts';
import { isKinked } from '../../networks/activations.ts';
import { hasBatchNorm } from '../../networks/index.ts';
import { edgeOf } from '../../optimizers/edge.ts';
import { charted, drawnQuantity } from '../../quantities/index.ts';
import type { ChartedKey } from '../../quantities/index.ts';
import { smallestRank } from '../../records.ts';
import type { CurvatureColumns } from '../../records.ts';
import { spectralNorms } from '../../spectral-norm.ts';
import type { SpectralNorm } from '../../spectral-norm.ts';
import { nothingRecorded } from '../../runs/status-words.ts';
import { makeChart } from '../chart.ts';
import type { Chart, ChartView, Readout, RunData, Table } from '../chart.ts';
import { chartedChoices, defineChart, epochPlaces } from '../define.ts';
import { frame } from '../drawing/frame.ts';
import { runLabels } from '../drawing/labels.ts';
import { PolylineBuilder, unionExtent, unionSpan } from '../drawing/polyline.ts';
import type { Polyline } from '../drawing/polyline.ts';
import { runLegend, runSeries } from '../drawing/run-series.ts';
import { errorBars, levelLine } from '../drawing/series.ts';
import { lineStyle } from '../drawing/looks.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { formatCount, heading, leftOutNote, prettySymbol } from '../drawing/text.ts';
import { within } from '../drawing/view.ts';
import { inRuns } from '../drawing/loss-unit.ts';

/** Curvature against the epoch. */
export const curvature = defineChart({
  key: 'curvature',
  help: 'The Hessian’s largest eigenvalues and the smallest, or its spectral norm, with their residuals, or the gradient’s share along the largest ones’ eigenvectors, against the epoch: of one run every eigenvalue, of several the largest.',
  options: {
    metric: {
      title: 'Quantity',
      control: 'menu',
      choices: chartedChoices('curvature'),
      schema: z.enum(charted.curvature.map(({ key }) => key)),
    },
    edge: {
      title:
        'Whether 2/learning rate is drawn, the sharpness beyond which gradient descent is unstable, of one run of it at a constant rate without momentum, weight decay, clipping or batch norm; left out, not',
      control: 'kept',
      schema: z.boolean().nullish(),
    },
  },
  title: ({ metric }) => drawnQuantity('curvature', metric).title,
  records: () => ['curvature'],
  several: true,
  log: ({ metric }) => drawnQuantity('curvature', metric).log,
  logX: () => true,
  places: () => epochPlaces,
  analysis: null,
  menus: ['figures', 'quantities'],
  exported: [
    { name: 'hessian-eigenvalues', needs: 'curvature', spec: { chart: 'curvature', metric: 'eigenvalue' } },
    { name: 'spectral-norm', needs: 'bothEnds', spec: { chart: 'curvature', metric: 'spectral_norm' } },
    { name: 'gradient-alignment', needs: 'curvature', spec: { chart: 'curvature', metric: 'alignment' } },
  ],
  build: (runs, { metric, edge }, style, view) =>
    curvatureChart(runs, metric, edge === true ? edgeIn(metric, runs) : null, style, view),
});

/** Up to so many points each has a marker. */
const mostMarkers = 60;

/** One line of the chart. */
interface Curve {
  name: string;
  run: RunData['run'];
  line: Polyline;
  /** Half the length of each point's error bar; none where nothing has a residual. */
  errors: Float64Array;
  /** Which end of the spectrum each point is, of a spectral norm. */
  ends: SpectralNorm['end'][];
}

const builders = { eigenvalue: eigenvalues, spectral_norm: norms, alignment: alignments } as const;

/**
 * The edge of stability (Cohen et al., 2021) in a chart of a quantity of some runs: on a quadratic gradient descent climbs the walls along a
 * direction whose curvature is above 2/learning rate. Null of other optimisers, of steps that are not a constant rate times the gradient, of
 * several runs, of alignments, which are no curvatures, and with batch norm, by whose running statistics training does not descend (decision 0055).
 */
export function edgeIn(metric: ChartedKey<'curvature'>, runs: readonly Pick<RunData, 'run'>[]): number | null {
  const [one, ...others] = runs.map(({ run }) => run);
  if (metric === 'alignment' || !one || others.length > 0 || one.imported !== null) return null;
  const { optimizer, model } = one.experiment;
  if (optimizer.kind !== 'gd' || hasBatchNorm(model)) return null;
  const { learningRate, momentum, weightDecay, schedule, warmup } = optimizer;
  const steady = schedule.kind === 'constant' && warmup.kind === 'none';
  return steady && momentum === 0 && weightDecay === 0 ? edgeOf(optimizer, learningRate) : null;
}

/** Builds the chart of a curvature metric; the range is of epochs. */
function curvatureChart(
  runs: readonly RunData[],
  key: ChartedKey<'curvature'>,
  edge: number | null,
  style: ChartStyle,
  view: ChartView,
): Chart {
  const { title, symbol, short, unit, limits } = inRuns(drawnQuantity('curvature', key), runs);
  const log = view.log ?? false;
  const curves = builders[key](runs, view, log);
  const withResidual = key !== 'alignment';
  const lines = curves.map(({ line }) => line);
  const labels = curves.map(({ name }) => (runs.length > 1 ? name : prettySymbol(name)));
  const looks = curves.map((_, index) => lineStyle(index, style));
  const marked = lines.every(({ count }) => count <= mostMarkers);
  const lost = leftOutNote(lines);
  const readout = (x: number): Readout | null => {
    const at = nearest(lines, x);
    if (at === null) return null;
    const rows = curves.flatMap(({ line, errors, ends }, curve) => {
      const index = indexOf(line, at);
      if (index < 0) return [];
      const value = line.flat[2 * index + 1]!;
      const residual = withResidual ? reported(value, errors[index]!) : '';
      const end =
        key === 'spectral_norm' && value > 0
          ? `, ${ends[index] ? prettySymbol(ends[index]) : 'which end is not resolved'}`
          : '';
      return [{ label: labels[curve]!, value: `${formatNumber(value)}${residual}${end}` }];
    });
    return { title: `Epoch ${formatNumber(at)}`, rows };
  };
  return makeChart({
    title: heading(title, symbol),
    symbol,
    description: describe(title, curves),
    option: {
      ...frame(
        style,
        { title: 'Epoch', whole: lines.every(isWhole), log: view.logX, extent: unionSpan(lines) },
        {
          title,
          short,
          symbol: key === 'alignment' ? '' : symbol,
          unit,
          log,
          extent: edge === null ? unionExtent(lines) : reaching(unionExtent(lines), edge),
          // ECharts takes the ends from the lines alone
          ...(edge === null ? {} : { pinned: true }),
          limits,
        },
        [
          // a small window takes away the last ones first
          ...(edge === null ? [] : [{ name: edgeName, drawn: 'line' } as const]),
          ...runLegend(labels, lines, looks, marked),
        ],
        readout,
        lost,
      ),
      series: [
        ...(edge === null ? [] : [edgeLine(edge, style)]),
        ...curves.flatMap(({ line, errors }, index) => [
          ...(withResidual ? [bars(index, line, errors, looks[index]!.color, style)] : []),
          ...runSeries(index, curves.length, looks[index]!, labels[index]!, line, style, marked, view.logX),
        ]),
      ],
    },
    makeTable: () => table(key, runs, curves),
    empty: lines.some(({ count }) => count > 0) ? null : emptyReason(runs, key, view),
    notes: [
      edge === null
        ? null
        : `dashed: 2/learning rate = ${formatNumber(edge)}, beyond which gradient descent is unstable on a quadratic`,
      lost,
      key === 'alignment' ? null : kinkNote(runs),
      key === 'alignment' ? null : batchNormNote(runs),
      unresolvedNote(curves),
    ].filter((note) => note !== null),
    readout,
  });
}

/** That Hessians of such networks leave something out; null where activations are smooth. */
export function kinkNote(runs: readonly Pick<RunData, 'run'>[]): string | null {
  return runs.some(({ run }) => isKinked(run.experiment.model.activation))
    ? 'without the kinks of ReLUs, whose second derivative is 0'
    : null;
}

/** That Hessians of networks with batch norm are of another loss than training descends; null without batch norm. */
export function batchNormNote(runs: readonly Pick<RunData, 'run'>[]): string | null {
  return runs.some(({ run }) => hasBatchNorm(run.experiment.model))
    ? 'batch norm by running statistics, which training does not descend by: no verdict on its stability'
    : null;
}

/** An axis's ends with a value between them. */
function reaching(extent: [number, number] | null, value: number): [number, number] | null {
  return extent && [Math.min(extent[0], value), Math.max(extent[1], value)];
}

/** What the dashed line is called in the legend, which figures have too; the note has its value. */
const edgeName = '2/learning rate';

/** A dashed line across the chart. */
function edgeLine(at: number, style: ChartStyle): LineSeriesOption {
  const width = style.lines.normal;
  return levelLine('edge', at, { color: style.palette.barrier, width, type: [width * 3, width * 2] }, edgeName);
}

/** A residual in words; an eigenvalue told as 0 has none of its own. */
function reported(value: number, residual: number): string {
  return value === 0 ? `, below ${formatNumber(residual)} not resolved` : `, residual ${formatNumber(residual)}`;
}

/** Where the residual of an end reaches the difference of their magnitudes; null where it does nowhere. */
function unresolvedNote(curves: Curve[]): string | null {
  const all = curves.flatMap(({ ends }) => ends);
  const unresolved = all.filter((end) => end === null).length;
  return unresolved === 0
    ? null
    : `At ${formatCount(unresolved)} of ${formatCount(all.length)} points the residual exceeds the difference between the magnitudes of λₘₐₓ and λₘᵢₙ: which of them is the spectral norm is not resolved.`;
}

/** Of one run every eigenvalue, of several the largest of each. */
function eigenvalues(runs: readonly RunData[], view: ChartView, log: boolean): Curve[] {
  const labels = runLabels(runs.map(({ run }) => run));
  const ranks = runs.length > 1 ? [1] : ranksOf(runs[0]!.curvature);
  return runs.flatMap(({ run, curvature }, index) =>
    ranks.map((rank) => {
      const line = new PolylineBuilder(curvature.rank.length, log, view.logX);
      const errors: number[] = [];
      for (let row = 0; row < curvature.rank.length; row++)
        if (curvature.rank[row] === rank && within(curvature.epoch[row]!, view))
          if (line.add(curvature.epoch[row]!, curvature.eigenvalue[row]!)) errors.push(curvature.residual[row]!);
      const name = runs.length > 1 ? labels[index]! : nameOf(rank, ranks);
      return { name, run, line: line.finish(), errors: Float64Array.from(errors), ends: [] };
    }),
  );
}

/** The larger magnitude of both ends, with its residual; of runs that measured both. */
function norms(runs: readonly RunData[], view: ChartView, log: boolean): Curve[] {
  const labels = runLabels(runs.map(({ run }) => run));
  return runs.map(({ run, curvature }, index) => {
    const measured = spectralNorms(curvature).filter(({ epoch }) => within(epoch, view));
    const line = new PolylineBuilder(measured.length, log, view.logX);
    const drawn = measured.filter(({ epoch, value }) => line.add(epoch, value));
    return {
      name: runs.length > 1 ? labels[index]! : '‖H‖₂',
      run,
      line: line.finish(),
      errors: Float64Array.from(drawn, ({ residual }) => residual),
      ends: drawn.map(({ end }) => end),
    };
  });
}

/** The share in the span of the largest ones' eigenvectors; of one run with several of them also the share along the first. */
function alignments(runs: readonly RunData[], view: ChartView, log: boolean): Curve[] {
  const labels = runLabels(runs.map(({ run }) => run));
  return runs.flatMap(({ run, curvature }, index) => {
    const most = Math.max(1, ...ranksOf(curvature));
    const upTo = runs.length === 1 && most > 1 ? [most, 1] : [most];
    return upTo.map((last) => {
      const line = new PolylineBuilder(curvature.rank.length, log, view.logX);
      let share = 0;
      for (let row = 0; row < curvature.rank.length; row++) {
        if (curvature.rank[row]! < 1) continue;
        if (curvature.rank[row] === 1) share = 0;
        share += curvature.alignment[row]!;
        if (curvature.rank[row] === last && within(curvature.epoch[row]!, view) && !Number.isNaN(share))
          line.add(curvature.epoch[row]!, share);
      }
      const span = last === 1 ? 'first eigenvector' : `first ${last} eigenvectors`;
      return {
        name: runs.length > 1 ? labels[index]! : span,
        run,
        line: line.finish(),
        errors: new Float64Array(),
        ends: [],
      };
    });
  });
}

/** The ranks of the largest in order, and last that of the smallest. */
function ranksOf({ rank }: CurvatureColumns): number[] {
  const all = [...new Set(rank)].sort((a, b) => a - b);
  return [...all.filter((each) => each !== smallestRank), ...all.filter((each) => each === smallestRank)];
}

function nameOf(rank: number, ranks: readonly number[]): string {
  if (rank === smallestRank) return 'λ_min';
  return ranks.includes(2) ? `λ${subscript(rank)}` : 'λ_max';
}

function subscript(rank: number): string {
  return [...String(rank)].map((digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]).join('');
}

function bars(
  index: number,
  line: Polyline,
  errors: Float64Array,
  color: string,
  style: ChartStyle,
): CustomSeriesOption {
  return errorBars(`residual.${index}`, line, errors, color, style);
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
function table(key: ChartedKey<'curvature'>, runs: readonly RunData[], curves: Curve[]): Table {
  const several = runs.length > 1;
  const withResidual = key !== 'alignment';
  const withEnd = key === 'spectral_norm';
  const rows = curves.flatMap(({ name, run, line, errors, ends }) =>
    Array.from({ length: line.count }, (_, point) => [
      ...(several ? [run.run, run.name] : [name]),
      line.flat[2 * point]!,
      line.flat[2 * point + 1]!,
      ...(withResidual ? [errors[point]!] : []),
      ...(withEnd ? [ends[point] ?? null] : []),
    ]),
  );
  const columns = [
    ...(several ? ['run', 'name'] : ['curve']),
    'epoch',
    key,
    ...(withResidual ? ['residual'] : []),
    ...(withEnd ? ['end'] : []),
  ];
  return { columns, rows };
}

function emptyReason(runs: readonly RunData[], key: ChartedKey<'curvature'>, { log }: ChartView): string {
  const measured = runs.some(({ curvature }) => curvature.rank.length > 0);
  if (key === 'spectral_norm' && measured && runs.every(({ curvature }) => spectralNorms(curvature).length === 0))
    return 'Only the largest eigenvalues were measured in this run, before the smallest was too; the spectral norm needs both. Run it again to measure them.';
  if (measured)
    return log ? 'Nothing above zero was measured here; a linear axis shows it.' : 'Nothing finite was measured here.';
  const { run } = runs[0]!;
  return run.experiment.probes.hessian.method === 'none'
    ? 'Curvature was not measured in this run; choose a method for Hessian eigenvalues (probes.hessian.method) in the experiment.'
    : nothingRecorded(run, 'the first measurement of curvature fills it');
}

function describe(title: string, curves: Curve[]): string {
  const parts = curves.map(({ name, line: { flat, count } }) =>
    count === 0
      ? `${name}: nothing measured`
      : `${name}: ${formatNumber(flat[1])} to ${formatNumber(flat[2 * count - 1])} over epochs ${formatNumber(flat[0])} to ${formatNumber(flat[2 * count - 2])}`,
  );
  return `${title} against the epoch. ${parts.join('; ')}.`;
}
