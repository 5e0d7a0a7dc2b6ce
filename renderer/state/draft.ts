/** The experiment that the form holds: remembered between visits, filled from a preset or from a run. */
import { computed, ref, shallowRef, watch } from 'vue';
import { same } from '../../shared/runs/settings.ts';
import { complete, defaultDraft, draftProblems, freshName } from './experiment-form.ts';
import type { Draft } from './experiment-form.ts';
import { runs } from './runs.ts';
import { recall, remember } from './storage.ts';
import { presets } from './workbench.ts';

const stored = recall('draft') as { draft?: unknown; preset?: unknown } | undefined;

/** The draft; replaced, never changed in place. */
export const draft = shallowRef<Draft>(stored?.draft ? complete(stored.draft) : defaultDraft());
/** Preset that the draft started from. */
export const presetId = ref<string | null>(typeof stored?.preset === 'string' ? stored.preset : null);

watch([draft, presetId], () => remember('draft', { draft: draft.value, preset: presetId.value }));

/** What the schema says against the draft. */
export const problemsOfDraft = computed(() => draftProblems(draft.value));

/** The preset that the draft started from, if it still exists. */
export const preset = computed(() => presets.value.find((entry) => entry.id === presetId.value));
/** Whether the draft is exactly that preset, names aside. */
export const isPreset = computed(
  () =>
    preset.value !== undefined &&
    same({ ...draft.value, name: '' }, { ...(preset.value.experiment as unknown as Draft), name: '' }),
);

/** Fills the form from an experiment under a name that no run has. */
export function fillDraft(experiment: unknown, from: string | null): void {
  const whole = complete(structuredClone(experiment));
  const name = typeof whole['name'] === 'string' ? whole['name'] : 'quick walk';
  draft.value = {
    ...whole,
    name: freshName(
      name,
      runs.value.map((run) => run.name),
    ),
  };
  presetId.value = from;
}
