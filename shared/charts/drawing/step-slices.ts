/** The points of slices that lie on the steps: charts of the walk draw no line beyond them. */
import { keptBy } from './kept.ts';
import type { SliceColumns } from '../../records.ts';

/** The points with 0 ≤ α ≤ 1: the same columns where there are no others, and the same ones as long as the slices are. */
export const onSteps = keptBy((slices: SliceColumns): SliceColumns => {
  if (slices.alpha.every(isOnStep)) return slices;
  return Object.fromEntries(
    Object.entries(slices).map(([key, column]) => [key, column.filter((_, row) => isOnStep(slices.alpha[row]!))]),
  ) as SliceColumns;
});

function isOnStep(alpha: number): boolean {
  return alpha >= 0 && alpha <= 1;
}
