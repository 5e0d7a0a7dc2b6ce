/** The loss on the plane through three points: filled contours with the walk on them. */
import { contours } from 'd3-contour';
import type { CustomSeriesOption, SeriesOption } from 'echarts';
import type { PlaneResult } from '../../analyses/plane.ts';
import { formatNumber } from '../../format.ts';
import { makeChart } from '../chart.ts';
import type { Chart, RunData, Table } from '../chart.ts';
import { analysisOption, defineChart, ofAnalysis } from '../define.ts';
import { frame } from '../drawing/frame.ts';
import { levelsOf } from '../drawing/levels.ts';
import type { Levels } from '../drawing/levels.ts';
import { PolylineBuilder } from '../drawing/polyline.ts';
import { rampColor } from '../drawing/ramp.ts';
import { lineSeries } from '../drawing/series.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { formatCount, formatTick } from '../drawing/text.ts';
import { lossUnitOf, lossWords } from '../drawing/loss-unit.ts';

/** Loss on a plane, contours. */
export const plane = defineChart({
  ...ofAnalysis,
  key: 'plane',
  help: 'Contours of the loss on the plane through three points of the walk.',
  options: { analysis: analysisOption },
  title: () => 'Loss on a plane, contours',
  analysis: 'plane',
  build: ([data], _spec, style) => planeChart(data, style),
});

/** The result of a run's plane, or null where the analysis is not there or not finished. */
export function planeOf({ analysis }: RunData): PlaneResult | null {
  return analysis?.result?.kind === 'plane' ? analysis.result : null;
}

/** Why there is no plane to draw. */
export function noAnalysis({ analysis, run }: RunData): string {
  if (!analysis) return `“${run.name}” has no such analysis; it may have been deleted.`;
  if (analysis.error !== null) return `The analysis has no result: ${analysis.error}.`;
  return 'The analysis has no result yet.';
}

/** Finite losses of a plane. */
export function finiteLosses({ losses }: PlaneResult): number[] {
  return losses.filter((loss): loss is number => loss !== null);
}

/** Why a plane cannot be drawn; null where it can. */
export function undrawable({ x, y, losses, points }: PlaneResult): string | null {
  const finite = losses.filter((loss) => loss !== null);
  if (finite.length === 0) return 'No loss on this plane is a finite number.';
  const [low, high] = finite.reduce(([a, b], loss) => [Math.min(a, loss), Math.max(b, loss)], [Infinity, -Infinity]);
  if (!Number.isFinite(high - low)) return 'The losses on this plane lie too far apart to be drawn.';
  const spreads = [x, y].every((side) => {
    const width = side.at(-1)! - side[0]!;
    // what is divided by it has to stay a number, and so have its own steps
    return width > 1e-300 && width < 1e300;
  });
  const near = (side: readonly number[], at: number): boolean =>
    Math.abs(at - side[0]!) <= 2 * (side.at(-1)! - side[0]!);
  return spreads && points.every((point) => near(x, point.x) && near(y, point.y))
    ? null
    : 'The three points lie so close together, or so far apart, that there is no plane to draw.';
}

/** Builds the contours. */
function planeChart(data: RunData, style: ChartStyle): Chart {
  const result = planeOf(data);
  const title = 'Loss on the plane through three points, L(θₐ + x·e₁ + y·e₂)';
  const finite = result ? finiteLosses(result) : [];
  const empty = result ? undrawable(result) : noAnalysis(data);
  if (!result || empty !== null) {
    return makeChart({
      title,
      description: `${title}: nothing to draw.`,
      option: frame(style, axis(null), yAxisOf(null), [], () => null),
      makeTable: () => planeTable(null),
      empty,
      notes: [],
      readout: () => null,
    });
  }
  const levels = levelsOf(finite);
  const { x, y } = result;
  const span: [number, number] = [x[0]!, x.at(-1)!];
  const rise: [number, number] = [y[0]!, y.at(-1)!];
  const option = frame(style, axis(span), yAxisOf(rise), [], () => null);
  const grid = option.grid as object;
  const screen = style.medium === 'screen';
  const xAxis = option.xAxis as { axisLabel?: object };
  const series: SeriesOption[] = [
    contourSeries(result, levels, style),
    ...pathSeries(result, style),
    pointsSeries(result, style),
    barSeries(levels, lossUnitOf([data]), style),
  ];
  return makeChart({
    title,
    description: describe(data, result, finite),
    option: {
      ...option,
      grid: { ...grid, right: style.fontSize * 6.4, top: style.fontSize * 1.7 },
      // the ends are those of the grid, not round numbers
      xAxis: {
        ...xAxis,
        axisLabel: { ...xAxis.axisLabel, ...(screen ? { showMinLabel: false, showMaxLabel: false } : {}) },
      },
      // two axes that are both chosen by the result: nothing to zoom along, nothing to read at one x alone
      ...(screen ? { dataZoom: [], tooltip: { show: false } } : {}),
      series,
    },
    makeTable: () => planeTable(result),
    empty: null,
    notes: notesOf(data, result, levels, finite),
    readout: () => null,
  });
}

function axis(extent: [number, number] | null) {
  return { title: 'Distance along e₁, from the first point to the second', whole: false, extent };
}

function yAxisOf(extent: [number, number] | null) {
  return {
    title: 'Distance along e₂',
    short: 'e₂',
    symbol: '',
    unit: null,
    log: false,
    extent,
    pinned: true,
    ...(extent ? { limits: { least: extent[0], most: extent[1], shows: 'both' as const } } : {}),
  };
}

/** A point further from the plane than this share of its width does not lie on it. */
const offShare = 0.01;

/** Whether a step of the walk is drawn as one beside the plane: one of its ends lies off it. */
export function isOff({ x }: PlaneResult, ...ends: readonly { off: number }[]): boolean {
  return ends.some(({ off }) => off > offShare * (x.at(-1)! - x[0]!));
}

/** How the walk lies to the plane, in words: as far as it is drawn. */
function walkNote(result: PlaneResult): string {
  const { x, y, walk } = result;
  const offs = walk
    .filter((point) => point.x >= x[0]! && point.x <= x.at(-1)! && point.y >= y[0]! && point.y <= y.at(-1)!)
    .filter((point) => isOff(result, point))
    .map(({ off }) => off);
  const projected = 'white: the kept points of the walk, projected on the plane';
  return offs.length === 0
    ? projected
    : `${projected}; dashed: steps to or from points off it, up to ${formatNumber(Math.max(...offs))} away, whose own loss is not the plane's`;
}

/** What a reader must know about a plane. */
export function notesOf(data: RunData, result: PlaneResult, levels: Levels, finite: readonly number[]): string[] {
  const lost = result.losses.length - finite.length;
  const top = finite.reduce((high, loss) => Math.max(high, loss), -Infinity);
  return [
    walkNote(result),
    result.examples < result.population
      ? `losses are means over ${formatCount(result.examples)} of ${formatCount(result.population)} training examples`
      : null,
    top > levels.high
      ? `losses above ${lossWords(levels.high, data)}, up to ${formatNumber(top)}, share the last colour`
      : null,
    lost > 0 ? `${lost} losses are not finite and drawn as the highest` : null,
  ].filter((note) => note !== null);
}

/** One polygon layer over its whole plane, drawn once. */
function layer(
  id: string,
  z: number,
  span: number[],
  renderItem: CustomSeriesOption['renderItem'],
): CustomSeriesOption {
  return {
    id,
    name: id,
    type: 'custom',
    data: [span],
    dimensions: ['from', 'to'],
    encode: { x: ['from', 'to'], y: -1, tooltip: [] },
    renderItem,
    clip: false,
    silent: true,
    animation: false,
    z,
  };
}

/** Areas above each level, painted over each other from the lowest, and the isolines at their edges. */
function contourSeries({ x, y, losses }: PlaneResult, levels: Levels, style: ChartStyle): CustomSeriesOption {
  const top = Math.max(...losses.map((loss) => loss ?? -Infinity));
  const values = losses.map((loss) => loss ?? top);
  const shapes = contours().size([x.length, y.length]).thresholds(levels.at)(values);
  const place = (line: number[], cell: number): number => {
    // d3 puts the value of cell i at i + ½
    const at = Math.max(0, Math.min(line.length - 1, cell - 0.5));
    const index = Math.min(line.length - 2, Math.floor(at));
    return line[index]! + (at - index) * (line[index + 1]! - line[index]!);
  };
  const drawn = shapes
    .map(({ coordinates }, index) => ({ rings: coordinates.flat(), index }))
    .filter(({ rings }) => rings.length > 0);
  const share = (loss: number): number => (loss - levels.low) / (levels.high - levels.low);
  const middle = (index: number): number => (levels.at[index]! + (levels.at[index + 1] ?? levels.high)) / 2;
  return layer('plane.contours', 1, [x[0]!, x.at(-1)!], (_, api) => {
    const at = (cellX: number, cellY: number): string => {
      const [px, py] = api.coord([place(x, cellX), place(y, cellY)]) as [number, number];
      return `${round(px)} ${round(py)}`;
    };
    const [left, bottom] = api.coord([x[0]!, y[0]!]) as [number, number];
    const [right, ceiling] = api.coord([x.at(-1)!, y.at(-1)!]) as [number, number];
    return {
      type: 'group',
      children: [
        {
          type: 'rect' as const,
          shape: { x: left, y: ceiling, width: right - left, height: bottom - ceiling },
          style: { fill: rampColor(share((levels.low + levels.at[0]!) / 2)) },
        },
        ...drawn.map(({ rings, index }) => ({
          type: 'path' as const,
          shape: {
            pathData: rings.map((ring) => `M${ring.map(([cx, cy]) => at(cx!, cy!)).join('L')}Z`).join(''),
          },
          style: {
            fill: rampColor(share(middle(index))),
            stroke: '#ffffff',
            lineWidth: style.lines.hairline * 0.6,
            strokeOpacity: 0.6,
          },
        })),
      ],
    };
  });
}

/** The walk projected on the plane. */
function pathSeries(result: PlaneResult, style: ChartStyle): SeriesOption[] {
  const { walk, x, y } = result;
  const [on, beside] = [new PolylineBuilder(2 * walk.length, false), new PolylineBuilder(2 * walk.length, false)];
  const inside = (value: number, ends: number[]): boolean => value >= ends[0]! && value <= ends.at(-1)!;
  // points far outside would squeeze nothing, the axes are fixed; but a line to them crosses the plot meaninglessly
  let before: { from: PlaneResult['walk'][number]; line: PolylineBuilder | null } | null = null;
  for (const point of walk) {
    if (!inside(point.x, x) || !inside(point.y, y)) {
      before = null;
      continue;
    }
    const line: PolylineBuilder | null = before && (isOff(result, before.from, point) ? beside : on);
    if (line && before) {
      // a step goes on from the last one of its kind, or begins anew
      if (before.line !== line) {
        line.gap();
        line.add(before.from.x, before.from.y);
      }
      line.add(point.x, point.y);
    }
    before = { from: point, line };
  }
  const walked = { color: '#ffffff', width: style.lines.normal, z: 3 };
  const dash = [style.lines.normal * 2, style.lines.normal * 2];
  return [
    ...lineSeries('plane.walk', 'walk', on.finish(), walked, style),
    ...lineSeries('plane.beside', 'walk', beside.finish(), { ...walked, dash }, style),
  ];
}

/** The three points with their iterations, and the steps between them. */
function pointsSeries({ points, x }: PlaneResult, style: ChartStyle): CustomSeriesOption {
  return layer('plane.points', 6, [x[0]!, x.at(-1)!], (_, api) => {
    const places = points.map((point) => api.coord([point.x, point.y]) as [number, number]);
    return {
      type: 'group',
      children: [
        {
          type: 'polyline',
          shape: { points: places },
          style: { stroke: '#d55e00', lineWidth: style.lines.bold, fill: 'none' },
        },
        ...places.flatMap(([cx, cy], index) => [
          {
            type: 'circle' as const,
            shape: { cx, cy, r: style.marker * 0.75 },
            style: { fill: '#d55e00', stroke: '#ffffff', lineWidth: style.lines.thin },
          },
          {
            type: 'text' as const,
            style: {
              text: `θ${subscript(points[index]!.iteration)}`,
              x: cx + style.marker,
              y: cy - style.marker,
              fill: '#ffffff',
              stroke: '#1b1f24',
              lineWidth: style.fontSize * 0.22,
              fontFamily: style.fontFamily,
              fontSize: style.fontSize * 1.05,
              fontWeight: 'bold' as const,
              textVerticalAlign: 'bottom' as const,
            },
          },
        ]),
      ],
    };
  });
}

/** The colours with the levels beside them, at the right of the plot. */
function barSeries(levels: Levels, unit: string | null, style: ChartStyle): CustomSeriesOption {
  const { palette, fontFamily, fontSize } = style;
  return layer('plane.bar', 2, [0, 0], (parameters) => {
    const plot = parameters.coordSys as unknown as { x: number; y: number; width: number; height: number };
    const left = plot.x + plot.width + fontSize * 0.8;
    const width = fontSize * 0.8;
    const edges = [levels.low, ...levels.at, levels.high];
    const y = (loss: number): number => plot.y + plot.height * (1 - (loss - levels.low) / (levels.high - levels.low));
    const text = { fill: palette.muted, fontFamily, fontSize, textVerticalAlign: 'middle' as const };
    // as many labels as there is room for
    const every = Math.max(1, Math.ceil((levels.at.length * fontSize * 1.4) / plot.height));
    return {
      type: 'group',
      children: [
        ...edges.slice(0, -1).map((low, index) => ({
          type: 'rect' as const,
          shape: { x: left, y: y(edges[index + 1]!), width, height: y(low) - y(edges[index + 1]!) },
          style: { fill: rampColor(((low + edges[index + 1]!) / 2 - levels.low) / (levels.high - levels.low)) },
        })),
        ...levels.at
          .filter((_, index) => index % every === 0)
          .map((level) => ({
            type: 'text' as const,
            style: { ...text, text: formatTick(level), x: left + width + fontSize * 0.35, y: y(level) },
          })),
        {
          type: 'text' as const,
          style: {
            ...text,
            text: unit ?? 'loss',
            x: left,
            y: plot.y - fontSize * 0.8,
          },
        },
      ],
    };
  });
}

const digits = '₀₁₂₃₄₅₆₇₈₉';

/** An iteration as a subscript. */
export function subscript(iteration: number): string {
  return [...String(iteration)].map((digit) => digits[Number(digit)]).join('');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The grid, one row a point: exactly what is drawn. */
export function planeTable(result: PlaneResult | null): Table {
  const columns = ['e1', 'e2', 'loss'];
  if (!result) return { columns, rows: [] };
  const { x, y, losses } = result;
  return {
    columns,
    rows: losses.map((loss, index) => [x[index % x.length]!, y[Math.floor(index / x.length)]!, loss]),
  };
}

/** One sentence with the numbers of a plane. */
export function describe(data: RunData, { points }: PlaneResult, finite: readonly number[]): string {
  const reported = points
    .map(({ iteration, loss }) => `${lossWords(loss, data)} at θ${subscript(iteration)}`)
    .join(', ');
  const low = finite.reduce((least, loss) => Math.min(least, loss), Infinity);
  return `Training loss of ${data.run.name} on the plane through three points of its walk: ${reported}; lowest on the grid ${lossWords(low, data)}.`;
}
