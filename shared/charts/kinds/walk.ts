/** The walk: the paper's figure. Training loss between the iterations' hairlines, the dashed floor, the barriers. */
import type { SeriesOption } from 'echarts';
import { formatNumber } from '../../format.ts';
import { lowerBound } from '../../ordered.ts';
import type { IterationColumns, SliceColumns } from '../../records.ts';
import { makeChart } from '../chart.ts';
import type { Chart, ChartView, Readout, RunData, Table } from '../chart.ts';
import { defineChart, iterationPlaces } from '../define.ts';
import { frame } from '../drawing/frame.ts';
import type { LegendEntry } from '../drawing/legend.ts';
import { iterationReadout, stepAt } from '../drawing/iteration-readout.ts';
import { endsOf, PolylineBuilder, unionExtent } from '../drawing/polyline.ts';
import { bandErrors } from '../../noise.ts';
import { answerAt, belowResolution } from '../../resolution.ts';
import { nothingRecorded } from '../../runs/status-words.ts';
import { sequentialOf } from '../../sequential/settings.ts';
import type { Polyline } from '../drawing/polyline.ts';
import { bandSeries, endsAround, hairlineSeries, lineSeries, pointSeries } from '../drawing/series.ts';
import { lineStyle } from '../drawing/looks.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { counted, logNote } from '../drawing/text.ts';
import { onSteps } from '../drawing/step-slices.ts';
import { iterationSpan, rowsWithin } from '../drawing/view.ts';
import { lossUnitOf, lossWords } from '../drawing/loss-unit.ts';

/** The walk. */
export const walk = defineChart({
  key: 'walk',
  help: 'Training loss with the slices between the iterations and the dashed valley floor: the paper’s figure.',
  options: {},
  title: () => 'Walk: loss and valley floor',
  records: () => ['iterations', 'slices'],
  several: false,
  log: () => true,
  logX: () => false,
  places: () => iterationPlaces,
  analysis: null,
  menus: ['figures'],
  exported: [{ name: 'walk', needs: 'slices', spec: { chart: 'walk' } }],
  build: ([data], _spec, style, view) => walkChart(data, style, view),
});

/** Names of the walk's series, as in its legend. */
const walkSeries = {
  slices: 'training loss',
  floor: 'valley floor',
  batch: 'batch loss',
  barriers: 'barrier',
  band: `± ${bandErrors} standard errors`,
} as const;

/** The numbers that the walk draws. */
export interface WalkNumbers {
  /** ℓ_t(α) at x = t + α, broken where iterations were not probed. */
  slices: Polyline;
  /** Standard error at each point of `slices`; NaN on the whole set. */
  errors: Float64Array;
  /** Whether one of them is above zero. */
  isNoisy: boolean;
  /** Iteration and α of each point of `slices`. */
  iteration: Float64Array;
  alpha: Float64Array;
  /** f_t at x = t + α*_t, with the iteration and α* of each. */
  floor: Polyline;
  floorIteration: number[];
  floorAlpha: number[];
  /** Batch loss at x = t where t was not probed. */
  batch: Polyline;
  /** ℓ_B(α) at x = t + α, a stretch an iteration, where the batch's own loss was measured; and at each point of `slices`, NaN where not. */
  batchAlong: Polyline;
  batchLosses: Float64Array;
  /** Barriers, above what the evaluation resolves, at their highest interior point. */
  barriers: Polyline;
  barrierIteration: number[];
  barrierAlpha: number[];
  barrierHeight: number[];
  /** Iterations with an interior floor, and those of which floor or barrier lies below what the evaluation resolves. */
  interior: number;
  unresolved: number;
  /** Where slices meet or end. */
  meetings: Float64Array;
}

/** The numbers of whole walks, made once for as long as their slices are there: a walk in another size has the same. */
const kept = new WeakMap<SliceColumns, { iterations: IterationColumns; log: boolean; numbers: WalkNumbers }>();

/** Computes what the walk draws. */
export function walkNumbers(run: Pick<RunData, 'iterations' | 'slices'>, view: ChartView): WalkNumbers {
  const data = { iterations: run.iterations, slices: onSteps(run.slices) };
  const { log = false, range } = view;
  if (range) return madeNumbers(data, view);
  const known = kept.get(data.slices);
  if (known?.iterations === data.iterations && known.log === log) return known.numbers;
  const numbers = madeNumbers(data, view);
  kept.set(data.slices, { iterations: data.iterations, log, numbers });
  return numbers;
}

function madeNumbers({ iterations, slices }: Pick<RunData, 'iterations' | 'slices'>, view: ChartView): WalkNumbers {
  const log = view.log ?? false;
  const [firstPoint, afterPoints] = rowsWithin(slices.iteration, view);
  const points = afterPoints - firstPoint;
  const line = new PolylineBuilder(points, log);
  /** The columns of the points that are drawn: those of the slices themselves, until a point is left out. */
  const drawnOf = (column: Float64Array): Float64Array => column.subarray(firstPoint, afterPoints);
  let [errors, iteration, alpha, own] = [slices.standard_error, slices.iteration, slices.alpha, slices.batch_loss].map(
    drawnOf,
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  // no room is kept where the batch was not measured along any step
  const hasBatch = Number.isFinite(endsOf(slices.batch_loss)[0]);
  const batchAlong = new PolylineBuilder(hasBatch ? points : 0, log);
  const meetings: number[] = [];

  let drawn = 0;
  let previous = NaN;
  const close = (): void => {
    if (!Number.isNaN(previous)) meetings.push(previous + 1);
  };
  for (let row = firstPoint; row < afterPoints; row++) {
    const t = slices.iteration[row]!;
    if (t !== previous) {
      if (t !== previous + 1) {
        close();
        line.gap();
      }
      batchAlong.gap();
      meetings.push(t);
      previous = t;
    }
    const a = slices.alpha[row]!;
    batchAlong.add(t + a, slices.batch_loss[row]!);
    if (!line.add(t + a, slices.loss[row]!)) {
      if (drawn === row - firstPoint)
        [errors, iteration, alpha, own] = [errors.slice(), iteration.slice(), alpha.slice(), own.slice()];
      continue;
    }
    if (drawn < row - firstPoint) {
      errors[drawn] = slices.standard_error[row]!;
      iteration[drawn] = t;
      alpha[drawn] = a;
      own[drawn] = slices.batch_loss[row]!;
    }
    drawn++;
  }
  close();

  const [first, after] = rowsWithin(iterations.iteration, view);
  const count = after - first;
  const floor = new PolylineBuilder(count, log);
  const batch = new PolylineBuilder(count, log);
  const barriers = new PolylineBuilder(count, log);
  const [floorIteration, floorAlpha]: [number[], number[]] = [[], []];
  const [barrierIteration, barrierAlpha, barrierHeight]: [number[], number[], number[]] = [[], [], []];
  let [interior, unresolved] = [0, 0];
  let probedBefore = NaN;
  for (let row = first; row < after; row++) {
    const t = iterations.iteration[row]!;
    const lowest = iterations.floor_loss[row]!;
    const lowestAt = iterations.floor_alpha[row]!;
    if (Number.isNaN(lowestAt) && Number.isNaN(lowest)) {
      batch.add(t, iterations.batch_loss[row]!);
      continue;
    }
    batch.gap();
    if (t !== probedBefore + 1) floor.gap();
    probedBefore = t;
    if (floor.add(t + lowestAt, lowest)) {
      floorIteration.push(t);
      floorAlpha.push(lowestAt);
    }
    const floored = answerAt(iterations, row, 'interior_floor');
    const crossed = answerAt(iterations, row, 'barrier');
    interior += Number(floored === 'yes');
    unresolved += Number(floored === 'below' || crossed === 'below');
    const height = iterations.barrier_height[row]!;
    const peakAt = crossed === 'yes' ? peakOf(slices, t) : null;
    if (peakAt !== null) {
      const top = Math.max(iterations.loss_before[row]!, iterations.loss_after[row]!) + height;
      if (barriers.add(t + peakAt, top)) {
        barrierIteration.push(t);
        barrierAlpha.push(peakAt);
        barrierHeight.push(height);
      }
    }
  }
  errors = errors.subarray(0, drawn);
  return {
    slices: line.finish(),
    errors,
    isNoisy: errors.some((error) => error > 0),
    iteration: iteration.subarray(0, drawn),
    alpha: alpha.subarray(0, drawn),
    floor: floor.finish(),
    floorIteration,
    floorAlpha,
    batch: batch.finish(),
    batchAlong: batchAlong.finish(),
    batchLosses: own.subarray(0, drawn),
    barriers: barriers.finish(),
    barrierIteration,
    barrierAlpha,
    barrierHeight,
    interior,
    unresolved,
    meetings: Float64Array.from(meetings),
  };
}

/** α of the highest interior point of an iteration's slice, the first where several tie; null where there is none. */
function peakOf({ iteration, alpha, loss }: SliceColumns, t: number): number | null {
  let [peak, peakAt]: [number, number | null] = [-Infinity, null];
  for (let row = lowerBound(iteration, t); iteration[row] === t; row++) {
    const at = alpha[row]!;
    if (at > 0 && at < 1 && loss[row]! > peak) [peak, peakAt] = [loss[row]!, at];
  }
  return peakAt;
}

/** Above so many probed iterations paper shows the walk as an envelope; the window thins what is in view, see thin.ts. */
const manySlices = 600;

/** Builds the walk of one run. */
function walkChart(data: RunData, style: ChartStyle, view: ChartView): Chart {
  const numbers = walkNumbers(data, view);
  const { slices, errors, isNoisy, floor, batch, batchAlong, barriers, meetings } = numbers;
  const { palette, lines } = style;
  const color = lineStyle(0, style).color;
  const width = style.medium === 'paper' && meetings.length > manySlices ? lines.thin : lines.bold;
  const readout = walkReadout(data, numbers);

  const series: SeriesOption[] = [];
  const legend: LegendEntry[] = [];
  if (meetings.length > 0) series.push(hairlineSeries('walk.hairlines', meetings, style));
  if (slices.count > 0) {
    series.push(
      ...lineSeries('walk.slices', walkSeries.slices, slices, { color, width, z: 4 }, style),
      ...lineSeries(
        'walk.floor',
        walkSeries.floor,
        floor,
        {
          color: palette.floor,
          width: Math.min(width, lines.normal),
          dash: [lines.normal * 3.5, lines.normal * 2],
          z: 5,
        },
        style,
      ),
    );
    legend.push({ name: walkSeries.slices, drawn: 'line' }, { name: walkSeries.floor, drawn: 'line' });
  }
  if (isNoisy) {
    const halfWidths = errors.map((error) => bandErrors * error);
    series.push(bandSeries('walk.band', walkSeries.band, slices, endsAround(slices, halfWidths), color));
    legend.push({ name: walkSeries.band, drawn: 'rect' });
  }
  if (barriers.count > 0) {
    const point = { color: palette.barrier, symbol: 'triangle', size: style.marker };
    series.push(
      pointSeries('walk.barriers', walkSeries.barriers, barriers, { ...point, offset: [0, -style.marker * 0.9], z: 6 }),
    );
    legend.push({ name: walkSeries.barriers, drawn: 'triangle' });
  }
  if (batchAlong.count > 0) {
    const look = { color: palette.batch, width: lines.normal, z: 3 };
    series.push(...lineSeries('walk.along', walkSeries.batch, batchAlong, look, style));
    if (batch.count === 0) legend.push({ name: walkSeries.batch, drawn: 'line' });
  }
  if (batch.count > 0) {
    series.push(
      ...lineSeries('walk.batch', walkSeries.batch, batch, { color: palette.batch, width: lines.thin, z: 2 }, style),
    );
    legend.push({ name: walkSeries.batch, drawn: 'line' });
  }

  const lost = logNote(slices.leftOut + batch.leftOut + batchAlong.leftOut);
  const notes = [
    slices.count === 0 && batch.count > 0 ? 'no iteration was probed here: only the batch loss is drawn' : null,
    unresolvedNote(numbers.unresolved),
    isNoisy ? `${estimatedOn(data)}; the band is two standard errors to each side` : null,
    lost,
  ].filter((note) => note !== null);

  return makeChart({
    title: 'Training loss along the walk, ℓₜ(α)',
    description: describe(data, numbers),
    option: {
      ...frame(
        style,
        { title: 'Iteration', whole: true, extent: iterationSpan([data], [slices, batch], style, view) },
        {
          // a batch's loss is not the training loss
          title: batch.count + batchAlong.count > 0 ? 'Loss' : 'Training loss',
          symbol: '',
          unit: lossUnitOf([data]),
          log: view.log ?? false,
          extent: unionExtent([slices, batch, batchAlong]),
        },
        legend,
        readout,
        lost,
      ),
      series,
    },
    makeTable: () => walkTable(numbers),
    empty:
      slices.count + batch.count > 0
        ? null
        : nothingRecorded(data.run, 'the training loss of its first iterations fills it'),
    notes,
    readout,
  });
}

/** Reads the slice's point at or before x and the values of its iteration. */
function walkReadout(data: RunData, { slices, iteration, alpha }: WalkNumbers): (x: number) => Readout | null {
  const values = iterationReadout([data], ['batch_loss']);
  return (x) => {
    const t = stepAt(data.iterations, x);
    const read = values(t);
    let [low, high] = [0, slices.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (slices.flat[2 * middle]! <= x + 1e-9) low = middle + 1;
      else high = middle;
    }
    const point = low - 1;
    if (!read || point < 0 || iteration[point] !== t || alpha[point] === 0) return read;
    const place = `α = ${formatNumber(alpha[point])}`;
    const loss = { label: `Training loss at ${place}`, value: lossWords(slices.flat[2 * point + 1], data) };
    return { title: `${read.title}, ${place}`, rows: [loss, ...read.rows] };
  };
}

/** What losses with standard errors were estimated on. */
function estimatedOn({ run }: RunData): string {
  return sequentialOf(run.experiment.probes.interpolation.evaluateOn)
    ? 'points between iterations are estimated on samples'
    : 'the loss is estimated on a subset';
}

/** What cannot be told of floors and barriers; null where everything can. */
function unresolvedNote(unresolved: number): string | null {
  return unresolved === 0 ? null : `in ${counted(unresolved, 'step')} floor or barrier lies ${belowResolution}`;
}

function describe(data: RunData, numbers: WalkNumbers): string {
  const { run } = data;
  const { slices, floorAlpha, barriers, batch, meetings, interior, unresolved } = numbers;
  if (slices.count === 0) {
    if (batch.count === 0) return `Training loss of ${run.name}: nothing to draw.`;
    const [from, to] = [batch.flat[0]!, batch.flat.at(-2)!];
    return `Batch loss of ${run.name} over iterations ${from} to ${to}: from ${formatNumber(batch.flat[1])} to ${lossWords(batch.flat.at(-1), data)}; no iteration was probed.`;
  }
  const [first, last] = [slices.flat[1], slices.flat.at(-1)];
  return (
    `Training loss of ${run.name} along the walk, iterations ${meetings[0]} to ${meetings.at(-1)}: ` +
    `from ${formatNumber(first)} to ${lossWords(last, data)}; ${interior} of ${counted(floorAlpha.length, 'step')} pass over an ` +
    `interior valley floor; ${counted(barriers.count, 'barrier')} crossed` +
    `${unresolved === 0 ? '' : `; ${unresolvedNote(unresolved)}`}.`
  );
}

/** One row for each point that is drawn: slice points in order, and iterations that were not probed by their batch loss. */
function walkTable(numbers: WalkNumbers): Table {
  const { slices, errors, iteration, alpha, floor, batch, barrierHeight } = numbers;
  const columns = ['iteration', 'alpha', 'x', 'loss', 'standard_error', 'floor_loss', 'barrier_height', 'batch_loss'];
  const rows: Table['rows'] = [];
  let [floorAt, barrierAt, batchAt] = [0, 0, 0];
  const batchBefore = (t: number): void => {
    for (; batchAt < batch.count && batch.flat[2 * batchAt]! < t; batchAt++) {
      const at = batch.flat[2 * batchAt]!;
      rows.push([at, null, at, null, null, null, null, batch.flat[2 * batchAt + 1]!]);
    }
  };
  for (let index = 0; index < slices.count; index++) {
    const [t, a, error] = [iteration[index]!, alpha[index]!, errors[index]!];
    batchBefore(t);
    let lowest: number | null = null;
    if (numbers.floorIteration[floorAt] === t && numbers.floorAlpha[floorAt] === a)
      lowest = floor.flat[2 * floorAt++ + 1]!;
    let height: number | null = null;
    if (numbers.barrierIteration[barrierAt] === t && numbers.barrierAlpha[barrierAt] === a)
      height = barrierHeight[barrierAt++]!;
    const [x, loss] = [slices.flat[2 * index]!, slices.flat[2 * index + 1]!];
    const own = numbers.batchLosses[index]!;
    rows.push([t, a, x, loss, Number.isNaN(error) ? null : error, lowest, height, Number.isNaN(own) ? null : own]);
  }
  batchBefore(Infinity);
  return { columns, rows };
}
