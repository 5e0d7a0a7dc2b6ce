/** Fields of settings: what a form needs to know about each, kept beside its schema; and the schemas of numbers in a range. */
import { z } from 'zod';

/** Which of the form's three columns a field belongs to: what is trained, how it walks, what is measured. */
export type FieldGroup = 'what' | 'how' | 'measured';

/** What a form needs to know about a field beyond its type and range, whatever its control. */
interface FieldWords {
  /** Title in the form and in tables of differing settings; a standard term of the field. */
  title: string;
  /** One sentence of help under the title. */
  help: string;
  /** Unit, or null for a pure number or a word. */
  unit: string | null;
  group: FieldGroup;
  /** What a setting that is left empty (null, or a list of nothing) stands for, in a word or two. */
  empty?: string;
  /** True for settings that fold away because the common case does not touch them. */
  advanced?: boolean;
  /** True for settings that only mean something for a network with batch norm. */
  withBatchNorm?: boolean;
  /** How a study varies it: by its seeds, or never; left out, by a list of values. */
  varied?: 'seeds' | 'never';
}

/** The words of a setting that is a word, which stands for all of something, or a count of it: `"train"` or `{ "subset": 1000 }`. */
export interface WordOrCount {
  word: string;
  /** How the word reads. */
  wordLabel: string;
  /** Key of the count. */
  countKey: string;
  /** What the control writes before the count. */
  countLabel: string;
  /** What the count is of. */
  unit: string;
  /** What is counted, for screen readers. */
  countTitle: string;
  /** The count to begin with. */
  initial: number;
  /** What tables say before the count. */
  prefix?: string;
  /** A third way, which has numbers of its own: `{ "sequential": { "confidence": 0.99, … } }`. */
  more?: MoreSettings;
}

/** A way of {@link WordOrCount} with numbers of its own. */
interface MoreSettings {
  key: string;
  /** What the control writes before the numbers. */
  label: string;
  /** How tables begin it. */
  said: string;
  numbers: readonly {
    key: string;
    /** What it is, for screen readers. */
    title: string;
    /** What stands beside it. */
    label: string;
    initial: number;
  }[];
}

/** Which control draws a field, with what that needs to know; the form has one for each (renderer/form/controls.ts). */
type FieldControl =
  | { control: 'text' | 'integer' | 'number' | 'switch' | 'integer-list' | 'data-set' | 'length' | 'windows' }
  /** One of some values, with a word for each. */
  | { control: 'choice'; choices: Readonly<Record<string, string>> }
  | { control: 'word-or-count'; words: WordOrCount };

/** What a form needs to know about a field beyond its type and range. */
export type FieldMeta = FieldWords & FieldControl;
/** Name of a kind of control. */
export type ControlName = FieldControl['control'];

/** Registry of the fields' metadata, keyed by their schemas. */
export const fieldMeta = z.registry<FieldMeta>();

/** Attaches a field's metadata to its schema. */
export function field<S extends z.ZodType>(meta: FieldMeta, schema: S): S {
  fieldMeta.add(schema, meta);
  return schema;
}

/** Message for a number outside its range, naming the range and the value. */
export function range(low: string, high: string) {
  return { error: (issue: { input?: unknown }) => `must be ${low} and ${high}; it is ${String(issue.input)}` };
}

/** A whole number within a range. */
export function integer(minimum: number, maximum: number) {
  const message = range(
    `a whole number from ${minimum.toLocaleString('en')}`,
    `at most ${maximum.toLocaleString('en')}`,
  );
  return z.number({ error: 'must be a whole number' }).int(message).min(minimum, message).max(maximum, message);
}

/** What a loss is evaluated on: the whole training set, or a fixed seeded subset of it. */
export const evaluateOn = z.union([z.literal('train'), z.strictObject({ subset: integer(1, 10_000_000) })], {
  error: 'must be "train" (the whole training set) or { "subset": n } with a whole number from 1',
});

/** How the form says {@link evaluateOn}. */
export const evaluateOnWords: WordOrCount = {
  word: 'train',
  wordLabel: 'whole training set',
  countKey: 'subset',
  countLabel: 'fixed subset of',
  unit: 'examples',
  countTitle: 'Examples in the subset',
  initial: 1000,
};

/** A case of a union that does not tell which it is, told as the usual one. */
export function toldAs(value: unknown, key: string, usual: string): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(key in value)
    ? { [key]: usual, ...value }
    : value;
}
