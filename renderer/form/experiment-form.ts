/** The form's pure part: an experiment that may still be invalid, its problems by field, and ways in and out of JSON. */
import type { Problem } from '../../shared/errors.ts';
import { checkExperiment, experimentFields, experimentSchema } from '../../shared/experiment.ts';
import { defaultOf, hasField, valueAt } from '../../shared/setting-fields.ts';
import type { ExperimentField } from '../../shared/setting-fields.ts';
import { isObject, settingFields, withSetting, withValue } from '../../shared/settings.ts';
import type { Draft } from '../../shared/settings.ts';
import { askAbove, checkStudy, looksLikeStudy, studySchema, studySize } from '../../shared/study.ts';
import { drawnPaths } from '../../shared/sweep.ts';

/** A draft with the quick walk's settings. */
export function defaultDraft(): Draft {
  return structuredClone(experimentSchema.parse({}));
}

/** Fills in defaults where a draft says nothing, so that every field of the form shows what will be used. */
export function complete(draft: unknown): Draft {
  const base = typeof draft === 'object' && draft !== null && !Array.isArray(draft) ? (draft as Draft) : {};
  return experimentFields().reduce<Draft>(
    (whole, field) =>
      valueAt(whole, field.path) === undefined && hasField(whole, field)
        ? withValue(whole, field.path, defaultOf(whole, field))
        : whole,
    base,
  );
}

/**
 * A copy of the draft with one field changed; fields that it brings get their defaults, those that it takes go.
 * @param given the preset that the draft began with, which told nothing that a person told
 */
export function withField(draft: Draft, path: string, value: unknown, given?: unknown): Draft {
  return complete(withSetting(draft, path, value, given));
}

/** The number that a text says, or the text itself (the schema then says what is wrong with it). */
export function readNumber(text: string): number | string {
  const tidy = text
    .trim()
    .replaceAll('−', '-')
    .replace(/(?<=\d)[ _,](?=\d{3}(?!\d))/g, '');
  if (tidy === '' || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(tidy)) return text.trim();
  return Number(tidy);
}

/** The list of numbers that a text says, separated by commas or spaces. */
export function readNumbers(text: string): (number | string)[] {
  return text
    .split(/[\s,;]+/)
    .filter((part) => part !== '')
    .map(readNumber);
}

/** Values that a text says, separated by commas: numbers, words, or JSON where they are more. */
export function readValues(text: string): unknown[] {
  if (text.trim() === '') return [];
  try {
    const whole: unknown = JSON.parse(`[${text}]`);
    if (Array.isArray(whole)) return whole;
  } catch {
    // no JSON: words or numbers as people type them
  }
  return text
    .split(/[,;]+/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => (part === 'true' ? true : part === 'false' ? false : readNumber(part)));
}

/** The field that a problem stands beside; undefined where it is of none. */
export function fieldOf({ path }: Problem, fields: readonly ExperimentField[]): ExperimentField | undefined {
  return fields.find((field) => path === field.path || path.startsWith(`${field.path}.`));
}

/** Problems by the path of the field that they stand beside; those of no field are under the empty path. */
export function problemsByField(
  problems: readonly Problem[],
  fields: readonly ExperimentField[],
): Map<string, string[]> {
  const byField = new Map<string, string[]>();
  for (const problem of problems) {
    const field = fieldOf(problem, fields);
    const key = field?.path ?? '';
    const inList = field?.control === 'integer-list' && problem.path !== field.path;
    const message = inList
      ? `${problem.message}; the list is whole numbers separated by commas, as in 500, 350`
      : field || problem.path === ''
        ? problem.message
        : `${problem.path} ${problem.message}`;
    const messages = byField.get(key) ?? [];
    if (!messages.includes(message)) byField.set(key, [...messages, message]);
  }
  return byField;
}

/**
 * Every problem of a draft at once. The schema looks for contradictions between fields only when each field is valid by
 * itself, so invalid ones are set to their defaults for a second look.
 */
export function draftProblems(draft: Draft): Problem[] {
  const check = checkExperiment(draft);
  if (check.ok) return [];
  const fields = experimentFields().filter((field) => hasField(draft, field));
  const wrong = fields.filter(({ path }) => problemsByField(check.problems, fields).has(path));
  const mended = wrong.reduce((whole, field) => withValue(whole, field.path, defaultOf(whole, field)), draft);
  const again = checkExperiment(mended);
  const known = new Set(check.problems.map(({ path }) => path));
  const isMended = ({ path }: Problem): boolean =>
    wrong.some((field) => path === field.path || path.startsWith(`${field.path}.`));
  const hidden = again.ok ? [] : again.problems.filter((problem) => !known.has(problem.path) && !isMended(problem));
  return [...check.problems, ...hidden];
}

/** Problems of a study, with paths of the form's fields. The combinations of a large grid are left to the workbench. */
export function studyProblems(study: unknown): Problem[] {
  const own = studySchema.safeParse(study);
  if (own.success && studySize(own.data) > askAbove) return [];
  const check = checkStudy(study);
  return check.ok ? [] : check.problems.map((problem) => inForm(problem, sweepOf(study)));
}

/** What a study that may not be valid varies. */
function sweepOf(study: unknown): Readonly<Record<string, unknown>> {
  return isObject(study) && isObject(study['sweep']) ? study['sweep'] : {};
}

/**
 * A problem of a study with the path of the form's field: that of the setting, whether it lies in a list or not; of draws, that of the
 * first setting that is drawn.
 */
export function inForm({ path, message }: Problem, sweep: Readonly<Record<string, unknown>>): Problem {
  const inside = path.replace(/^(experiment|sweep)\./, '');
  const [drawn] = drawnPaths(sweep);
  if (/^draws(\.|$)/.test(path) && drawn !== undefined)
    return { path: drawn, message: `is drawn, and the number of draws ${message}` };
  if (inside === 'seeds' || inside.startsWith('seeds.')) return { path: inside.replace('seeds', 'seed'), message };
  // an object of settings has no field of its own
  const isField = settingFields.some((field) => inside === field.path || inside.startsWith(`${field.path}.`));
  return { path: isField ? inside : path, message };
}

/** A text that should be an experiment or a study: parsed and checked. */
export type JsonReading = { ok: true; value: Draft } | { ok: false; draft: Draft | null; problems: Problem[] };

/** Reads JSON as an experiment, or as a study where it looks like one; a slip in the JSON itself is a problem of its own, told with its place. */
export function readJson(text: string): JsonReading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return {
      ok: false,
      draft: null,
      problems: [{ path: '', message: `is not valid JSON: ${(error as Error).message}` }],
    };
  }
  const draft = isObject(value) ? value : null;
  if (looksLikeStudy(value)) {
    const check = checkStudy(value);
    return check.ok ? { ok: true, value: { ...check.study } } : { ok: false, draft, problems: check.problems };
  }
  const check = checkExperiment(value);
  return check.ok ? { ok: true, value: { ...check.experiment } } : { ok: false, draft, problems: check.problems };
}

/** A name that is not taken: `quick walk`, `quick walk 2`, `quick walk 3`. */
export function freshName(name: string, taken: Iterable<string>): string {
  const names = new Set(taken);
  if (!names.has(name)) return name;
  const stem = name.replace(/ \d+$/, '');
  let n = 2;
  while (names.has(`${stem} ${n}`)) n++;
  return `${stem} ${n}`.slice(0, 120);
}
