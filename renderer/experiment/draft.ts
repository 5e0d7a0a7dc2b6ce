/**
 * The experiment that the form holds, and what of it is varied: lists, ranges and seeds make it a study. Remembered between
 * visits, filled from a preset, a run or a study.
 */
import { computed, ref, shallowRef, watch } from 'vue';
import type { Problem } from '../../shared/errors.ts';
import type { Preset } from '../../shared/presets.ts';
import { same } from '../../shared/runs/settings.ts';
import { isObject } from '../../shared/settings.ts';
import { looksLikeStudy } from '../../shared/study.ts';
import { drawnPaths } from '../../shared/sweep.ts';
import type { Draws } from '../../shared/sweep.ts';
import type { Draft } from '../../shared/settings.ts';
import { complete, defaultDraft, draftProblems, freshName, studyProblems } from '../form/experiment-form.ts';
import { runs } from '../runs/runs.ts';
import { recall, remember } from '../ui/storage.ts';
import { studies } from '../runs/studies.ts';
import { presets } from '../connection/workbench.ts';

/** What a form varies: values by path, seeds or how many (undefined are the experiment's own), and how often is drawn. */
export interface Varied {
  sweep: Record<string, unknown>;
  seeds: unknown;
  /** Of a study that draws nothing, undefined. */
  draws?: unknown;
}

const nothing: Varied = { sweep: {}, seeds: undefined };
const stored = recall('draft') as
  { draft?: unknown; preset?: unknown; sweep?: unknown; seeds?: unknown; draws?: unknown } | undefined;
/** Draws to begin with. */
const firstDraws: Draws = { count: 10, seed: 1 };

/** The draft; replaced, never changed in place. */
export const draft = shallowRef<Draft>(stored?.draft ? complete(stored.draft) : defaultDraft());
/** What of it is varied; replaced, never changed in place. */
export const varied = shallowRef<Varied>({
  sweep: isObject(stored?.sweep) ? stored.sweep : {},
  seeds: stored?.seeds ?? undefined,
  ...(stored?.draws === undefined ? {} : { draws: stored.draws }),
});
/** Preset that the draft started from. */
export const presetId = ref<string | null>(typeof stored?.preset === 'string' ? stored.preset : null);

watch([draft, varied, presetId], () =>
  remember('draft', { draft: draft.value, ...varied.value, preset: presetId.value }),
);

/** Whether the form holds a study. */
export const isStudy = computed(() => Object.keys(varied.value.sweep).length > 0 || varied.value.seeds !== undefined);

/** What the form holds, as a file would: an experiment, or a study with its lists. */
export const definition = computed<Draft>(() => {
  if (!isStudy.value) return draft.value;
  const { name, ...experiment } = draft.value;
  const { sweep, seeds, draws } = varied.value;
  return {
    ...{ name, experiment, sweep },
    ...(seeds === undefined ? {} : { seeds }),
    ...(draws === undefined ? {} : { draws }),
  };
});

/** What the schema says against what the form holds. */
export const problemsOfDraft = computed<Problem[]>(() =>
  isStudy.value ? studyProblems(definition.value) : draftProblems(draft.value),
);

/** The preset that the draft started from, if it still exists. */
export const preset = computed(() => presets.value.find((entry) => entry.id === presetId.value));
/** Whether the form holds exactly that preset, names aside. */
export const isPreset = computed(() => preset.value !== undefined && isThat(preset.value));

/** The settings of the preset that the draft started from; undefined where there is none. */
export const presetDraft = computed(() => preset.value && formOf(settingsOf(preset.value)).draft);

/** What a preset says. */
function settingsOf(entry: Preset): unknown {
  return 'study' in entry ? entry.study : entry.experiment;
}

/** Whether the form holds exactly what a preset says, names aside. */
export function isThat(entry: Preset): boolean {
  const unnamed = ({ name: _, ...rest }: Draft): Draft => rest;
  const { draft: base, varied: lists } = formOf(settingsOf(entry));
  return same(unnamed(draft.value), unnamed(base)) && same({ ...varied.value }, { ...lists });
}

/** What a form shows of an experiment or a study, whatever it is. */
function formOf(value: unknown): { draft: Draft; varied: Varied } {
  const whole = isObject(value) ? structuredClone(value) : {};
  if (!looksLikeStudy(whole)) return { draft: complete(whole), varied: nothing };
  const { name, experiment, sweep, seeds, draws } = whole;
  const base = { ...(isObject(experiment) ? experiment : {}), ...(name === undefined ? {} : { name }) };
  const varied = { sweep: isObject(sweep) ? sweep : {}, seeds };
  return { draft: complete(base), varied: draws === undefined ? varied : { ...varied, draws } };
}

/** Shows an experiment or a study, valid or not, as it is. */
export function showDraft(value: unknown): void {
  const form = formOf(value);
  draft.value = form.draft;
  varied.value = form.varied;
}

/** Fills the form from an experiment or a study, under a name that no run or study has. */
export function fillDraft(value: unknown, from: string | null): void {
  showDraft(value);
  const { name } = draft.value;
  draft.value = {
    ...draft.value,
    name: freshName(
      typeof name === 'string' ? name : 'quick walk',
      [...runs.value, ...studies.value].map((taken) => taken.name),
    ),
  };
  presetId.value = from;
}

/** Fills the form from a preset. */
export function fillPreset(entry: Preset): void {
  fillDraft(settingsOf(entry), entry.id);
}

/** Varies a setting by a list of values or a range, or no more where there is none. */
export function vary(path: string, values: unknown): void {
  if (path === 'seed') {
    varied.value = { ...varied.value, seeds: values };
    return;
  }
  const { [path]: _, ...others } = varied.value.sweep;
  // at its place among the others, so that typing does not turn the grid round
  const sweep = path in varied.value.sweep ? { ...varied.value.sweep, [path]: values } : { ...others, [path]: values };
  draw(values === undefined ? others : sweep, varied.value.draws);
}

/** Draws so many values, from such a seed; nothing where no setting is drawn. */
export function draw(sweep: Varied['sweep'], draws: unknown): void {
  const { seeds } = varied.value;
  varied.value = drawnPaths(sweep).length > 0 ? { sweep, seeds, draws: draws ?? firstDraws } : { sweep, seeds };
}
