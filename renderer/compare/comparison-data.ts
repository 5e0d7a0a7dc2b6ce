/** The records that a comparison draws: of the chosen runs, and of the baseline where differences to it are drawn. */
import { computed } from 'vue';
import type { ComputedRef, ShallowRef } from 'vue';
import type { RunData } from '../../shared/charts/index.ts';
import { findBaseline } from '../../shared/compare/baseline.ts';
import { iterationColumns } from '../../shared/records.ts';
import type { RunRecord } from '../../shared/records.ts';
import type { ComparisonSpec } from '../../shared/charts/request.ts';
import { noRecords, useDrawnRuns } from '../runs/run-data.ts';
import { useRunSeries } from '../runs/run-series.ts';
import type { RunSeriesView, WantedSeries } from '../runs/run-series.ts';
import { runById } from '../runs/runs.ts';
import { plural } from '../ui/format.ts';
import type { ComparisonChoices } from './choices.ts';
import type { ComparedLine } from './compared-runs.ts';
import { useTimes } from './times.ts';
import { hiddenRuns } from './visibility.ts';
import type { Visibility } from './visibility.ts';

/** What is known of the records of a comparison. */
export interface ComparisonData {
  views: Readonly<ShallowRef<readonly RunSeriesView[]>>;
  /** Every run that is read; without records until they are here. */
  data: ComputedRef<RunData[]>;
  /** What is still being read, in a sentence; null when everything is here. */
  waiting: ComputedRef<string | null>;
  /** Why elapsed times could not be read, in a sentence. */
  timesError: Readonly<ShallowRef<string | null>>;
}

/**
 * Ids of the runs that differences are taken to: of a group those that are not hidden, all of them where the whole group is; a single run
 * always. What is shown alone decides nothing here, nor does what was seen before.
 * @param chosen every run of the comparison @param lines of the comparison, by its groups
 */
export function baselineRuns(
  chosen: readonly RunRecord[],
  lines: readonly ComparedLine[],
  { hide }: Visibility,
  spec: Pick<ComparisonSpec, 'baseline' | 'group'>,
): string[] {
  if (typeof spec.baseline === 'string') return [spec.baseline];
  const all = findBaseline(chosen, (run) => run, spec)?.runs.map(({ run }) => run) ?? [];
  const hidden = hiddenRuns(lines, { hide, solo: null });
  const left = all.filter((run) => !hidden.has(run));
  return left.length > 0 ? left : all;
}

/** Ids of the runs that are read, in the order of the comparison; a baseline that is not part of it comes last. */
export function readRuns(
  chosen: readonly RunRecord[],
  read: readonly RunRecord[],
  baseline: readonly string[],
): string[] {
  const wanted = new Set([...read.map(({ run }) => run), ...baseline]);
  return [...new Set([...chosen.map(({ run }) => run).filter((run) => wanted.has(run)), ...baseline])];
}

/** The columns that charts of comparisons are built from: the quantities, and where they stand. */
export function wantedSeries(specs: readonly ComparisonSpec[]): WantedSeries {
  const keys: readonly string[] = specs.flatMap(({ record, metric, against }) => [
    ...(record === 'iteration' ? [metric] : []),
    ...(against === 'distance' || against === 'path_length' ? [against] : []),
  ]);
  return {
    iterations: ['iteration', ...iterationColumns.filter((key) => key !== 'iteration' && keys.includes(key))],
    curvature: specs.some(({ record }) => record === 'curvature'),
  };
}

/**
 * Reads the records of a comparison, and keeps them up to date for as long as the view lives.
 * @param ids of the runs, the baseline's among them ({@link readRuns})
 */
export function useComparisonData(ids: () => readonly string[], choices: ComparisonChoices): ComparisonData {
  // one that is deleted cannot be read, and the chart says that it is gone
  const read = computed(() => ids().filter((run) => runById(run)));
  const wanted = computed(() => wantedSeries(choices.charts.value.map(({ spec }) => spec)));
  const views = useRunSeries(
    () => read.value,
    () => wanted.value,
  );
  const { times, error: timesError } = useTimes(() => (choices.against.value === 'elapsed_seconds' ? read.value : []));
  const data = useDrawnRuns(() =>
    views.value.flatMap((view) => {
      const run = runById(view.run);
      if (!run) return [];
      const own = times.value.get(view.run);
      return { run, ...(view.records.value ?? noRecords), ...(own ? { times: own } : {}) };
    }),
  );
  const waiting = computed(() => {
    const all = views.value.length;
    const read = views.value.filter(({ isComplete, state }) => isComplete(wanted.value) || state.error !== null).length;
    return read < all ? `${read} of ${plural(all, 'run')} read…` : null;
  });
  return { views, data, waiting, timesError };
}
