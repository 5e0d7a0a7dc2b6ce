/** The runs that are selected: in the list, and what Compare and Export begin with; kept across views and reloads. */
import { computed, shallowReactive, watch } from 'vue';
import { runById, runs, runsLoaded } from './runs.ts';
import { recall, remember } from '../ui/storage.ts';

const stored = recall('selection');
const chosen = shallowReactive(
  new Set<string>(Array.isArray(stored) ? stored.filter((id) => typeof id === 'string') : []),
);

/** Ids of the selected runs, in the order in which they were selected. */
export const selection = computed(() => [...chosen].filter((id) => !runsLoaded.value || runById(id) !== undefined));

/** Of the selected runs, those that the list shows: what is changed in bulk is what is seen. */
export function inSight<Run extends { run: string }>(chosen: readonly Run[], shown: readonly { run: string }[]): Run[] {
  const seen = new Set(shown.map(({ run }) => run));
  return chosen.filter(({ run }) => seen.has(run));
}

/** Whether a run is selected. */
export function isSelected(run: string): boolean {
  return chosen.has(run);
}

/** Selects runs, or takes them out of the selection. */
export function select(ids: readonly string[], on: boolean): void {
  for (const id of ids)
    if (on) chosen.add(id);
    else chosen.delete(id);
}

/** Selects these runs and no others. */
export function selectOnly(ids: readonly string[]): void {
  chosen.clear();
  select(ids, true);
}

/** Starts remembering; once, when the app starts. */
export function watchSelection(): void {
  watch([selection, runs], () => remember('selection', selection.value));
}
