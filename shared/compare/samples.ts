/** The values of several runs place by place: what means and bands are taken of. */

/** Values of a run in the order of their places. */
export interface Series {
  /** Places; those that are no numbers are left out. */
  x: Float64Array;
  /** NaN where not measured. */
  y: Float64Array;
  /** Iterations or epochs, by which differences are taken. */
  tick: Float64Array;
}

/** The values of runs at every place where one of them was asked, packed. */
export interface Samples {
  /** Ascending. */
  x: Float64Array;
  /** The iteration or epoch of each place; NaN where it is not the same of all runs. */
  tick: Float64Array;
  /** Place p has the values from `starts[p]` up to `starts[p + 1]`; none where nobody was measured. */
  starts: Int32Array;
  values: Float64Array;
}

/** The values at a place. */
export function sampleAt({ starts, values }: Samples, place: number): Float64Array {
  return values.subarray(starts[place], starts[place + 1]);
}

function same(a: Float64Array, b: Float64Array): boolean {
  return a === b || (a.length === b.length && a.every((value, row) => value === b[row]));
}

function ascends(x: Float64Array): boolean {
  for (let row = 1; row < x.length; row++) if (!(x[row]! > x[row - 1]!)) return false;
  return x.length === 0 || Number.isFinite(x[0]! - x.at(-1)!);
}

/** A series whose places ascend: as it is, or put in order without the places that are no numbers. */
function ordered(series: Series): Series {
  if (ascends(series.x)) return series;
  const rows = Array.from(series.x.keys()).filter((row) => Number.isFinite(series.x[row]));
  rows.sort((a, b) => series.x[a]! - series.x[b]!);
  const picked = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!);
  return { x: picked(series.x), y: picked(series.y), tick: picked(series.tick) };
}

/** Every place of some series once, ascending. */
function union(all: readonly Series[]): Float64Array {
  const [first, ...rest] = all;
  // runs of one length have the same places, and nothing is to be sorted
  if (ascends(first!.x) && rest.every(({ x }) => same(x, first!.x))) return first!.x;
  const places = new Float64Array(all.reduce((sum, { x }) => sum + x.length, 0));
  let length = 0;
  for (const { x } of all) {
    places.set(x, length);
    length += x.length;
  }
  places.sort();
  let kept = 0;
  for (const place of places) if (kept === 0 || place !== places[kept - 1]) places[kept++] = place;
  return places.slice(0, kept);
}

/** Packs the values of runs by place, those of a place in the order of the runs. @param all at least one series */
export function samplesOf(all: readonly Series[]): Samples {
  const series = all.map(ordered);
  const x = union(series);
  const tick = new Float64Array(x.length);
  const starts = new Int32Array(x.length + 1);
  const values = new Float64Array(series.reduce((sum, { y }) => sum + y.length, 0));
  const rows = new Int32Array(series.length);
  let length = 0;
  for (let place = 0; place < x.length; place++) {
    let [at, isFirst] = [NaN, true];
    for (let one = 0; one < series.length; one++) {
      const { x: own, y, tick: ticks } = series[one]!;
      let row = rows[one]!;
      for (; row < own.length && own[row] === x[place]; row++) {
        at = isFirst || ticks[row] === at ? ticks[row]! : NaN;
        isFirst = false;
        if (Number.isFinite(y[row])) values[length++] = y[row]!;
      }
      rows[one] = row;
    }
    tick[place] = at;
    starts[place + 1] = length;
  }
  return { x, tick, starts, values: values.subarray(0, length) };
}
