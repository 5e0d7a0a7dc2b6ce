/** The choice of runs that stands in the address, as views of several runs share it. */
import { computed } from 'vue';
import type { ComputedRef, WritableComputedRef } from 'vue';
import { useRoute } from 'vue-router';
import type { LocationQueryValue } from 'vue-router';
import type { RunRecord } from '../../shared/records.ts';
import { useAddress } from '../ui/address.ts';
import { runById, runsLoaded } from './runs.ts';

/** Runs that are chosen. */
export interface ChosenRuns {
  /** Their ids in the order in which they were chosen, each once; writing them changes the address. */
  ids: WritableComputedRef<string[]>;
  /** Ids of those that the store does not have; none until that is known. */
  missing: ComputedRef<string[]>;
  /** The others. */
  chosen: ComputedRef<RunRecord[]>;
}

/** The ids in an address's `runs`, in their order, each once. */
export function idsOf(query: LocationQueryValue | LocationQueryValue[] | undefined): string[] {
  return [
    ...new Set(
      String(query ?? '')
        .split(',')
        .filter(Boolean),
    ),
  ];
}

/** The runs that the present address chooses. */
export function useChosenRuns(): ChosenRuns {
  const route = useRoute();
  const change = useAddress();
  const ids = computed({
    get: () => idsOf(route.query['runs']),
    set: (now: string[]) => change({ runs: now.length > 0 ? now.join(',') : undefined }),
  });
  const missing = computed(() => (runsLoaded.value ? ids.value.filter((id) => !runById(id)) : []));
  const chosen = computed(() => ids.value.map(runById).filter((run) => run !== undefined));
  return { ids, missing, chosen };
}
