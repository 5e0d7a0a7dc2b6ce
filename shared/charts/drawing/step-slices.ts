/** The points of slices that lie on the steps: charts of the walk draw no line beyond them. */
import type { SliceColumns } from '../../records.ts';

const kept = new WeakMap<SliceColumns, SliceColumns>();

/** The points with 0 ≤ α ≤ 1: the same columns where there are no others, and the same ones as long as the slices are. */
export function onSteps(slices: SliceColumns): SliceColumns {
  if (slices.alpha.every(isOnStep)) return slices;
  const known = kept.get(slices);
  if (known) return known;
  const columns = Object.fromEntries(
    Object.entries(slices).map(([key, column]) => [key, column.filter((_, row) => isOnStep(slices.alpha[row]!))]),
  ) as SliceColumns;
  kept.set(slices, columns);
  return columns;
}

function isOnStep(alpha: number): boolean {
  return alpha >= 0 && alpha <= 1;
}
