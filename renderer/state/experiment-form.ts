/** The form's pure part: an experiment that may still be invalid, its problems by field, and ways in and out of JSON. */
import { checkExperiment, experimentFields, experimentSchema, hasField, valueAt } from '../../shared/experiment.ts';
import type { Experiment, ExperimentField, Problem } from '../../shared/experiment.ts';

/** An experiment as a form holds it: the right shape or not, whatever was typed. */
export type Draft = Record<string, unknown>;

/** A draft with the quick walk's settings. */
export function defaultDraft(): Draft {
  return structuredClone(experimentSchema.parse({}));
}

/** A copy of the draft with the value at a dotted path set; objects on the way are made where they are missing. */
export function withValue(draft: Draft, path: string, value: unknown): Draft {
  const [key, ...rest] = path.split('.') as [string, ...string[]];
  if (rest.length === 0) return { ...draft, [key]: value };
  const inner = draft[key];
  const base = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as Draft) : {};
  return { ...draft, [key]: withValue(base, rest.join('.'), value) };
}

/** Fills in defaults where a draft says nothing, so that every field of the form shows what will be used. */
export function complete(draft: unknown): Draft {
  const base = typeof draft === 'object' && draft !== null && !Array.isArray(draft) ? (draft as Draft) : {};
  return experimentFields().reduce<Draft>(
    (whole, field) =>
      valueAt(whole, field.path) === undefined && hasField(whole, field)
        ? withValue(whole, field.path, structuredClone(field.default))
        : whole,
    base,
  );
}

/**
 * A copy of the draft with one field changed. Fields that there are no more with the new value go, and those that it brings
 * get their defaults.
 */
export function withField(draft: Draft, path: string, value: unknown): Draft {
  const changed = withValue(draft, path, value);
  const gone = experimentFields().filter((field) => field.when?.path === path && !hasField(changed, field));
  return gone.length === 0
    ? complete(changed)
    : complete(gone.reduce((whole, { path }) => without(whole, path), changed));
}

/** A copy of the draft without the value at a dotted path. */
function without(draft: Draft, path: string): Draft {
  const [key, ...rest] = path.split('.') as [string, ...string[]];
  const { [key]: inner, ...others } = draft;
  return rest.length === 0 || typeof inner !== 'object' || inner === null
    ? others
    : { ...draft, [key]: without(inner as Draft, rest.join('.')) };
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

/** Problems by the path of the field that they stand beside; those of no field are under the empty path. */
export function problemsByField(
  problems: readonly Problem[],
  fields: readonly ExperimentField[],
): Map<string, string[]> {
  const byField = new Map<string, string[]>();
  for (const problem of problems) {
    const field = fields.find(({ path }) => problem.path === path || problem.path.startsWith(`${path}.`));
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
  const mended = wrong.reduce((whole, field) => withValue(whole, field.path, structuredClone(field.default)), draft);
  const again = checkExperiment(mended);
  const known = new Set(check.problems.map(({ path }) => path));
  const isMended = ({ path }: Problem): boolean =>
    wrong.some((field) => path === field.path || path.startsWith(`${field.path}.`));
  const hidden = again.ok ? [] : again.problems.filter((problem) => !known.has(problem.path) && !isMended(problem));
  return [...check.problems, ...hidden];
}

/** A text that should be an experiment: parsed and checked. */
export type JsonReading =
  { ok: true; experiment: Experiment } | { ok: false; draft: Draft | null; problems: Problem[] };

/** Reads JSON as an experiment; a slip in the JSON itself is a problem of its own, told with its place. */
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
  const check = checkExperiment(value);
  if (check.ok) return check;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return { ok: false, draft: isObject ? (value as Draft) : null, problems: check.problems };
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
