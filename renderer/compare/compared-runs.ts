/** Who is compared, as it stands in the address: runs by their ids, and all that match a filter at present. */
import { computed } from 'vue';
import type { ComputedRef, WritableComputedRef } from 'vue';
import { useRoute } from 'vue-router';
import type { RunRecord } from '../../shared/records.ts';
import { readFilter } from '../../shared/runs/filter.ts';
import { useChosenRuns } from '../runs/chosen-runs.ts';
import { runs } from '../runs/runs.ts';

/** Who is compared. */
export interface ComparedRuns {
  /** Ids of the runs that are chosen by name. */
  ids: WritableComputedRef<string[]>;
  /** Ids that the store does not have. */
  missing: ComputedRef<string[]>;
  /** Every run of the comparison. */
  chosen: ComputedRef<readonly RunRecord[]>;
  /** Those that charts and tables draw. */
  shown: ComputedRef<readonly RunRecord[]>;
}

/** The comparison of the present address. */
export function useComparedRuns(): ComparedRuns {
  const route = useRoute();
  const { ids, missing, chosen: named } = useChosenRuns();
  const chosen = computed(() => {
    const reading = readFilter(String(route.query['filter'] ?? ''));
    if (!route.query['filter'] || !reading.ok) return named.value;
    const known = new Set(named.value);
    return [...named.value, ...runs.value.filter((run) => !known.has(run) && !run.archived && reading.matches(run))];
  });
  return { ids, missing, chosen, shown: chosen };
}
