/** Lines with gaps: points packed flat, cut into unbroken stretches. */
import { keptBy } from './kept.ts';

/** A line with gaps. Gaps are cuts and not NaN rows, because ECharts's min–max sampling loses spikes beside NaN. */
export interface Polyline {
  /** x, y, x, y, … */
  flat: Float64Array;
  /** Number of points. */
  count: number;
  /** First point of each unbroken stretch. */
  starts: number[];
  /** Points that a log axis cannot show, because of their value. */
  leftOut: number;
  /** Points that a log horizontal axis cannot show, because of their place. */
  leftOutX: number;
  /** Smallest and greatest y; infinite the wrong way round when there is no point. */
  low: number;
  high: number;
}

/** Collects a polyline point by point. */
export class PolylineBuilder {
  #flat: Float64Array;
  #count = 0;
  #starts: number[] = [];
  #leftOut = 0;
  #leftOutX = 0;
  #broken = true;
  #low = Infinity;
  #high = -Infinity;
  readonly #log: boolean;
  readonly #logX: boolean;

  /**
   * @param capacity greatest number of points
   * @param log whether values at or below zero are left out
   * @param logX whether places at or below zero are left out
   */
  constructor(capacity: number, log: boolean, logX = false) {
    this.#flat = new Float64Array(2 * capacity);
    this.#log = log;
    this.#logX = logX;
  }

  /** Adds a point; a value that is missing, or that a log axis cannot show, is a gap. Returns whether it is drawn. */
  add(x: number, y: number): boolean {
    if (!Number.isFinite(y)) {
      this.#broken = true;
      return false;
    }
    if (this.#logX && x <= 0) {
      this.#leftOutX++;
      this.#broken = true;
      return false;
    }
    if (this.#log && y <= 0) {
      this.#leftOut++;
      this.#broken = true;
      return false;
    }
    if (this.#broken) this.#starts.push(this.#count);
    this.#broken = false;
    this.#flat[2 * this.#count] = x;
    this.#flat[2 * this.#count + 1] = y;
    if (y < this.#low) this.#low = y;
    if (y > this.#high) this.#high = y;
    this.#count++;
    return true;
  }

  /** Breaks the line before the next point. */
  gap(): void {
    this.#broken = true;
  }

  /** The polyline so far. */
  finish(): Polyline {
    return {
      flat: this.#flat.subarray(0, 2 * this.#count),
      count: this.#count,
      starts: this.#starts,
      leftOut: this.#leftOut,
      leftOutX: this.#leftOutX,
      low: this.#low,
      high: this.#high,
    };
  }
}

/** Lines that are kept of one column: against one or two places, on one or two kinds of axes. */
const mostKept = 2;
const kept = new WeakMap<Float64Array, { x: Float64Array; log: boolean; logX: boolean; line: Polyline }[]>();

/**
 * The line of two columns, places without a number left out. It is made once for as long as the columns are there: they must not change in
 * place.
 */
export function lineOf(x: Float64Array, y: Float64Array, log: boolean, logX: boolean): Polyline {
  const known = kept.get(y) ?? [];
  const found = known.find((one) => one.x === x && one.log === log && one.logX === logX);
  if (found) return found.line;
  const builder = new PolylineBuilder(x.length, log, logX);
  for (let row = 0; row < x.length; row++) if (Number.isFinite(x[row])) builder.add(x[row]!, y[row]!);
  const line = builder.finish();
  kept.set(y, [{ x, log, logX, line }, ...known].slice(0, mostKept));
  return line;
}

/** Least and greatest number of a column, infinite the wrong way round where it has none; found once for as long as the column is there. */
export const endsOf = keptBy((column: Float64Array): readonly [number, number] => {
  let [low, high] = [Infinity, -Infinity];
  for (let row = 0; row < column.length; row++) {
    const value = column[row]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
});

/** Least and greatest place of a line, which may go back and forth; infinite the wrong way round where it has no point. */
export const placesSpan = keptBy(({ flat }: Polyline): readonly [number, number] => {
  let [low, high] = [Infinity, -Infinity];
  for (let at = 0; at < flat.length; at += 2) {
    const x = flat[at]!;
    if (x < low) low = x;
    if (x > high) high = x;
  }
  return [low, high];
});

/** The unbroken stretches of a polyline as flat views, without copying; the same ones each time. */
export const stretches = keptBy(({ flat, count, starts }: Polyline): Float64Array[] =>
  starts.map((start, index) => flat.subarray(2 * start, 2 * (starts[index + 1] ?? count))),
);

/** Smallest and greatest y; null when there is no point. */
export function extent({ count, low, high }: Polyline): [number, number] | null {
  return count === 0 ? null : [low, high];
}

/** Smallest and greatest y of several lines; null when there is no point. */
export function unionExtent(lines: Polyline[]): [number, number] | null {
  const extents = lines.map(extent).filter((one) => one !== null);
  if (extents.length === 0) return null;
  return [Math.min(...extents.map(([low]) => low)), Math.max(...extents.map(([, high]) => high))];
}

/** First and last x of several lines; null when there is no point. */
export function unionSpan(lines: Polyline[]): [number, number] | null {
  const drawn = lines.filter(({ count }) => count > 0);
  if (drawn.length === 0) return null;
  return [Math.min(...drawn.map(({ flat }) => flat[0]!)), Math.max(...drawn.map(({ flat }) => flat.at(-2)!))];
}
