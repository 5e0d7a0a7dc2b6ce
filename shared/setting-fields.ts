/** The fields of a schema of settings, with words, default and the case that has them: forms, files' messages, filters and tables are drawn from them. */
import { z } from 'zod';
import { fieldMeta } from './fields.ts';
import type { FieldMeta } from './fields.ts';
import { hasBatchNorm } from './networks/index.ts';

/** A field as the form draws it. */
export type ExperimentField = FieldMeta & {
  /** Dotted path in the experiment, `optimizer.learningRate`. */
  path: string;
  default: unknown;
  /** The setting that decides whether there is this field, and its values with which there is; null for a field of every experiment. */
  when: { path: string; values: readonly unknown[] } | null;
  /** Where another default stands for each value of another setting, as the learning rate of an optimiser: that setting, and the defaults. */
  defaultBy?: { path: string; defaults: readonly (readonly [value: unknown, itsDefault: unknown])[] };
};

/** The default of a field in an experiment, which may not be valid yet. */
export function defaultOf(experiment: unknown, field: ExperimentField): unknown {
  const { defaultBy } = field;
  const now = defaultBy && valueAt(experiment, defaultBy.path);
  const own = defaultBy?.defaults.find(([value]) => value === now);
  return structuredClone(own ? own[1] : field.default);
}

/** Every field of a schema of settings in its order, with its metadata and default; the schema must accept `{}`. */
export function fieldsOf(settings: z.ZodType): ExperimentField[] {
  return fieldsAt(settings, [], settings.parse({}));
}

/** The fields of a part of the schema; a field's default is the whole experiment's or, in a case that is not the default, its own. */
function fieldsAt(schema: z.ZodType, path: string[], defaults: unknown): ExperimentField[] {
  const meta = fieldMeta.get(schema);
  if (meta) {
    const at = path.join('.');
    const usual = valueAt(defaults, at);
    return [{ ...meta, path: at, default: usual === undefined ? schema.parse(undefined) : usual, when: null }];
  }
  if (schema instanceof z.ZodPrefault) return fieldsAt(schema.unwrap() as z.ZodType, path, defaults);
  if (schema instanceof z.ZodPipe) return fieldsAt(schema.out as z.ZodType, path, defaults);
  if (schema instanceof z.ZodDiscriminatedUnion) return fieldsOfCases(schema, path, defaults);
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape).flatMap(([key, child]) =>
      fieldsAt(child as z.ZodType, [...path, key], defaults),
    );
  return [];
}

/**
 * Fields of a union of cases: the one that tells the case, then each other once, with the cases that have it. A union inside
 * must be in every case: its fields go by its own case alone.
 */
function fieldsOfCases(union: z.ZodDiscriminatedUnion, path: string[], defaults: unknown): ExperimentField[] {
  const key = union.def.discriminator;
  const decides = [...path, key].join('.');
  const fields = new Map<
    string,
    ExperimentField & { cases: unknown[]; own: [value: unknown, itsDefault: unknown][] }
  >();
  for (const option of union.options as z.ZodObject[]) {
    const { value } = option.shape[key] as z.ZodLiteral;
    for (const [name, schema] of Object.entries(option.shape))
      for (const found of fieldsAt(schema as z.ZodType, [...path, name], defaults)) {
        const known = fields.get(found.path) ?? { ...found, cases: [], own: [] };
        fields.set(found.path, known);
        known.cases.push(value);
        const own = name === key ? null : (schema as z.ZodType).safeParse(undefined);
        if (own?.success && fieldMeta.has(schema as z.ZodType)) known.own.push([value, own.data]);
      }
  }
  return [...fields.values()].map(({ cases, own, ...each }) => ({
    ...each,
    when: each.when ?? (cases.length === union.options.length ? null : { path: decides, values: cases }),
    ...(new Set(own.map(([, itsDefault]) => JSON.stringify(itsDefault))).size > 1
      ? { defaultBy: { path: decides, defaults: own } }
      : {}),
  }));
}

/** Whether an experiment, which may not be valid yet, has this field. */
export function hasField(experiment: unknown, { when, withBatchNorm }: ExperimentField): boolean {
  if (withBatchNorm && !hasBatchNorm(valueAt(experiment, 'model'))) return false;
  return when === null || when.values.includes(valueAt(experiment, when.path));
}

/** The value at a dotted path of an experiment, undefined where there is none. */
export function valueAt(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined),
      value,
    );
}
