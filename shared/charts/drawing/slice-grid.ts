/** All slices of a run side by side: iteration × α, and the fewer columns that are drawn where pixels are fewer. */
import { roundingShare } from '../../noise.ts';
import type { SliceColumns } from '../../records.ts';
import type { ChartView } from '../chart.ts';
import { within } from './view.ts';
import { onSteps } from './step-slices.ts';

/** What a slice's losses are told relative to: its floor fₜ, or the straight line between its ends. */
export const sliceReferences = ['floor', 'ends'] as const;
/** One of them. */
type SliceReference = (typeof sliceReferences)[number];

/** Slices side by side; cell (i, k) of a flat array is at i · alphas.length + k. */
export interface SliceGrid {
  /** Probed iterations, ascending. */
  iterations: Float64Array;
  /** α₀ … α_K, ascending. */
  alphas: Float64Array;
  /** Loss in nats as recorded; NaN where it is not finite. */
  losses: Float64Array;
  /** Loss above the reference; NaN where it, or the reference, is not finite. */
  values: Float64Array;
  /** Index of each slice's floor, −1 where it has none. */
  floors: Int32Array;
  /** Rounding noise of the greatest loss, in nats: what is smaller cannot be told from zero. */
  noise: number;
  /** Where the greatest of {@link values} is; −1 where all are NaN. */
  highest: number;
}

/** Grids of whole runs, the last of each, made once for as long as the slices are there. */
const kept = new WeakMap<SliceColumns, { reference: SliceReference; grid: SliceGrid }>();

/** Lays the slices in a range side by side, from step to step. @param all ordered by iteration and α; they must not change in place */
export function sliceGrid(all: SliceColumns, reference: SliceReference, view: ChartView): SliceGrid {
  const slices = onSteps(all);
  if (view.range) return madeGrid(slices, reference, view);
  const known = kept.get(slices);
  if (known?.reference === reference) return known.grid;
  const grid = madeGrid(slices, reference, view);
  kept.set(slices, { reference, grid });
  return grid;
}

function madeGrid(slices: SliceColumns, reference: SliceReference, view: ChartView): SliceGrid {
  const starts: number[] = [];
  let before = NaN;
  for (let row = 0; row < slices.iteration.length; row++) {
    const t = slices.iteration[row]!;
    if (t !== before && within(t, view)) starts.push(row);
    before = t;
  }
  const first = starts[0] ?? 0;
  let size = 0;
  while (starts.length > 0 && slices.iteration[first + size] === slices.iteration[first]) size++;
  const grid: SliceGrid = {
    iterations: Float64Array.from(starts, (row) => slices.iteration[row]!),
    alphas: slices.alpha.slice(first, first + size),
    losses: new Float64Array(starts.length * size).fill(NaN),
    values: new Float64Array(starts.length * size).fill(NaN),
    floors: new Int32Array(starts.length).fill(-1),
    noise: 0,
    highest: -1,
  };
  let greatest = 0;
  for (const [index, start] of starts.entries()) {
    const at = index * size;
    // the last slice of a running run may still be arriving
    for (let k = 0; k < size && slices.iteration[start + k] === slices.iteration[start]; k++) {
      const loss = slices.loss[start + k]!;
      if (!Number.isFinite(loss)) continue;
      grid.losses[at + k] = loss;
      greatest = Math.max(greatest, Math.abs(loss));
      if (grid.floors[index]! < 0 || loss < grid.losses[at + grid.floors[index]!]!) grid.floors[index] = k;
    }
    fillValues(grid, index, reference);
  }
  grid.noise = roundingShare * (1 + greatest);
  for (let at = 0; at < grid.values.length; at++)
    if (Number.isFinite(grid.values[at]) && (grid.highest < 0 || grid.values[at]! > grid.values[grid.highest]!))
      grid.highest = at;
  return grid;
}

function fillValues({ alphas, losses, values, floors }: SliceGrid, index: number, reference: SliceReference): void {
  const size = alphas.length;
  const at = index * size;
  const [before, after] = [losses[at]!, losses[at + size - 1]!];
  const floor = floors[index]! < 0 ? NaN : losses[at + floors[index]!]!;
  for (let k = 0; k < size; k++) {
    const base = reference === 'floor' ? floor : before + (after - before) * alphas[k]!;
    values[at + k] = losses[at + k]! - base;
  }
}

/** A column that is drawn: one slice, or the extremes of several. */
export interface GridColumn {
  /** Ends on the iteration axis. */
  from: number;
  to: number;
  /** One value for each α; NaN where there is none. */
  values: Float64Array;
  /** Index of the slice where it is one; −1 for extremes of several. */
  slice: number;
}

/**
 * The columns to draw between two places of the iteration axis. Where there is room each slice is a column; where not, as
 * many iterations as needed share two columns: for every α the smallest value on the left, the greatest on the right, so
 * that neither a barrier nor a floor is lost.
 * @param most greatest number of columns, at least 2
 */
export function gridColumns(grid: SliceGrid, from: number, to: number, most: number): GridColumn[] {
  const { iterations, alphas, values } = grid;
  const size = alphas.length;
  const columns: GridColumn[] = [];
  const stride = to - from <= most ? 1 : Math.ceil((2 * (to - from)) / most);
  for (let index = 0; index < iterations.length;) {
    const t = iterations[index]!;
    if (t + 1 <= from || t >= to) {
      index++;
      continue;
    }
    if (stride === 1) {
      columns.push({ from: t, to: t + 1, values: values.subarray(index * size, (index + 1) * size), slice: index });
      index++;
      continue;
    }
    // shared columns start at multiples of the stride, so that they stay the same while one moves along the run
    const start = Math.floor(t / stride) * stride;
    const low = new Float64Array(size).fill(NaN);
    const high = new Float64Array(size).fill(NaN);
    for (; index < iterations.length && iterations[index]! < start + stride; index++)
      for (let k = 0; k < size; k++) {
        const value = values[index * size + k]!;
        if (Number.isNaN(value)) continue;
        if (!(low[k]! <= value)) low[k] = value;
        if (!(high[k]! >= value)) high[k] = value;
      }
    const middle = start + stride / 2;
    columns.push({ from: start, to: middle, values: low, slice: -1 });
    columns.push({ from: middle, to: start + stride, values: high, slice: -1 });
  }
  return columns;
}
