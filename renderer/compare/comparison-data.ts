/** The records that a comparison draws: of the chosen runs, and of the baseline where differences to it are drawn. */
import { computed } from 'vue';
import type { ComputedRef, ShallowRef } from 'vue';
import type { RunData } from '../../shared/charts/index.ts';
import type { RunRecord } from '../../shared/records.ts';
import { noRecords, useDrawnRuns, useRunData } from '../runs/run-data.ts';
import type { RunDataView } from '../runs/run-data.ts';
import { runById } from '../runs/runs.ts';
import { plural } from '../ui/format.ts';
import type { ComparisonChoices } from './choices.ts';
import { useTimes } from './times.ts';

/** What is known of the records of a comparison. */
export interface ComparisonData {
  views: Readonly<ShallowRef<readonly RunDataView[]>>;
  /** Every run that is read; without records until they are here. */
  data: ComputedRef<RunData[]>;
  /** What is still being read, in a sentence; null when everything is here. */
  waiting: ComputedRef<string | null>;
  /** Why elapsed times could not be read, in a sentence. */
  timesError: Readonly<ShallowRef<string | null>>;
}

/** Reads the records of a comparison, and keeps them up to date for as long as the view lives. */
export function useComparisonData(chosen: () => readonly RunRecord[], choices: ComparisonChoices): ComparisonData {
  const read = computed(() => {
    const { baseline } = choices.spec.value;
    const ids = chosen().map(({ run }) => run);
    // one that is deleted cannot be read, and the chart says that it is gone
    return typeof baseline === 'string' && runById(baseline) ? [...new Set([...ids, baseline])] : ids;
  });
  const views = useRunData(() => read.value);
  const { times, error: timesError } = useTimes(() => (choices.against.value === 'elapsed_seconds' ? read.value : []));
  const data = useDrawnRuns(() =>
    views.value.flatMap((view) => {
      const run = runById(view.run);
      const found = view.data.value ?? (run ? { run, ...noRecords } : null);
      const own = times.value.get(view.run);
      return found === null ? [] : own ? { ...found, times: own } : found;
    }),
  );
  const waiting = computed(() => {
    const missing = views.value.filter(({ data: found, state }) => found.value === null && state.error === null).length;
    return missing > 0 ? `Reading the records of ${plural(missing, 'run')}…` : null;
  });
  return { views, data, waiting, timesError };
}
