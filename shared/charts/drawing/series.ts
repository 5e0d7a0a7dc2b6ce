/** Series from polylines, and the pieces that several charts draw: hairlines, bands, the selected step. */
import type { CustomSeriesOption, CustomSeriesRenderItem, LineSeriesOption, ScatterSeriesOption } from 'echarts';
import { stretches } from './polyline.ts';
import type { Polyline } from './polyline.ts';
import type { ChartStyle } from './style.ts';
import { envelope, firstRowAt } from './thin.ts';

/** How a line is drawn. */
export interface LineDrawing {
  color: string;
  width: number;
  dash?: 'solid' | number[];
  /** Markers at every point: ECharts's symbol, or none. */
  marker?: string;
  z?: number;
}

/** Above so many stretches a line is one series with NaN rows between them. */
const mostStretches = 200;

/** Dimensions of a line's rows. */
const dimensions = ['x', 'y'];

/**
 * A line with gaps as one series for each unbroken stretch, all of one name and so one entry in the legend; a stretch of one point is
 * a dot. Of a dense line paper gets the envelope; the window thins it for what is in view, see thin.ts.
 * @param logX whether the horizontal axis is logarithmic; ECharts samples by equal numbers of points, which it stretches
 */
export function lineSeries(
  id: string,
  name: string,
  line: Polyline,
  lineStyle: LineDrawing,
  style: ChartStyle,
  logX = false,
): LineSeriesOption[] {
  const many = line.starts.length > mostStretches;
  // two columns a px on paper
  const drawn = style.medium === 'paper' && (many || logX) ? envelope(line, style.width * 2, logX) : line;
  const parts = many ? [joined(drawn)] : stretches(drawn);
  return parts.map((data, index) => {
    const alone = data.length === 2;
    return {
      id: `${id}.${index}`,
      name,
      type: 'line',
      data: data as unknown as LineSeriesOption['data'],
      dimensions,
      encode: { x: 'x', y: 'y' },
      ...(many || logX ? {} : { sampling: 'minmax' as const }),
      showSymbol: alone || lineStyle.marker !== undefined,
      symbol: lineStyle.marker ?? (alone ? 'circle' : 'none'),
      symbolSize: lineStyle.marker ? style.marker : lineStyle.width * 2,
      lineStyle: {
        color: lineStyle.color,
        width: lineStyle.width,
        type: lineStyle.dash ?? 'solid',
        join: 'round',
        cap: 'butt',
      },
      itemStyle: { color: lineStyle.color, borderWidth: 0 },
      emphasis: { disabled: true },
      silent: true,
      animation: false,
      z: lineStyle.z ?? 3,
    };
  });
}

/** The stretches in one array with a row of NaN between them. */
function joined(line: Polyline): Float64Array {
  const all = new Float64Array(line.flat.length + 2 * (line.starts.length - 1)).fill(NaN);
  let at = 0;
  for (const stretch of stretches(line)) {
    all.set(stretch, at);
    at += stretch.length + 2;
  }
  return all;
}

/** Points without a line. @param points `isCloud`: they are no line even where they stand by ascending x, and are not thinned as one */
export function pointSeries(
  id: string,
  name: string,
  line: Polyline,
  points: { color: string; symbol: string; size: number; offset?: [number, number]; z?: number; isCloud?: boolean },
): ScatterSeriesOption {
  return {
    id,
    name,
    type: 'scatter',
    ...(points.isCloud ? { isCloud: true } : {}),
    data: line.flat,
    dimensions,
    encode: { x: 'x', y: 'y' },
    symbol: points.symbol,
    symbolSize: points.size,
    ...(points.offset ? { symbolOffset: points.offset } : {}),
    itemStyle: { color: points.color, opacity: 1 },
    emphasis: { disabled: true },
    silent: true,
    animation: false,
    z: points.z ?? 5,
  };
}

/** A series that draws itself once, over the span from `from` to `to`; it does not stretch the vertical axis. */
export function drawnOnce(
  id: string,
  name: string,
  span: [number, number],
  z: number,
  renderItem: CustomSeriesRenderItem,
): CustomSeriesOption {
  return {
    id,
    name,
    type: 'custom',
    data: [span],
    dimensions: ['from', 'to'],
    encode: { x: ['from', 'to'], y: -1, tooltip: [] },
    renderItem,
    clip: true,
    silent: true,
    animation: false,
    tooltip: { show: false },
    z,
  };
}

/**
 * What a custom series draws, which may be nothing: ECharts keeps the shapes from before where a group has none, and is told not to.
 * @param children shapes, in their order
 */
export function groupOf(children: unknown[]): ReturnType<CustomSeriesRenderItem> {
  return {
    type: 'group',
    children,
    ...(children.length === 0 ? { $mergeChildren: false } : {}),
  } as ReturnType<CustomSeriesRenderItem>;
}

/** The plot's rectangle as a custom series sees it. */
export interface Plot {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Above so many hairlines in view none are drawn; from half of it they thin out. */
const mostHairlines = 150;

/** Grey vertical lines at the places `at` (ascending), as many as the eye can use. */
export function hairlineSeries(id: string, at: Float64Array, style: ChartStyle): CustomSeriesOption {
  const { hairline } = style.lines;
  const first = at[0] ?? 0;
  const last = Math.max(at.at(-1) ?? 1, first + 1e-9);
  return drawnOnce(id, 'hairlines', [first, last], 1, (parameters, api) => {
    const plot = parameters.coordSys as unknown as Plot;
    const left = api.coord([first, 0])[0]!;
    const scale = (api.coord([last, 0])[0]! - left) / (last - first);
    const visible: number[] = [];
    for (const x of at) {
      const px = left + (x - first) * scale;
      if (px < plot.x - 0.01 || px > plot.x + plot.width + 0.01) continue;
      if (visible.length === mostHairlines) return groupOf([]);
      visible.push(px);
    }
    const opacity = visible.length <= mostHairlines / 2 ? 1 : 0.6;
    return groupOf(
      visible.map((px) => ({
        type: 'line',
        shape: { x1: px, y1: plot.y, x2: px, y2: plot.y + plot.height },
        style: { stroke: style.palette.hairline, lineWidth: hairline, opacity },
      })),
    );
  });
}

/** Opacity of bands. */
const bandOpacity = 0.25;

/** Lower and upper end of a band at every point of a line; where an end is no number the band is as low or high as the line. */
export interface BandEnds {
  low: Float64Array;
  high: Float64Array;
}

/** The ends of a band that goes as far down as up. */
export function endsAround({ flat }: Polyline, errors: ArrayLike<number>): BandEnds {
  const end = (side: 1 | -1): Float64Array =>
    Float64Array.from(errors, (error, point) => flat[2 * point + 1]! + side * (error || 0));
  return { low: end(-1), high: end(1) };
}

/**
 * The band around a line.
 * @param logX whether the horizontal axis is logarithmic
 */
export function bandSeries(
  id: string,
  name: string,
  line: Polyline,
  ends: BandEnds,
  color: string,
  logX = false,
): CustomSeriesOption {
  const first = line.flat[0] ?? 0;
  const last = Math.max(line.flat[2 * line.count - 2] ?? 1, first + 1e-9);
  const series = drawnOnce(id, name, [first, last], 2, (parameters, api) => {
    const plot = parameters.coordSys as unknown as Plot;
    const coord = (point: number[]): number[] => api.coord(point);
    const outlines = line.starts
      .map((start, index) => outline(line, ends, [start, line.starts[index + 1] ?? line.count], plot, coord, logX))
      .filter((points) => points.length > 0);
    return groupOf(
      outlines.map((points) => ({
        type: 'polygon',
        shape: { points },
        style: { fill: color, opacity: bandOpacity },
      })),
    );
  });
  return { ...series, itemStyle: { color, opacity: bandOpacity } };
}

/** Outline of a band over one stretch in px: along its upper edge and back along its lower, at most two columns a px. */
function outline(
  { flat }: Polyline,
  ends: BandEnds,
  [from, to]: [number, number],
  plot: Plot,
  coord: (point: number[]) => number[],
  logX: boolean,
): number[][] {
  const upper: number[][] = [];
  const lower: number[][] = [];
  // places, or their logarithms, become px by a straight line: columns are told apart without asking for every point
  const [x0, x1] = [flat[2 * from]!, Math.max(flat[2 * to - 2]!, flat[2 * from]! + 1e-9)];
  const left = coord([x0, 1])[0]!;
  const along = (x: number): number => (logX ? Math.log(x / x0) : x - x0);
  const scale = (coord([x1, 1])[0]! - left) / along(x1);
  const place = (px: number): number => (logX ? x0 * Math.exp((px - left) / scale) : x0 + (px - left) / scale);
  const first = firstRowAt(flat, place(plot.x - plot.width), from, to);
  const after = firstRowAt(flat, place(plot.x + 2 * plot.width), first, to);
  for (let index = first; index < after;) {
    const x = flat[2 * index]!;
    const column = Math.floor((left + along(x) * scale) * 2);
    let [high, low] = [-Infinity, Infinity];
    for (; index < after && Math.floor((left + along(flat[2 * index]!) * scale) * 2) === column; index++) {
      const y = flat[2 * index + 1]!;
      const [below, above] = [ends.low[index]!, ends.high[index]!];
      high = Math.max(high, Number.isFinite(above) ? above : y);
      low = Math.min(low, Number.isFinite(below) ? below : y);
    }
    const [px, top] = coord([x, high]) as [number, number];
    const bottom = coord([x, low])[1]!;
    upper.push([px, top]);
    // a log axis has no place for what is not above zero
    lower.push([px, Number.isFinite(bottom) ? bottom : plot.y + plot.height]);
  }
  return [...upper, ...lower.reverse()];
}

/** Vertical bars of y ± error at every point of a line, with caps. */
export function errorBars(
  id: string,
  line: Polyline,
  errors: Float64Array,
  color: string,
  style: ChartStyle,
  name = 'residual',
): CustomSeriesOption {
  const first = line.flat[0] ?? 0;
  const last = Math.max(line.flat[2 * line.count - 2] ?? 1, first + 1e-9);
  const cap = style.marker / 2;
  return drawnOnce(id, name, [first, last], 4, (parameters, api) => {
    const plot = parameters.coordSys as unknown as Plot;
    const hairline = { stroke: color, lineWidth: style.lines.thin };
    const children = Array.from(errors, (error, point) => {
      // none is told
      if (Number.isNaN(error)) return [];
      const [x, y] = [line.flat[2 * point]!, line.flat[2 * point + 1]!];
      const [px, top] = api.coord([x, y + error]) as [number, number];
      const below = api.coord([x, y - error])[1]!;
      // an end far outside is cut off there, and one that is no number at the plot's bottom
      const [highest, lowest] = [plot.y - plot.height, plot.y + 2 * plot.height];
      const high = Math.max(highest, Math.min(lowest, top));
      const low = Number.isFinite(below) ? Math.max(highest, Math.min(lowest, below)) : plot.y + plot.height;
      const stroke = (x1: number, y1: number, x2: number, y2: number) => ({
        type: 'line' as const,
        shape: { x1, y1, x2, y2 },
        style: hairline,
      });
      return [stroke(px, high, px, low), stroke(px - cap, high, px + cap, high), stroke(px - cap, low, px + cap, low)];
    });
    return groupOf(children.flat());
  });
}

/** A line across the chart at a value that is not data. */
export function levelLine(
  id: string,
  at: number,
  lineStyle: { color: string; width: number; type: 'solid' | number[] },
  name = id,
): LineSeriesOption {
  return {
    id,
    name,
    type: 'line',
    data: [],
    silent: true,
    // the legend draws this
    ...(name === id ? {} : { showSymbol: false, lineStyle, itemStyle: { color: lineStyle.color } }),
    markLine: {
      silent: true,
      animation: false,
      symbol: 'none',
      label: { show: false },
      lineStyle,
      data: [{ yAxis: at }],
    },
  };
}

/** A line at zero, such as between bouncing and keeping the direction. */
export function zeroLine(style: ChartStyle): LineSeriesOption {
  return levelLine('zero', 0, { color: style.palette.axis, width: style.lines.thin, type: 'solid' });
}
