/** The records of one slice of a run. */
import { computed } from 'vue';
import type { ComputedRef } from 'vue';
import type { RunData } from '../../shared/charts/index.ts';
import { lowerBound } from '../../shared/ordered.ts';

/** Only the rows of one iteration's slice; the same object while they are the same, so that it is drawn once. */
export function useSlice(data: () => RunData, iteration: () => number | null): ComputedRef<RunData[]> {
  return computed<RunData[]>((old) => {
    const { slices, run } = data();
    const t = iteration() ?? 0;
    const from = lowerBound(slices.iteration, t);
    const to = lowerBound(slices.iteration, t + 1);
    const known = old?.[0];
    const points = known?.slices.iteration;
    const sameRun = known?.run.run === run.run && known.run.name === run.name && known.run.status === run.status;
    if (sameRun && points?.length === to - from && points[0] === slices.iteration[from]) return old!;
    const rows = Object.fromEntries(Object.entries(slices).map(([key, column]) => [key, column.slice(from, to)]));
    return [{ ...data(), slices: rows as typeof slices }];
  });
}
