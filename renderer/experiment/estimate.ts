/** The estimate of an experiment or a study, asked for shortly after one stops typing. */
import { onScopeDispose, ref, shallowRef, watch } from 'vue';
import type { Ref, ShallowRef } from 'vue';
import type { Estimate } from '../../shared/estimate.ts';
import type { StudyEstimate } from '../../shared/study-record.ts';
import { connection, request, sentence } from '../connection/connection.ts';

/** The newest estimate, whether it is of an earlier draft, and why there is none. */
export interface EstimateState<E> {
  estimate: ShallowRef<E | null>;
  stale: Ref<boolean>;
  error: Ref<string | null>;
}

/** An estimate of the one or the other. */
export type AnyEstimate = { of: 'experiment'; estimate: Estimate } | { of: 'study'; estimate: StudyEstimate };

/**
 * Asks for the estimate of what a form holds.
 * @param named backend to estimate for; null for the one that the store remembers
 */
export async function askEstimate(definition: unknown, isStudy: boolean, named: string | null): Promise<AnyEstimate> {
  const backend = named === null ? {} : { backend: named };
  return isStudy
    ? { of: 'study', estimate: await request('studies.estimate', { study: definition, ...backend }) }
    : { of: 'experiment', estimate: await request('experiments.estimate', { experiment: definition, ...backend }) };
}

/**
 * Keeps an estimate up to date; answers that were overtaken are dropped.
 * @param ask asks the workbench; null where there is nothing to ask about
 * @param of everything that the answer depends on
 */
export function useEstimate<E>(ask: () => Promise<E | null>, of: () => unknown): EstimateState<E> {
  const estimate = shallowRef<E | null>(null);
  const stale = ref(true);
  const error = ref<string | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest = 0;

  async function update(): Promise<void> {
    const mine = ++latest;
    try {
      const answer = await ask();
      if (mine !== latest) return;
      estimate.value = answer;
      error.value = null;
    } catch (reason) {
      if (mine !== latest) return;
      error.value = sentence(reason);
    }
    stale.value = false;
  }

  watch(
    [of, () => connection.status],
    () => {
      stale.value = true;
      clearTimeout(timer);
      timer = setTimeout(() => void update(), estimate.value ? 250 : 0);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    latest++;
    clearTimeout(timer);
  });
  return { estimate, stale, error };
}
