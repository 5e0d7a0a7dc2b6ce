/** Settings of which one, `kind`, decides which others there are: each kind is declared in a file of its own, and a list joins them. */
import { z } from 'zod';
import { field } from './fields.ts';
import type { FieldGroup } from './fields.ts';

/** A kind as its file declares it. */
interface Case {
  /** Its name in experiments. */
  key: string;
  /** Its name in words. */
  title: string;
  /** Its settings beside `kind`. */
  settings: z.ZodRawShape;
}

type SchemaOf<D> = D extends { key: infer K extends string; settings: infer S extends z.ZodRawShape }
  ? z.ZodObject<{ kind: z.ZodLiteral<K> } & S, z.core.$strict>
  : never;

/** The schemas of some kinds, as `z.discriminatedUnion` takes them. */
type CaseSchemas<D extends readonly Case[]> = [SchemaOf<D[0]>, ...{ [I in keyof D]: SchemaOf<D[I]> }[number][]];

/**
 * The schemas of some kinds, each with the field that chooses among them.
 * @param words title and help of that field, the part of the form that it stands in, and whether it folds away
 */
export function casesOf<const D extends readonly Case[]>(
  definitions: D,
  words: { title: string; help: string; group?: FieldGroup; advanced?: boolean },
): CaseSchemas<D> {
  const choices = Object.fromEntries(definitions.map(({ key, title }) => [key, title]));
  return definitions.map(({ key, settings }) =>
    z.strictObject({
      kind: field({ group: 'how', ...words, unit: null, control: 'choice', choices }, z.literal(key)),
      ...settings,
    }),
  ) as unknown as CaseSchemas<D>;
}

/** What is said of a kind that there is not. */
export function noSuchCase(definitions: readonly Case[]): { error: string } {
  return { error: `must be one of ${definitions.map(({ key }) => key).join(', ')}` };
}
