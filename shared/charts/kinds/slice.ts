/** One slice: the loss between the parameters before and after an update, its floor, and the parabola around it. */
import type { SeriesOption } from 'echarts';
import { z } from 'zod';
import { formatNumber } from '../../format.ts';
import { bandErrors, sliceNoise } from '../../noise.ts';
import { answerAt, belowResolution } from '../../resolution.ts';
import type { SliceFlag, AnswerInWords } from '../../resolution.ts';
import type { SliceNoise } from '../../noise.ts';
import { nothingRecorded } from '../../runs/status-words.ts';
import { nearFloorWords, sampleWords } from '../../sequential/words.ts';
import type { SampledSlice } from '../../sequential/words.ts';
import { makeChart } from '../chart.ts';
import type { Chart, ChartView, Readout, RunData, Table } from '../chart.ts';
import { defineChart } from '../define.ts';
import { frame } from '../drawing/frame.ts';
import type { LegendEntry } from '../drawing/legend.ts';
import { rowOf } from '../drawing/iteration-readout.ts';
import { fitParabola, parabolaAt } from '../drawing/parabola.ts';
import type { Parabola } from '../drawing/parabola.ts';
import { PolylineBuilder } from '../drawing/polyline.ts';
import type { Polyline } from '../drawing/polyline.ts';
import { bandSeries, endsAround, lineSeries, pointSeries } from '../drawing/series.ts';
import { drawnLine, lineSearchNote, pointsOf } from '../drawing/line-drawn.ts';
import type { SlicePoints } from '../drawing/line-drawn.ts';
import { drawnStepParabola, stepParabolaNote } from '../drawing/step-parabola-drawn.ts';
import type { DrawnStepParabola } from '../drawing/step-parabola-drawn.ts';
import { onSteps } from '../drawing/step-slices.ts';
import { lineStyle } from '../drawing/looks.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { formatCount, logNote } from '../drawing/text.ts';
import { lossUnitOf, lossWords } from '../drawing/loss-unit.ts';

/** The slice of one iteration. */
export const slice = defineChart({
  key: 'slice',
  help: 'The loss between the parameters before and after one update, its floor, and the parabola around it.',
  options: {
    iteration: { title: 'Iteration', control: 'number', whole: true, initial: 0, schema: z.int().min(0) },
  },
  title: ({ iteration }) => `Slice of iteration ${formatCount(iteration)}`,
  records: () => ['iterations', 'slices'],
  sliceOf: ({ iteration }) => iteration,
  several: false,
  log: () => true,
  logX: () => false,
  places: () => null,
  analysis: null,
  menus: ['figures'],
  exported: [],
  build: ([data], { iteration }, style, view) => sliceChart(data, iteration, style, view),
});

/** Names of the slice's series, as in its legend. */
const sliceSeries = {
  points: 'training loss',
  parabola: 'parabola',
  step: 'parabola of the step',
  extrapolated: 'extrapolated floor',
  floor: 'floor',
  barrier: 'barrier',
  band: 'noise band',
  sampling: `± ${bandErrors} standard errors`,
  rounding: 'rounding noise',
} as const;

/** A noise band narrower than this share of the vertical axis is a line nobody sees: no entry in the legend. */
const visibleShare = 1 / 150;

/** Points of the parabola's curve in each interval between measured points. */
const curvePoints = 6;

/** Builds the slice of iteration t. */
function sliceChart(data: RunData, t: number, style: ChartStyle, view: ChartView): Chart {
  const all = pointsOf(data, t);
  // floor, parabola and barrier are those of the step
  const { alphas, losses } = pointsOf({ slices: onSteps(data.slices) }, t);
  const log = view.log ?? false;
  const noise = sliceNoise(all.losses, all.errors, resolutionOf(data, t));
  const line = new PolylineBuilder(all.alphas.length, log);
  const bands: number[] = [];
  for (const [index, alpha] of all.alphas.entries())
    if (line.add(alpha, all.losses[index]!)) bands.push(noise.half[index]!);
  const points = line.finish();
  const noisy = noise.kind === 'sampling';
  const step = drawnStepParabola(data, t, losses, log);
  // beyond the step that of the whole step is told instead
  const parabola = points.count > 0 && !step?.curve ? fitParabola(alphas, losses) : null;
  const curve = parabola ? curveOf(parabola, alphas, losses, log) : null;
  const { palette, lines } = style;
  const color = lineStyle(0, style).color;

  const series: SeriesOption[] = [];
  const legend: LegendEntry[] = [];
  // on screen there is little room, and the note below says which noise
  const band = style.medium === 'screen' ? sliceSeries.band : sliceSeries[noise.kind];
  if (points.count > 0) series.push(bandSeries('slice.band', band, points, endsAround(points, bands), color));
  const thin = { color, width: lines.thin, marker: 'circle', z: 4 };
  series.push(...lineSeries('slice.points', sliceSeries.points, points, thin, style));
  if (points.count > 0) legend.push({ name: sliceSeries.points, drawn: 'marked line' });
  if (curve && curve.count > 0) {
    const dashed = { color: palette.muted, width: lines.normal, dash: [lines.normal * 3.5, lines.normal * 2], z: 3 };
    series.push(...lineSeries('slice.parabola', sliceSeries.parabola, curve, dashed, style));
    legend.push({ name: sliceSeries.parabola, drawn: 'line' });
  }
  if (step?.curve && step.lowest) {
    const dotted = { color: palette.floor, width: lines.thin, dash: [lines.normal, lines.normal * 2], z: 3 };
    series.push(...lineSeries('slice.step', sliceSeries.step, step.curve, dotted, style));
    legend.push({ name: sliceSeries.step, drawn: 'line' });
    const marker = { color: palette.floor, symbol: 'diamond', size: style.marker * 2, z: 5 };
    series.push(pointSeries('slice.extrapolated', sliceSeries.extrapolated, step.lowest, marker));
    legend.push({ name: sliceSeries.extrapolated, drawn: 'marker', marker: 'diamond' });
  }
  const lowest = floorOf(alphas, losses);
  if (lowest) {
    const floor = new PolylineBuilder(1, log);
    floor.add(lowest.alpha, lowest.loss);
    const marker = { color: palette.floor, symbol: 'circle', size: style.marker * 1.7, z: 5 };
    series.push(pointSeries('slice.floor', sliceSeries.floor, floor.finish(), marker));
    legend.push({ name: sliceSeries.floor, drawn: 'circle' });
  }
  const peak = barrierOf(data, t, alphas, losses);
  if (peak) {
    const barrier = new PolylineBuilder(1, log);
    barrier.add(peak.alpha, peak.loss);
    const marker = { color: palette.barrier, symbol: 'triangle', size: style.marker * 1.3, z: 6 };
    const offset: [number, number] = [0, -style.marker * 1.4];
    series.push(pointSeries('slice.barrier', sliceSeries.barrier, barrier.finish(), { ...marker, offset }));
    legend.push({ name: sliceSeries.barrier, drawn: 'triangle' });
  }
  const beside = drawnLine(all, log, style);
  series.push(...beside.series);
  legend.push(...beside.legend);
  const extent = spread(points, bands, [beside.batch, step?.lowest]);
  if (extent && 2 * Math.max(...bands) > visibleShare * (extent[1] - extent[0]))
    legend.push({ name: band, drawn: 'rect' });

  const readout = readoutOf(data, all, noise, parabola);
  const lost = logNote(points.leftOut);
  return makeChart({
    title: `Slice of iteration ${formatCount(t)}, ${sliceSymbol(t)}(α)`,
    description: describe(data, t, { alphas, losses }, parabola, noisy),
    option: {
      ...frame(
        style,
        {
          title: 'Position between the parameters, α',
          whole: false,
          extent: reachOf(all.alphas, step),
          ends: ['before', 'after'],
        },
        {
          // a batch's loss is not the training loss
          title: beside.batch.count > 0 ? 'Loss' : 'Training loss',
          // beside the walk in a small window; figures from before stay the same bytes
          ...(style.medium === 'screen' ? { short: 'Loss' } : {}),
          symbol: '',
          unit: lossUnitOf([data]),
          log,
          extent,
          pinned: true,
        },
        legend,
        readout,
        lost,
      ),
      ...(style.medium === 'screen' ? { dataZoom: [] } : {}),
      series,
    },
    makeTable: () => sliceTable(all, noise, curve, log),
    empty: points.count > 0 ? null : emptyReason(data, t),
    notes: [
      parabola ? parabolaNote(data, parabola) : null,
      step ? stepParabolaNote(step) : null,
      lineSearchNote(data, t),
      points.count > 0 ? noiseNote(data, noise, sampledOf(data, t)) : null,
      lost,
    ].filter((note) => note !== null),
    readout,
  });
}

/** Ends of the horizontal axis: those of the step, of what was evaluated, or of its parabola. */
function reachOf(alphas: readonly number[], step: DrawnStepParabola | null): [number, number] {
  const flat = step?.curve?.flat ?? [];
  return [Math.min(0, alphas[0] ?? 0, flat[0] ?? 0), Math.max(1, alphas.at(-1) ?? 1, flat.at(-2) ?? 1)];
}

/** Smallest and greatest loss, bands and other lines included. */
function spread(
  { flat, count }: Polyline,
  errors: number[],
  others: readonly (Polyline | null | undefined)[],
): [number, number] | null {
  if (count === 0) return null;
  let [low, high] = [Infinity, -Infinity];
  for (let index = 0; index < count; index++) {
    const loss = flat[2 * index + 1]!;
    low = Math.min(low, loss - (errors[index]! || 0));
    high = Math.max(high, loss + (errors[index]! || 0));
  }
  for (const other of others)
    for (let index = 0; index < (other?.count ?? 0); index++) {
      const loss = other!.flat[2 * index + 1]!;
      [low, high] = [Math.min(low, loss), Math.max(high, loss)];
    }
  return [low, high];
}

function sliceSymbol(t: number): string {
  const digits = '₀₁₂₃₄₅₆₇₈₉';
  return `ℓ${[...String(t)].map((digit) => digits[Number(digit)]).join('')}`;
}

function floorOf(alphas: number[], losses: number[]): { alpha: number; loss: number } | null {
  let found: { alpha: number; loss: number } | null = null;
  for (const [index, loss] of losses.entries())
    if (Number.isFinite(loss) && (found === null || loss < found.loss)) found = { alpha: alphas[index]!, loss };
  return found;
}

/** The resolution of iteration t's slice as it was measured; null where it was not. */
function resolutionOf({ iterations }: RunData, t: number): number | null {
  const resolution = iterations.loss_resolution[rowOf(iterations, t)];
  return resolution === undefined || Number.isNaN(resolution) ? null : resolution;
}

/** What the record of iteration t says to a question about its slice; null where there is no such record. */
function answerOf({ iterations }: RunData, t: number, flag: SliceFlag): AnswerInWords {
  const row = rowOf(iterations, t);
  return row < 0 ? null : answerAt(iterations, row, flag);
}

/** The highest interior point of a barrier; null where there is none above what the evaluation resolves. */
function barrierOf(
  data: RunData,
  t: number,
  alphas: number[],
  losses: number[],
): { alpha: number; loss: number } | null {
  if (answerOf(data, t, 'barrier') !== 'yes') return null;
  const ends = Math.max(losses[0] ?? NaN, losses.at(-1) ?? NaN);
  let found: { alpha: number; loss: number } | null = null;
  for (let index = 1; index < losses.length - 1; index++) {
    const loss = losses[index]!;
    if (loss > ends && (found === null || loss > found.loss)) found = { alpha: alphas[index]!, loss };
  }
  return found;
}

/** The parabola over [0, 1], as far as it stays beside the measured losses; measured α are among its points. */
function curveOf(parabola: Parabola, alphas: number[], losses: number[], log: boolean) {
  const finite = losses.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const margin = (high - low) * 0.15;
  const curve = new PolylineBuilder(alphas.length * curvePoints, false);
  for (let index = 0; index < alphas.length; index++) {
    const next = alphas[index + 1];
    for (let step = 0; step < (next === undefined ? 1 : curvePoints); step++) {
      const alpha = alphas[index]! + (next === undefined ? 0 : ((next - alphas[index]!) * step) / curvePoints);
      const value = parabolaAt(parabola, alpha);
      if (value <= high + margin && value >= low - margin && (!log || value > 0)) curve.add(alpha, value);
      else curve.gap();
    }
  }
  return curve.finish();
}

function emptyReason({ run, iterations }: RunData, t: number): string {
  if (iterations.iteration.length === 0) return nothingRecorded(run, 'its probed iterations fill it');
  if (rowOf(iterations, t) < 0)
    return `Iteration ${formatCount(t)} of “${run.name}” is not there: it has ${formatCount(run.iterations_done)} of ${formatCount(run.iterations_total)} iterations.`;
  return `Iteration ${formatCount(t)} of “${run.name}” was not probed; choose one inside a probe window, or widen the windows in a new run.`;
}

function parabolaNote(data: RunData, { a, points, vertex }: Parabola): string {
  const fit =
    points === 3
      ? 'parabola through the 3 points at the floor'
      : `least-squares parabola through the ${points} points around the floor`;
  if (!vertex) return `${fit}: ${a > 0 ? 'lowest beyond the ends of the step' : 'it opens downwards'}`;
  return `${fit}: lowest at α = ${formatNumber(vertex.alpha)}, ${lossWords(vertex.loss, data)}`;
}

/** What the record of iteration t says of its sample. */
function sampledOf(data: RunData, t: number): SampledSlice {
  const { iterations } = data;
  const row = rowOf(iterations, t);
  const at = (column: Float64Array): number => column[row] ?? NaN;
  const { slice_examples: examples, slice_tolerance: tolerance, slice_confidence: confidence } = iterations;
  const known = pointsOf(data, t).errors.slice(1, -1).filter(Number.isNaN).length;
  return { examples: at(examples), known, tolerance: at(tolerance), confidence: at(confidence) };
}

function noiseNote(data: RunData, { half, kind }: SliceNoise, sampled: SampledSlice): string {
  const how = sampleWords(sampled, data.run.experiment.data.train);
  const band = bandNote(data, half, kind);
  return how === null
    ? band
    : kind === 'sampling'
      ? `${how}; the band is two standard errors to each side`
      : `${how}; ${band}`;
}

function bandNote(data: RunData, half: readonly number[], kind: SliceNoise['kind']): string {
  if (kind === 'sampling') return 'the loss is estimated on a subset; the band is two standard errors to each side';
  return `noise band: rounding, ± ${lossWords(Math.max(...half), data)}`;
}

function readoutOf(
  data: RunData,
  { alphas, losses, batch }: SlicePoints,
  noise: SliceNoise,
  parabola: Parabola | null,
): (x: number) => Readout | null {
  return (x) => {
    if (alphas.length === 0) return null;
    let nearest = 0;
    for (const [index, alpha] of alphas.entries())
      if (Math.abs(alpha - x) < Math.abs(alphas[nearest]! - x)) nearest = index;
    const alpha = alphas[nearest]!;
    const rows = [
      { label: 'Training loss', value: lossWords(losses[nearest], data) },
      {
        label: noise.kind === 'sampling' ? 'Two standard errors' : 'Rounding noise',
        value: lossWords(noise.half[nearest], data),
      },
    ];
    if (!Number.isNaN(batch[nearest]!)) rows.push({ label: 'Batch loss', value: lossWords(batch[nearest], data) });
    if (parabola) rows.push({ label: 'Parabola', value: lossWords(parabolaAt(parabola, alpha), data) });
    return { title: `α = ${formatNumber(alpha)}`, rows };
  };
}

/** Measured points and the curve's points, by α; the batch's losses where there are some. */
function sliceTable(
  { alphas, losses, errors, batch }: SlicePoints,
  noise: SliceNoise,
  curve: ReturnType<typeof curveOf> | null,
  log: boolean,
): Table {
  const rows = new Map<number, [number, ...(number | null)[]]>();
  const shown = (loss: number): boolean => Number.isFinite(loss) && (!log || loss > 0);
  for (const [index, alpha] of alphas.entries()) {
    const [loss, error, own] = [losses[index]!, errors[index]!, batch[index]!];
    if (!shown(loss) && !shown(own)) continue;
    const measured = shown(loss) ? [loss, Number.isNaN(error) ? null : error, noise.half[index]!] : [null, null, null];
    rows.set(alpha, [alpha, ...measured, null, shown(own) ? own : null]);
  }
  for (let index = 0; curve && index < curve.count; index++) {
    const [alpha, value] = [curve.flat[2 * index]!, curve.flat[2 * index + 1]!];
    const row = rows.get(alpha) ?? [alpha, null, null, null, null, null];
    row[4] = value;
    rows.set(alpha, row);
  }
  const sorted = [...rows.values()].sort((one, other) => one[0] - other[0]);
  const columns = ['alpha', 'loss', 'standard_error', 'noise', 'parabola', 'batch_loss'];
  // slices without a batch keep the table that they had
  const count = batch.some((loss) => !Number.isNaN(loss)) ? columns.length : columns.length - 1;
  return { columns: columns.slice(0, count), rows: sorted.map((row) => row.slice(0, count)) };
}

function describe(
  data: RunData,
  t: number,
  { alphas, losses }: { alphas: number[]; losses: number[] },
  parabola: Parabola | null,
  noisy: boolean,
): string {
  const { name } = data.run;
  const lowest = floorOf(alphas, losses);
  if (!lowest) return `Slice of iteration ${t} of ${name}: nothing to draw.`;
  const peak = barrierOf(data, t, alphas, losses);
  const below = answerOf(data, t, 'barrier') === 'below';
  const before = lossWords(losses[0], data);
  const after = lossWords(losses.at(-1), data);
  const sampled = sampledOf(data, t);
  const how = sampleWords(sampled, data.run.experiment.data.train);
  const vertex = parabola?.vertex ? `, parabola lowest at α = ${formatNumber(parabola.vertex.alpha)}` : '';
  return (
    `Training loss of ${name} between iterations ${t} and ${t + 1}: ${before} before, ${after} after, ` +
    `floor ${lossWords(lowest.loss, data)} at α = ${formatNumber(lowest.alpha)}${nearFloorWords(alphas, losses, sampled)}${vertex}; ` +
    `${peak ? `a barrier at α = ${formatNumber(peak.alpha)}` : below ? `a barrier lies ${belowResolution}` : 'no barrier'}${how === null ? (noisy ? '; estimated on a subset' : '') : `; ${how}`}.`
  );
}
