/** What can be said of every chart kind, for docs/charts.md and the terminal's help. */
import { z } from 'zod';
import type { ChartKind, ChartOptions } from './define.ts';
import { chartKinds } from './kinds/index.ts';

/** An option of a chart in a recipe. */
interface OptionFacts {
  name: string;
  title: string;
  /** The values that are allowed, where they are words; else null. */
  values: readonly string[] | null;
  /** What they mean, where that is said. */
  words: Readonly<Record<string, string>> | null;
  /** Least and greatest number, null where there is none. */
  least: number | null;
  most: number | null;
  /** What it is where a recipe leaves it out; undefined where it has to be told. */
  default: unknown;
}

/** A chart kind with its options. */
export interface ChartFacts {
  kind: ChartKind<string, ChartOptions>;
  options: readonly OptionFacts[];
}

/** Every chart kind, in the order of menus. */
export function chartFacts(): ChartFacts[] {
  const kinds = chartKinds as readonly unknown[] as readonly ChartKind<string, ChartOptions>[];
  return kinds.map((kind) => ({
    kind,
    options: Object.entries(kind.options).map(([name, { title, words = null, schema }]) => {
      const json = z.toJSONSchema(schema, { io: 'input' });
      const parts = [json, ...(json.anyOf ?? [])] as z.core.JSONSchema.JSONSchema[];
      const limit = (key: 'minimum' | 'maximum'): number | null => {
        const found = parts.find((part) => part[key] !== undefined)?.[key];
        return found === undefined || Math.abs(found) === Number.MAX_SAFE_INTEGER ? null : found;
      };
      return {
        name,
        title,
        words,
        values: (parts.find((part) => part.enum)?.enum as string[] | undefined) ?? null,
        least: limit('minimum'),
        most: limit('maximum'),
        // what may be left out without a default is null
        default: json.default ?? (schema.safeParse(undefined).success ? null : undefined),
      };
    }),
  }));
}
