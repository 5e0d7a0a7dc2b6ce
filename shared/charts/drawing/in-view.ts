/**
 * The points of a line that are in view, thinned for one frame: as {@link thinned} of thin.ts, but of the view alone and into room that is
 * used again, so that fifty lines can be gone through sixty times a second.
 */
import { firstRowAt } from './thin.ts';
import type { Window } from './thin.ts';

/** Points of lines in view, one line after the other; kept from frame to frame. */
export class InView {
  /** x, y, x, y, …; a row of NaN is a gap. Of them {@link length} numbers count. */
  points = new Float64Array(0);
  length = 0;
  /** Where each line begins in {@link points}; one more than there are lines. */
  readonly starts: number[] = [0];
  /** Least and greatest value of all lines; infinite the wrong way round when nothing is in view. */
  low = Infinity;
  high = -Infinity;

  /** Forgets all lines; their room stays. */
  clear(): void {
    this.length = 0;
    this.starts.length = 1;
    this.low = Infinity;
    this.high = -Infinity;
  }

  /** How many lines there are. */
  get lines(): number {
    return this.starts.length - 1;
  }

  /**
   * Adds what is in view of a line: of each column its first, lowest, highest and last point, or every point where there are few.
   * @param flat points x, y, x, y, … by ascending x; rows of NaN are gaps
   */
  add(flat: Float64Array, window: Window): void {
    const { from, to, columns, log = false } = window;
    const begin = firstRowAt(flat, from);
    const end = firstRowAfter(flat, to, begin);
    const origin = log ? Math.log(from) : from;
    const width = ((log ? Math.log(to) : to) - origin) / columns;
    // a stretch of a line goes across some of the columns only; an end that is a gap tells nothing
    const [left, right] = [flat[2 * begin]!, flat[2 * end - 2]!];
    const across = ((log ? Math.log(right) : right) - (log ? Math.log(left) : left)) / width;
    const whole = end - begin <= 4 * (across >= 0 ? Math.min(columns, Math.ceil(across) + 1) : columns);
    // a gap may follow each column
    this.#room(whole ? 2 * (end - begin) : 10 * (columns + 2));
    const { points } = this;
    let { length, low, high } = this;
    let open = false;
    for (let row = begin; row < end;) {
      const x = flat[2 * row]!;
      if (Number.isNaN(x)) {
        if (open) {
          points[length++] = NaN;
          points[length++] = NaN;
          open = false;
        }
        row++;
        continue;
      }
      open = true;
      const first = flat[2 * row + 1]!;
      points[length++] = x;
      points[length++] = first;
      if (first < low) low = first;
      if (first > high) high = first;
      if (whole) {
        row++;
        continue;
      }
      const next = origin + (Math.floor(((log ? Math.log(x) : x) - origin) / width) + 1) * width;
      const edge = log ? Math.exp(next) : next;
      let [lowest, highest, last, least, most, gap] = [row, row, row, first, first, false];
      const start = row;
      for (row++; row < end; row++) {
        const at = flat[2 * row]!;
        if (at >= edge) break;
        gap = at !== at;
        if (gap) continue;
        last = row;
        const y = flat[2 * row + 1]!;
        if (y < least) {
          least = y;
          lowest = row;
        } else if (y > most) {
          most = y;
          highest = row;
        }
      }
      const [one, other] = lowest < highest ? [lowest, highest] : [highest, lowest];
      if (one > start) {
        points[length++] = flat[2 * one]!;
        points[length++] = flat[2 * one + 1]!;
      }
      if (other > one) {
        points[length++] = flat[2 * other]!;
        points[length++] = flat[2 * other + 1]!;
      }
      if (last > other) {
        points[length++] = flat[2 * last]!;
        points[length++] = flat[2 * last + 1]!;
      }
      if (least < low) low = least;
      if (most > high) high = most;
      if (gap) {
        points[length++] = NaN;
        points[length++] = NaN;
        open = false;
      }
    }
    this.length = length;
    this.low = low;
    this.high = high;
    this.starts.push(length);
  }

  /** Makes room for so many more numbers. */
  #room(more: number): void {
    if (this.length + more <= this.points.length) return;
    const wider = new Float64Array(Math.max(this.length + more, 2 * this.points.length));
    wider.set(this.points.subarray(0, this.length));
    this.points = wider;
  }
}

/** First row whose x lies beyond a place. */
function firstRowAfter(flat: Float64Array, place: number, from: number): number {
  let row = firstRowAt(flat, place, from);
  const rows = flat.length / 2;
  // a gap may stand before rows of the place itself
  while (row < rows && !(flat[2 * row]! > place)) row++;
  return row;
}
