/**
 * Thins lines to what a screen can show. In every column of pixels a line keeps its first, lowest, highest and last point: drawn, it
 * looks as the whole line does (M4: Jugel, Jerzak, Hackenbroich and Markl, PVLDB 7, 2014), and no spike is lost at any zoom.
 */

/** What of the horizontal axis is in view, and in how many columns of pixels. */
export interface Window {
  from: number;
  to: number;
  columns: number;
}

/** Beside the view so many spans are kept as fine as in it, for panning. */
const margin = 1;
/** What lies further away is kept in so many columns on each side: seen for the moment in which a zoom is under way. */
const farColumns = 300;
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

const ascending = new WeakMap<Float64Array, boolean>();
/** Whether a series' data is a line dense enough to be thinned. */
function isDense(data: unknown, columns: number): data is Float64Array {
  if (!(data instanceof Float64Array) || data.length < 2 * dense * columns) return false;
  const known = ascending.get(data);
  if (known !== undefined) return known;
  const found = ascends(data);
  ascending.set(data, found);
  return found;
}

/** First row at or after a row that is no gap. */
function nextPoint(flat: Float64Array, row: number, rows: number): number {
  while (row < rows && Number.isNaN(flat[2 * row]!)) row++;
  return row;
}

/** First row whose x is at least a place; a gap before it stays before it. */
function rowAt(flat: Float64Array, place: number): number {
  const rows = flat.length / 2;
  let [low, high] = [0, rows];
  while (low < high) {
    const middle = (low + high) >> 1;
    const point = nextPoint(flat, middle, high);
    if (point < high && flat[2 * point]! < place) low = point + 1;
    else high = middle;
  }
  return low;
}

/**
 * Thins a line in a window and its surroundings.
 * @param flat points x, y, x, y, … by ascending x; rows of NaN are gaps
 * @returns points in the same form, some of the given ones; a gap within one column is closed
 */
export function thinned(flat: Float64Array, { from, to, columns }: Window): Float64Array {
  const span = to - from;
  const [left, right] = [from - margin * span, to + margin * span];
  const rows = flat.length / 2;
  const first = nextPoint(flat, 0, rows);
  if (first === rows || !(span > 0)) return flat;
  let last = rows - 1;
  while (Number.isNaN(flat[2 * last]!)) last--;
  const [begin, end] = [flat[2 * first]!, flat[2 * last]!];
  const stretches: Stretch[] = [
    [begin, Math.min(left, end), farColumns],
    [Math.max(left, begin), Math.min(right, end), Math.ceil(columns * (1 + 2 * margin))],
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
    const until = index === stretches.length - 1 ? last + 1 : Math.min(last + 1, rowAt(flat, stop));
    if (until <= row) continue;
    if (until - row <= 4 * parts) {
      for (; row < until; row++)
        if (Number.isNaN(flat[2 * row]!)) gap();
        else keep(row);
      continue;
    }
    const width = (stop - start) / parts;
    while (row < until) {
      if (Number.isNaN(flat[2 * row]!)) {
        gap();
        row++;
        continue;
      }
      // a column: its first, lowest, highest and last point
      const edge = start + (Math.floor((flat[2 * row]! - start) / width) + 1) * width;
      const head = row;
      let lowest = row;
      let highest = row;
      let tail = row;
      let low = flat[2 * row + 1]!;
      let high = low;
      let broken = false;
      for (row++; row < until; row++) {
        const x = flat[2 * row]!;
        if (x >= edge) break;
        broken = Number.isNaN(x);
        if (broken) continue;
        tail = row;
        const y = flat[2 * row + 1]!;
        if (y < low) {
          low = y;
          lowest = row;
        } else if (y > high) {
          high = y;
          highest = row;
        }
      }
      keep(head);
      const [one, other] = lowest < highest ? [lowest, highest] : [highest, lowest];
      if (one !== head) keep(one);
      if (other !== one && other !== head) keep(other);
      if (tail !== head && tail !== other && tail !== one) keep(tail);
      if (broken) gap();
    }
  }
  return kept.subarray(0, length);
}

/** Look of a line that goes up and down in every column: dashes and round joins cannot be seen and take most of the time. */
const crowdedLine = { width: 1, type: 'solid', join: 'bevel' };

/** Whether a line has, in view, more than two points for each column. */
function isCrowded(flat: Float64Array, { from, to, columns }: Window): boolean {
  return rowAt(flat, to) - rowAt(flat, from) > 2 * columns;
}

/** A series of a chart, as far as thinning looks at it. */
export interface Series {
  id?: unknown;
  type?: unknown;
  data?: unknown;
  lineStyle?: object;
}

/**
 * The dense lines and points of a chart, thinned for a window; the others as they are. A line that is crowded in view is drawn thin.
 * @returns the series, and the ids of those that were thinned: they have to be thinned anew for another window
 */
export function thinnedSeries(series: readonly Series[], window: Window): { series: Series[]; thinned: Set<unknown> } {
  const ids = new Set<unknown>();
  return {
    thinned: ids,
    series: series.map((one) => {
      if ((one.type !== 'line' && one.type !== 'scatter') || !isDense(one.data, window.columns)) return one;
      ids.add(one.id);
      const data = thinned(one.data, window);
      return {
        ...one,
        data,
        sampling: undefined,
        ...(one.lineStyle ? { lineStyle: { ...one.lineStyle, ...(isCrowded(data, window) ? crowdedLine : {}) } } : {}),
      };
    }),
  };
}

/** Whether a view can be drawn from what was thinned for a window: not beyond its margins, not much finer, not much wider. */
export function serves(window: Window, { from, to }: { from: number; to: number }): boolean {
  const [had, span] = [window.to - window.from, to - from];
  const room = 0.8 * margin * had;
  return from >= window.from - room && to <= window.to + room && span >= had / 1.6 && span <= 1.6 * had;
}
