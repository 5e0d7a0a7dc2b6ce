/** What the form opens with: the settings of a preset, a run or a study that the address names, or those of last time. */
import { onMounted, ref, watch } from 'vue';
import type { Ref } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { definitionOf } from '../../shared/study-record.ts';
import { request, sentence } from '../connection/connection.ts';
import { presets } from '../connection/workbench.ts';
import { fillDraft, fillPreset, isThat, presetId } from './draft.ts';

/** Fills the form from the address once. @returns why that could not be, in a sentence */
export function useOpening(): Readonly<Ref<string | null>> {
  const route = useRoute();
  const router = useRouter();
  const error = ref<string | null>(null);

  // settings that are those of a preset came from it
  watch(
    presets,
    (list) => {
      presetId.value ??= list.find(isThat)?.id ?? null;
    },
    { immediate: true },
  );

  // an address may name a preset; it is opened once the presets are there
  watch(
    [presets, () => route.query['preset']] as const,
    async ([list, id]) => {
      const wanted = list.find((entry) => entry.id === id);
      if (!wanted) return;
      fillPreset(wanted);
      await router.replace('/new');
    },
    { immediate: true },
  );

  onMounted(async () => {
    const from = route.query['from'];
    const study = route.query['study'];
    if (typeof from === 'string' || typeof study === 'string')
      try {
        fillDraft(
          typeof study === 'string'
            ? definitionOf(await request('studies.get', { study }))
            : (await request('runs.get', { run: String(from) })).experiment,
          null,
        );
        await router.replace('/new');
      } catch (reason) {
        error.value = `The settings could not be read: ${sentence(reason)}`;
      }
  });
  return error;
}
