/**
 * Thins lines to what a screen or paper can show. In every column of pixels a line keeps its first, lowest, highest and last point: drawn, it
 * looks as the whole line does (M4: Jugel, Jerzak, Hackenbroich and Markl, PVLDB 7, 2014), and no spike is lost at any zoom.
 */

import { keptBy } from './kept.ts';
import { unionSpan } from './polyline.ts';
import type { Polyline } from './polyline.ts';

/** What of the horizontal axis is in view, and in how many columns of pixels. */
export interface Window {
  from: number;
  to: number;
  columns: number;
  /** Whether the axis is logarithmic: columns are of one width on it, and every place lies above zero. */
  log?: boolean;
}

/** Places as they lie along an axis, and back. */
function axisOf({ log = false }: Pick<Window, 'log'>): { along: (x: number) => number; place: (at: number) => number } {
  return log ? { along: Math.log, place: Math.exp } : { along: (x) => x, place: (at) => at };
}

/** Beside the view so many spans are kept as fine as in it, for panning. */
const margin = 1;
/** What lies further away is kept in so many columns on each side, of the view's: seen for the moment in which a zoom is under way. */
const farShare = 0.25;
/** A line is thinned when it has so many points for each column of the view. */
const dense = 6;

/** Places of the ends of stretches and the columns within: the view with its margins, and what lies further away. */
type Stretch = readonly [from: number, to: number, columns: number];

/** Whether the flat points x, y, x, y, … stand in ascending order of x; rows of NaN are gaps. */
function ascends(flat: Float64Array): boolean {
  let before = -Infinity;
  for (let at = 0; at < flat.length; at += 2) {
    const x = flat[at]!;
    if (x < before) return false;
    if (!Number.isNaN(x)) before = x;
  }
  return true;
}

/** {@link ascends}, found once for each array. */
export const isAscending = keptBy(ascends);

/** Whether a series' data is a line dense enough to be thinned. */
function isDense(data: unknown, columns: number): data is Float64Array {
  return data instanceof Float64Array && data.length >= 2 * dense * columns && isAscending(data);
}

/** First row at or after a row that is no gap. */
function nextPoint(flat: Float64Array, row: number, rows: number): number {
  while (row < rows && Number.isNaN(flat[2 * row]!)) row++;
  return row;
}

/** First row of [from, to) whose x is at least a place; x ascends, rows of NaN are gaps, and one before it stays before it. */
export function firstRowAt(flat: Float64Array, place: number, from = 0, to = flat.length / 2): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >> 1;
    const point = nextPoint(flat, middle, high);
    if (point < high && flat[2 * point]! < place) low = point + 1;
    else high = middle;
  }
  return low;
}

/**
 * What is kept of the points from a row on whose x lies below an edge: the first, lowest, highest and last, in their order.
 * @param row one that is no gap
 * @returns the rows kept, the first row after the column, and whether a gap ends it
 */
function columnOf(
  flat: Float64Array,
  row: number,
  until: number,
  edge: number,
): { rows: number[]; next: number; gapAfter: boolean } {
  let [lowest, highest, last, next, gapAfter] = [row, row, row, row + 1, false];
  let low = flat[2 * row + 1]!;
  let high = low;
  for (; next < until; next++) {
    const x = flat[2 * next]!;
    if (x >= edge) break;
    gapAfter = Number.isNaN(x);
    if (gapAfter) continue;
    last = next;
    const y = flat[2 * next + 1]!;
    if (y < low) {
      low = y;
      lowest = next;
    } else if (y > high) {
      high = y;
      highest = next;
    }
  }
  const rows = [row];
  for (const one of lowest < highest ? [lowest, highest, last] : [highest, lowest, last])
    if (one > rows.at(-1)!) rows.push(one);
  return { rows, next, gapAfter };
}

/**
 * Thins a line in a window and its surroundings.
 * @param flat points x, y, x, y, … by ascending x; rows of NaN are gaps
 * @returns points in the same form, some of the given ones; a gap within one column is closed
 */
export function thinned(flat: Float64Array, window: Window): Float64Array {
  const { from, to, columns } = window;
  const { along, place } = axisOf(window);
  const span = along(to) - along(from);
  const [left, right] = [place(along(from) - margin * span), place(along(to) + margin * span)];
  const rows = flat.length / 2;
  const first = nextPoint(flat, 0, rows);
  if (first === rows || !(span > 0)) return flat;
  let last = rows - 1;
  while (Number.isNaN(flat[2 * last]!)) last--;
  const [begin, end] = [flat[2 * first]!, flat[2 * last]!];
  const farColumns = Math.ceil(farShare * columns);
  // as far as there are points: a view of all of them has the columns of the view only
  const [nearFrom, nearTo] = [Math.max(left, begin), Math.min(right, end)];
  const nearColumns = Math.ceil((columns * (along(nearTo) - along(nearFrom))) / span);
  const near: Stretch = [nearFrom, nearTo, Math.max(1, nearColumns)];
  const stretches: Stretch[] = [
    [begin, Math.min(left, end), farColumns],
    near,
    [Math.max(right, begin), end, farColumns],
  ];
  const kept = new Float64Array(
    2 *
      Math.min(
        rows,
        stretches.reduce((sum, [, , each]) => sum + 6 * (each + 2), 0),
      ),
  );
  let length = 0;
  let open = false;
  const keep = (row: number): void => {
    kept[length++] = flat[2 * row]!;
    kept[length++] = flat[2 * row + 1]!;
    open = true;
  };
  const gap = (): void => {
    if (!open) return;
    kept[length++] = NaN;
    kept[length++] = NaN;
    open = false;
  };
  let row = first;
  for (const [index, [start, stop, parts]] of stretches.entries()) {
    const until = index === stretches.length - 1 ? last + 1 : Math.min(last + 1, firstRowAt(flat, stop));
    if (until <= row) continue;
    if (until - row <= 4 * parts) {
      for (; row < until; row++)
        if (Number.isNaN(flat[2 * row]!)) gap();
        else keep(row);
      continue;
    }
    const origin = along(start);
    const width = (along(stop) - origin) / parts;
    while (row < until) {
      if (Number.isNaN(flat[2 * row]!)) {
        gap();
        row++;
        continue;
      }
      const edge = place(origin + (Math.floor((along(flat[2 * row]!) - origin) / width) + 1) * width);
      const column = columnOf(flat, row, until, edge);
      column.rows.forEach(keep);
      if (column.gapAfter) gap();
      row = column.next;
    }
  }
  return kept.subarray(0, length);
}

/**
 * A whole line thinned to so many columns, for paper: the gaps between its stretches stay, however short. A line that goes back and
 * forth stays as it is.
 * @param log whether the columns are of one width on a log axis
 */
export function envelope(line: Polyline, columns: number, log = false): Polyline {
  const span = unionSpan([line]);
  if (!span || line.count <= columns || !ascends(line.flat)) return line;
  const { along, place } = axisOf({ log });
  const origin = along(span[0]);
  const width = (along(span[1]) - origin || 1) / columns;
  const kept: number[] = [];
  const starts: number[] = [];
  const { flat } = line;
  for (const [index, start] of line.starts.entries()) {
    const end = line.starts[index + 1] ?? line.count;
    starts.push(kept.length);
    for (let row = start; row < end;) {
      const edge = place(origin + (Math.floor((along(flat[2 * row]!) - origin) / width) + 1) * width);
      const column = columnOf(flat, row, end, edge);
      kept.push(...column.rows);
      row = column.next;
    }
  }
  const thin = new Float64Array(2 * kept.length);
  for (const [index, row] of kept.entries()) thin.set(flat.subarray(2 * row, 2 * row + 2), 2 * index);
  return { ...line, flat: thin, count: kept.length, starts };
}

/** An axis under a cloud of points: its ends and how many cells lie between them, of one width on it. */
export interface Cells {
  from: number;
  to: number;
  cells: number;
  log: boolean;
}

/** The cell of a place; what lies beyond the ends is in one cell there. */
function cellOf({ from, to, cells, log }: Cells): (at: number) => number {
  const { along } = axisOf({ log });
  // halves: ends may be so far apart that their difference is no number
  const [low, half] = [along(from) / 2, along(to) / 2 - along(from) / 2];
  return half > 0 ? (at) => Math.max(-1, Math.min(cells, Math.floor(((along(at) / 2 - low) / half) * cells))) : () => 0;
}

/** A cloud of points with the first one in each cell, in their order; the same cloud where every point has a cell of its own. */
export function oneACell(cloud: Polyline, across: Cells, up: Cells): Polyline {
  const [column, row] = [cellOf(across), cellOf(up)];
  const rows = Math.ceil(up.cells) + 2;
  const taken = new Set<number>();
  const { flat } = cloud;
  const kept = new Float64Array(flat.length);
  let length = 0;
  for (let at = 0; at < flat.length; at += 2) {
    const cell = (column(flat[at]!) + 1) * rows + row(flat[at + 1]!) + 1;
    if (taken.has(cell)) continue;
    taken.add(cell);
    kept[length++] = flat[at]!;
    kept[length++] = flat[at + 1]!;
  }
  return length === flat.length
    ? cloud
    : { ...cloud, flat: kept.slice(0, length), count: length / 2, starts: length > 0 ? [0] : [] };
}

/** Look of a line without what takes most of the time: dashes and round joins. */
const plainLine = { type: 'solid', join: 'bevel' };
/** The height of lines in a chart; what stands above it is drawn over them. */
export const lineZ = 3;

/** How wide a line is drawn that goes up and down in every column: thin, unless it stands above others, as a mean over its runs, and has to be told from them. */
export function crowdedWidth(width: number, z = lineZ): number {
  return z > lineZ ? width : Math.min(1, width);
}

/** Whether a line has, in view, more than two points for each column. */
function isCrowded(flat: Float64Array, { from, to, columns }: Window): boolean {
  return firstRowAt(flat, to) - firstRowAt(flat, from) > 2 * columns;
}

/** A series of a chart, as far as thinning looks at it. */
export interface Series {
  id?: unknown;
  type?: unknown;
  name?: unknown;
  showSymbol?: unknown;
  /** Height above other series. */
  z?: number;
  /** Whether its points are no line, in whatever order they stand. */
  isCloud?: unknown;
  data?: unknown;
  lineStyle?: object;
  emphasis?: { disabled?: unknown };
}

/**
 * The dense lines and points of a chart, thinned for a window; the others as they are. A line that is crowded in view is drawn thin.
 * @param plain whether the thinned lines are drawn without dashes, because they are about to be drawn again
 * @returns the series, and the ids of those that were thinned: they have to be thinned anew for another window
 */
export function thinnedSeries(
  series: readonly Series[],
  window: Window,
  plain = false,
): { series: Series[]; thinned: Set<unknown> } {
  const ids = new Set<unknown>();
  return {
    thinned: ids,
    series: series.map((one) => {
      const isLine = one.type === 'line' || (one.type === 'scatter' && one.isCloud !== true);
      if (!isLine || !isDense(one.data, window.columns)) return one;
      ids.add(one.id);
      const data = thinned(one.data, window);
      const { width = 2 } = (one.lineStyle ?? {}) as { width?: number };
      const crowded = { ...plainLine, width: crowdedWidth(width, one.z) };
      const lineStyle = isCrowded(data, window) ? crowded : plain ? plainLine : {};
      return {
        ...one,
        data,
        sampling: undefined,
        ...(one.lineStyle ? { lineStyle: { ...one.lineStyle, ...lineStyle } } : {}),
      };
    }),
  };
}

/** Whether a view can be drawn from what was thinned for a window: not beyond its margins, not much finer, not much wider. */
export function serves(window: Window, view: { from: number; to: number }): boolean {
  const { along } = axisOf(window);
  const [first, last, from, to] = [window.from, window.to, view.from, view.to].map(along) as [
    number,
    number,
    number,
    number,
  ];
  const [had, span] = [last - first, to - from];
  const room = 0.8 * margin * had;
  return from >= first - room && to <= last + room && span >= had / 1.6 && span <= 1.6 * had;
}
