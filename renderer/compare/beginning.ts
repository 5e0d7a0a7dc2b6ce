/** What a comparison begins with where its address says nothing: the one from before, or the runs that are selected in the list; never in silence. */
import { computed, onMounted, ref, shallowRef, watch } from 'vue';
import type { ComputedRef } from 'vue';
import { onBeforeRouteLeave, useRoute, useRouter } from 'vue-router';
import type { LocationQuery } from 'vue-router';
import { selection } from '../runs/selection.ts';
import type { ComparedRuns } from './compared-runs.ts';

/** The comparison that was left last in this window, with what was selected then. */
let left: { query: LocationQuery; selected: string } | null = null;

/** Which of two a comparison begins with. */
export type Beginning = 'before' | 'selected';

/**
 * What a comparison begins with: the one from before as long as the selection is what it was then, else what is selected.
 * @param before the selection when the last comparison was left; null where there was none
 * @param selected the selection now
 */
export function beginningOf(before: string | null, selected: string): Beginning | null {
  if (before !== null && (before === selected || selected === '')) return 'before';
  return selected === '' ? null : 'selected';
}

/** How a comparison began, and how it relates to what is selected in the list of runs. */
export interface ComparisonBeginning {
  /** What it began with, for as long as it is that; null where the address said it. */
  began: ComputedRef<Beginning | null>;
  /** Ids of selected runs that are not compared. */
  others: ComputedRef<string[]>;
  /** Begins with nothing instead. */
  empty: () => void;
  /** Whether everything was taken out of the comparison, as a click on the view's own link does. */
  emptied: ComputedRef<boolean>;
  /** Brings back what was taken out. */
  bringBack: () => void;
}

/** Whether an address says who is compared. */
function saysWho({ runs, filter, pin }: LocationQuery): boolean {
  return Boolean(runs ?? filter ?? pin);
}

/** Begins a comparison where the address says nothing. */
export function useBeginning(who: ComparedRuns): ComparisonBeginning {
  const route = useRoute();
  const router = useRouter();
  const how = ref<{ began: Beginning; said: string } | null>(null);
  const compared = computed(() => who.chosen.value.map(({ run }) => run));
  /** What the address says of who is compared. */
  const said = computed(() => JSON.stringify([route.query['runs'], route.query['filter'], route.query['pin']]));
  onMounted(() => {
    if (saysWho(route.query)) return;
    const began = beginningOf(left?.selected ?? null, selection.value.join());
    if (began === null) return;
    void router
      .replace({ query: began === 'before' ? left!.query : { ...route.query, runs: selection.value.join(',') } })
      .then(() => (how.value = { began, said: said.value }));
  });
  const before = shallowRef<LocationQuery | null>(null);
  watch(
    () => route.query,
    (now, old) => (before.value = saysWho(now) ? null : saysWho(old) ? old : before.value),
  );
  onBeforeRouteLeave(() => {
    left = compared.value.length > 0 ? { query: route.query, selected: selection.value.join() } : null;
  });
  return {
    began: computed(() => (how.value?.said === said.value ? how.value.began : null)),
    others: computed(() => {
      const here = new Set(compared.value);
      return selection.value.filter((id) => !here.has(id));
    }),
    empty: () => void router.replace({ query: {} }),
    emptied: computed(() => before.value !== null),
    bringBack: () => void router.replace({ query: before.value ?? {} }),
  };
}
