/** The slices of a run as a heat map: iteration across, position α upwards, colour the loss relative to each slice's own floor or ends. */
import type { CustomSeriesOption, LineSeriesOption } from 'echarts';
import { z } from 'zod';
import { formatNumber } from '../../format.ts';
import { share } from '../../quantities/quantity.ts';
import { answerAt, belowResolution } from '../../resolution.ts';
import { nothingRecorded } from '../../runs/status-words.ts';
import { makeChart } from '../chart.ts';
import type { Chart, ChartView, RunData, Table } from '../chart.ts';
import { defineChart, iterationPlaces } from '../define.ts';
import type { ChartOptions, SpecOf } from '../define.ts';
import { cellPicture, mostColours } from '../drawing/cell-picture.ts';
import type { Cells } from '../drawing/cell-picture.ts';
import { colourBarRoom, colourBarSeries } from '../drawing/colour-bar.ts';
import { colourScale } from '../drawing/colour-scale.ts';
import type { ColourScale } from '../drawing/colour-scale.ts';
import { frame } from '../drawing/frame.ts';
import { iterationReadout, rowAt, stepAt } from '../drawing/iteration-readout.ts';
import { PolylineBuilder } from '../drawing/polyline.ts';
import type { Polyline } from '../drawing/polyline.ts';
import { drawnOnce, groupOf } from '../drawing/series.ts';
import type { Plot } from '../drawing/series.ts';
import { gridColumns, sliceGrid, sliceReferences } from '../drawing/slice-grid.ts';
import type { GridColumn, SliceGrid } from '../drawing/slice-grid.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { counted, formatCount } from '../drawing/text.ts';
import { iterationSpan, nothingMeasured } from '../drawing/view.ts';
import { lossWords, withLossUnit } from '../drawing/loss-unit.ts';

/** How values become colours. */
export const colourScales = ['linear', 'log'] as const;

const options = {
  reference: {
    title: 'Loss above',
    control: 'choice',
    choices: { floor: 'the floor of each slice', ends: 'the line between its ends' },
    schema: z.enum(sliceReferences).default('floor'),
  },
  scale: {
    title: 'Colours',
    control: 'choice',
    choices: { linear: 'linear', log: 'logarithmic' },
    schema: z.enum(colourScales).default('linear'),
  },
} as const satisfies ChartOptions;

/** A heat map's settings. */
type SliceMapSpec = SpecOf<'slice-map', typeof options>;

/** The slices as a heat map. */
export const sliceMap = defineChart({
  key: 'slice-map',
  help: 'Every slice as a heat map: iteration × α, coloured by the loss above that slice’s floor, or above the straight line between its ends.',
  options,
  title: () => 'Slices as a heat map',
  records: () => ['iterations', 'slices'],
  several: false,
  log: () => false,
  logX: () => false,
  places: () => iterationPlaces,
  analysis: null,
  menus: ['figures'],
  exported: [],
  build: ([data], spec, style, view) => sliceMapChart(data, spec, style, view),
});

const titles = {
  floor: 'Loss above the floor of each slice, ℓₜ(α) − fₜ',
  ends: 'Loss above the line between the ends of each slice',
} as const;

/** Above the colour bar. */
const barTitles = { floor: 'Loss above the floor', ends: 'Loss above its ends’ line' } as const;

/** Builds the heat map. */
function sliceMapChart(data: RunData, spec: SliceMapSpec, style: ChartStyle, view: ChartView): Chart {
  const grid = sliceGrid(data.slices, spec.reference, view);
  const drawn = grid.highest >= 0;
  const signed = spec.reference === 'ends';
  const scale = colourScale(grid.values, signed, spec.scale === 'log', grid.noise);
  const steps = stepLine(grid);
  const span = iterationSpan([data], [steps], style, view);
  const values = iterationReadout([data], ['floor_loss', 'height_before', 'height_after', 'barrier_height']);
  const readout = (x: number) => values(stepAt(data.iterations, x));
  const screen = style.medium === 'screen';
  const option = frame(
    style,
    { title: 'Iteration', whole: true, extent: span },
    {
      title: 'Position in the step, α',
      short: 'α',
      symbol: '',
      unit: null,
      log: false,
      extent: [0, 1],
      pinned: true,
      limits: share,
    },
    [],
    readout,
  );
  return makeChart({
    title: titles[spec.reference],
    description: describe(data, spec, grid),
    option: {
      ...option,
      grid: { ...(option.grid as object), right: style.fontSize * colourBarRoom, top: style.fontSize * 1.9 },
      series: drawn
        ? [
            cellSeries(grid, scale, style),
            ...(screen ? [pointedAt(steps)] : []),
            colourBarSeries('slice-map.bar', scale, withLossUnit(barTitles[spec.reference], [data]), style),
          ]
        : [],
    },
    makeTable: () => mapTable(grid, spec),
    empty: drawn
      ? null
      : data.iterations.iteration.length === 0
        ? nothingRecorded(data.run, 'its first probed iterations fill it')
        : nothingMeasured('floor_loss', [data]),
    notes: drawn ? notesOf(data, scale, signed, screen && span !== null && span[1] - span[0] > style.width) : [],
    readout,
  });
}

/** The probed steps along the iteration axis: the axis spans them, and the pointer finds them. */
function stepLine({ iterations }: SliceGrid): Polyline {
  const line = new PolylineBuilder(2 * iterations.length, false);
  for (const [index, t] of iterations.entries()) {
    if (index === 0 || iterations[index - 1] !== t - 1) line.gap();
    line.add(t, 0.5);
    if (iterations[index + 1] !== t + 1) line.add(t + 1, 0.5);
  }
  return line.finish();
}

/** An unseen line: a tooltip along an axis needs something that stands there. */
function pointedAt({ flat }: Polyline): LineSeriesOption {
  return {
    id: 'slice-map.steps',
    name: 'steps',
    type: 'line',
    data: flat as unknown as LineSeriesOption['data'],
    dimensions: ['x', 'y'],
    encode: { x: 'x', y: 'y' },
    showSymbol: false,
    sampling: 'minmax',
    lineStyle: { opacity: 0 },
    silent: true,
    animation: false,
  };
}

/** On paper cells reach so far under their neighbours, in px, so that no seam shows between them. */
const overlap = 0.5;

function cellSeries(grid: SliceGrid, scale: ColourScale, style: ChartStyle): CustomSeriesOption {
  const { iterations, alphas } = grid;
  const edges = Array.from({ length: alphas.length + 1 }, (_, k) =>
    k === 0 ? 0 : k === alphas.length ? 1 : (alphas[k - 1]! + alphas[k]!) / 2,
  );
  const [first, last] = [iterations[0]!, iterations.at(-1)! + 1];
  const series = drawnOnce('slice-map.cells', 'slices', [first, last], 2, (parameters, api) => {
    const plot = parameters.coordSys as unknown as Plot;
    const [left, bottom] = api.coord([first, 0]) as [number, number];
    const [right, top] = api.coord([last, 1]) as [number, number];
    const pixels = (right - left) / (last - first);
    const place = (t: number): number => Math.max(plot.x, Math.min(plot.x + plot.width, left + (t - first) * pixels));
    const from = first + (plot.x - left) / pixels;
    const screen = style.medium === 'screen';
    const columns = gridColumns(
      grid,
      from,
      from + plot.width / pixels,
      // half a px on paper, where a px is large
      Math.max(2, Math.floor(plot.width * (screen ? 1 : 2))),
    );
    const height = (alpha: number): number => bottom + (top - bottom) * alpha;
    const cells: Cells = { columns, heights: edges.map(height), place, plot, scale };
    return groupOf([
      ...(style.raster ? [cellPicture(cells, style.raster)] : cellPaths(cells)),
      ...floorDots(grid, columns, place, height, style),
    ]);
  });
  return { ...series, clip: false };
}

/** The cells as shapes, those of one colour in one. */
function cellPaths({ columns, heights, place, plot, scale }: Cells) {
  const bottom = heights[0]!;
  const paths = new Map<number, string[]>();
  for (const column of columns) {
    const x = round(place(column.from));
    const end = round(place(column.to));
    if (end <= x) continue;
    const width = Math.min(end + overlap, plot.x + plot.width) - x;
    for (const [k, value] of column.values.entries()) {
      if (!Number.isFinite(value)) continue;
      const colour = Math.round(scale.share(value) * (mostColours - 1));
      const y = round(heights[k + 1]!);
      const below = round(heights[k]!);
      const height = Math.min(bottom, below + overlap) - y;
      const path = paths.get(colour) ?? [];
      path.push(`M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}z`);
      paths.set(colour, path);
    }
  }
  return [...paths].map(([colour, path]) => ({
    type: 'path' as const,
    shape: { pathData: path.join('') },
    style: { fill: scale.colour(colour / (mostColours - 1)) },
  }));
}

/** A dot at the floor of each slice, where slices are wide enough for dots. */
function floorDots(
  { alphas, floors }: SliceGrid,
  columns: readonly GridColumn[],
  place: (t: number) => number,
  height: (alpha: number) => number,
  style: ChartStyle,
) {
  const largest = style.marker * 0.42;
  return columns.flatMap(({ from, to, slice }) => {
    const [left, right] = [place(from), place(to)];
    const radius = Math.min(largest, (right - left) * 0.3);
    if (slice < 0 || floors[slice]! < 0 || radius < largest * 0.45) return [];
    return [
      {
        type: 'circle' as const,
        shape: { cx: round((left + right) / 2), cy: round(height(alphas[floors[slice]!]!)), r: round(radius) },
        style: { fill: dotColour, stroke: '#ffffff', lineWidth: style.lines.thin * 0.7 },
      },
    ];
  });
}

/** The floor's colour in both themes: the map under it is the same in both. */
const dotColour = '#d55e00';

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function notesOf(data: RunData, { threshold }: ColourScale, signed: boolean, dense: boolean): string[] {
  return [
    signed ? 'blue: below the straight line between the ends; red: above it' : null,
    'dots: the floor of each slice',
    threshold > 0
      ? `logarithmic colours; below ${lossWords(threshold, data)} all have ${signed ? 'the middle' : 'the first'} colour`
      : null,
    dense
      ? 'where iterations are narrower than a pixel, pairs of columns show the smallest and the greatest value'
      : null,
  ].filter((note) => note !== null);
}

/** Every slice's points as recorded, whatever was thinned for the drawing. */
function mapTable({ iterations, alphas, losses, values }: SliceGrid, { reference }: SliceMapSpec): Table {
  const rows: Table['rows'] = [];
  const known = (value: number): number | null => (Number.isFinite(value) ? value : null);
  for (const [index, t] of iterations.entries())
    for (const [k, alpha] of alphas.entries()) {
      const at = index * alphas.length + k;
      rows.push([t, alpha, known(losses[at]!), known(values[at]!)]);
    }
  return {
    columns: ['iteration', 'alpha', 'loss', reference === 'floor' ? 'loss_above_floor' : 'loss_above_ends'],
    rows,
  };
}

function describe(data: RunData, { reference }: SliceMapSpec, grid: SliceGrid): string {
  const {
    run: { name },
    iterations: records,
  } = data;
  const { iterations, alphas, values, highest } = grid;
  if (highest < 0) return `Heat map of the slices of ${name}: nothing to draw.`;
  let [interior, below] = [0, 0];
  for (const t of iterations) {
    const answer = answerAt(records, rowAt(records, t), 'interior_floor');
    if (answer === 'yes') interior++;
    else if (answer === 'below') below++;
  }
  const base = reference === 'floor' ? 'the floor of its slice' : 'the line between the ends of its slice';
  return (
    `Heat map of ${counted(iterations.length, 'slice')} of ${name}: training loss up to ${lossWords(values[highest], data)} ` +
    `above ${base}, at iteration ${formatCount(iterations[Math.floor(highest / alphas.length)]!)}, ` +
    `α = ${formatNumber(alphas[highest % alphas.length])}; ${counted(interior, 'floor')} between the ends` +
    `${below === 0 ? '' : `, in ${counted(below, 'slice')} ${belowResolution}`}.`
  );
}
