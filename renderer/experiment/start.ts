/** Starting what the form holds: a run or a study. */
import { computed, nextTick, ref, watch } from 'vue';
import type { ComputedRef, Ref } from 'vue';
import { useRouter } from 'vue-router';
import { ValleywalkError } from '../../shared/errors.ts';
import type { ExperimentField } from '../../shared/setting-fields.ts';
import { sentence } from '../connection/connection.ts';
import { startRun } from '../runs/runs.ts';
import { startStudy } from '../runs/studies.ts';
import { runBackend } from '../settings/backends.ts';
import type { Checks } from './checks.ts';
import { definition, draft, isStudy } from './draft.ts';
import type { JsonEditing } from './json-editing.ts';

/** The start of what the form holds. */
export interface Start {
  starting: Readonly<Ref<boolean>>;
  /** Why it did not start, in a sentence. */
  error: Readonly<Ref<string | null>>;
  /** Whether a study is so large that it wants to be confirmed. */
  large: ComputedRef<boolean>;
  confirmed: Ref<boolean>;
  canStart: ComputedRef<boolean>;
  /** Starts it and shows it; or goes to the first field that is wrong. */
  start: () => Promise<void>;
  /** Goes to a field, out of the JSON and out of its fold if need be. */
  show: (field: ExperimentField) => Promise<void>;
}

/** Starts what the form holds once nothing is wrong with it. */
export function useStart({ problems, refused, studyEstimate, wrong }: Checks, json: JsonEditing): Start {
  const router = useRouter();
  const starting = ref(false);
  const error = ref<string | null>(null);
  const confirmed = ref(false);
  const large = computed(() => studyEstimate.value?.needs_confirmation === true);
  const canStart = computed(
    () => problems.value.length === 0 && !starting.value && (!isStudy.value || !large.value || confirmed.value),
  );
  watch(definition, () => {
    confirmed.value = false;
    refused.value = [];
    error.value = null;
  });

  async function show(field: ExperimentField): Promise<void> {
    if (json.isOpen.value) json.close();
    await nextTick();
    const target = document.getElementById(`field-${field.path.replaceAll('.', '-')}`);
    const fold = target?.closest('details');
    if (fold) fold.open = true;
    await nextTick();
    target?.scrollIntoView({ block: 'center' });
    (target?.matches('input') ? target : target?.querySelector<HTMLElement>('input'))?.focus();
  }
  async function start(): Promise<void> {
    if (starting.value) return;
    if (!canStart.value) {
      if (wrong.value[0] && !json.isBroken.value) await show(wrong.value[0]);
      return;
    }
    starting.value = true;
    error.value = null;
    try {
      if (isStudy.value) {
        const { study } = await startStudy(definition.value, confirmed.value, runBackend.value ?? undefined);
        await router.push(`/studies/${study}`);
      } else {
        const run = await startRun(draft.value, runBackend.value ?? undefined);
        await router.push(`/runs/${run.run}`);
      }
    } catch (reason) {
      if (reason instanceof ValleywalkError && reason.problems.length > 0) refused.value = reason.problems;
      else error.value = sentence(reason);
    } finally {
      starting.value = false;
    }
  }
  return { starting, error, large, confirmed, canStart, start, show };
}
