/** The estimate of an experiment, asked for shortly after one stops typing. */
import { onScopeDispose, ref, shallowRef, watch } from 'vue';
import type { Ref, ShallowRef } from 'vue';
import type { Estimate } from '../../shared/protocol.ts';
import { connection, request, sentence } from './connection.ts';

/** The newest estimate, whether it is of an earlier draft, and why there is none. */
export interface EstimateState {
  estimate: ShallowRef<Estimate | null>;
  stale: Ref<boolean>;
  error: Ref<string | null>;
}

/**
 * Keeps an estimate of a draft up to date; answers that were overtaken are dropped.
 * @param facts what else the answer depends on
 * @param backend the one to estimate for; null for the one that the store remembers
 */
export function useEstimate(
  draft: () => unknown,
  facts: () => unknown,
  backend: () => string | null = () => null,
): EstimateState {
  const estimate = shallowRef<Estimate | null>(null);
  const stale = ref(true);
  const error = ref<string | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest = 0;

  async function ask(): Promise<void> {
    const mine = ++latest;
    try {
      const named = backend();
      const answer = await request('experiments.estimate', {
        experiment: draft(),
        ...(named === null ? {} : { backend: named }),
      });
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
    [draft, facts, backend, () => connection.status],
    () => {
      stale.value = true;
      clearTimeout(timer);
      timer = setTimeout(() => void ask(), estimate.value ? 250 : 0);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    latest++;
    clearTimeout(timer);
  });
  return { estimate, stale, error };
}
