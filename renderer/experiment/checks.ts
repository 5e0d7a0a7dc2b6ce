/** What the form holds, judged: its estimate, and what is wrong with it beside which field. */
import { computed, ref } from 'vue';
import type { ComputedRef, Ref } from 'vue';
import type { Problem } from '../../shared/errors.ts';
import { experimentFields } from '../../shared/experiment.ts';
import { hasField, valueAt } from '../../shared/setting-fields.ts';
import type { ExperimentField } from '../../shared/setting-fields.ts';
import type { Estimate } from '../../shared/estimate.ts';
import type { StudyEstimate } from '../../shared/study-record.ts';
import { lineExamples } from '../../shared/line.ts';
import { datasets, info } from '../connection/workbench.ts';
import { fieldOf, inForm, problemsByField } from '../form/experiment-form.ts';
import { runBackend } from '../settings/backends.ts';
import { definition, draft, isStudy, problemsOfDraft, varied } from './draft.ts';
import { askEstimate, useEstimate } from './estimate.ts';
import type { JsonEditing } from './json-editing.ts';

/** What is known of an experiment or a study before it starts. */
export interface Checks {
  /** The fields that there are with the present settings. */
  fields: ComputedRef<ExperimentField[]>;
  /** Of an experiment; null of a study, or before it is there. */
  estimate: ComputedRef<Estimate | null>;
  /** Of a study. */
  studyEstimate: ComputedRef<StudyEstimate | null>;
  /** Whether the estimate is of an earlier draft. */
  stale: Readonly<Ref<boolean>>;
  estimateError: Readonly<Ref<string | null>>;
  /** Evaluations of the loss on slices, those beyond the step and on the batch counted in; null where they cannot be told. */
  evaluations: ComputedRef<number | null>;
  /** What the workbench said against the last attempt to start. */
  refused: Ref<Problem[]>;
  problems: ComputedRef<Problem[]>;
  byField: ComputedRef<Map<string, string[]>>;
  /** Fields with a problem. */
  wrong: ComputedRef<ExperimentField[]>;
  /** Problems that belong to no field, as parts of sentences with what they are of. */
  whole: ComputedRef<string[]>;
}

/** Judges what the form holds, for as long as the view lives. */
export function useChecks(json: JsonEditing): Checks {
  const fields = computed(() => experimentFields().filter((field) => hasField(draft.value, field)));
  const {
    estimate: answer,
    stale,
    error: estimateError,
  } = useEstimate(
    () => askEstimate(definition.value, isStudy.value, runBackend.value),
    () => [definition.value, datasets.value, info.value?.backend, runBackend.value],
  );
  const estimate = computed(() => (answer.value?.of === 'experiment' && !isStudy.value ? answer.value.estimate : null));
  const studyEstimate = computed(() => (answer.value?.of === 'study' && isStudy.value ? answer.value.estimate : null));
  const evaluations = computed(() => {
    const of = (setting: string): unknown => valueAt(draft.value, `probes.interpolation.${setting}`);
    const [points, from, to] = ['points', 'from', 'to'].map(of);
    if (!estimate.value || typeof points !== 'number' || typeof from !== 'number' || typeof to !== 'number')
      return null;
    // each evaluation of the loss counts one, whatever it is on
    const ofLine = lineExamples({ points, from, to, onBatch: of('onBatch') === true }, 1, 1);
    return estimate.value.probed_iterations * (points + ofLine);
  });

  const refused = ref<Problem[]>([]);
  /** Problems of the schema at once, those that only the workbench knows as soon as it answers. */
  const problems = computed<Problem[]>(() => {
    const reading = json.reading.value;
    if (json.isOpen.value && reading && !reading.ok) return reading.problems;
    const inFields = (problem: Problem): Problem => inForm(problem, varied.value.sweep);
    const local = problemsOfDraft.value.map(inFields);
    const known = new Set(local.map((problem) => problem.path));
    const remote = [...(stale.value ? [] : (answer.value?.estimate.problems ?? [])), ...refused.value].map(inFields);
    return [...local, ...remote.filter((problem) => !known.has(problem.path))];
  });
  const byField = computed(() => problemsByField(problems.value, fields.value));
  return {
    ...{ fields, estimate, studyEstimate, stale, estimateError, evaluations, refused, problems, byField },
    wrong: computed(() => fields.value.filter((field) => byField.value.has(field.path))),
    whole: computed(() =>
      problems.value
        .filter((problem) => fieldOf(problem, fields.value) === undefined)
        .map(({ path, message }) => `${path || `the ${isStudy.value ? 'study' : 'experiment'}`} ${message}`),
    ),
  };
}
