/** Which chart, and the file that a drawn figure is: the same for the window's dialogs and the terminal. */
import { z } from 'zod';
import { chartKinds } from './kinds/index.ts';

export type { ComparisonSpec } from './kinds/comparison.ts';

type SchemasOf<T extends readonly { schema: z.ZodType }[]> = { -readonly [I in keyof T]: T[I]['schema'] };

/** Which chart: one of the kinds in docs/charts.md, with its options. */
export const chartSpecSchema = z.discriminatedUnion(
  'chart',
  chartKinds.map(({ schema }) => schema) as unknown as SchemasOf<typeof chartKinds>,
);
/** Which chart. */
export type ChartSpec = z.output<typeof chartSpecSchema>;

/** What a figure can be written as. */
export const figureFormats = ['svg', 'png', 'pdf', 'csv'] as const;
/** One of them. */
export type FigureFormat = (typeof figureFormats)[number];

/** The media type of each format. */
export const figureTypes = {
  svg: 'image/svg+xml',
  png: 'image/png',
  pdf: 'application/pdf',
  csv: 'text/csv',
} as const satisfies Record<FigureFormat, string>;

/** Pixels per inch of a PNG. */
export const dpiSchema = z
  .int('must be a whole number')
  .min(36, 'at least 36 dpi')
  .max(1200, 'must be at most 1200 dpi')
  .default(300);

/** A drawn figure. */
export const figureFileSchema = z.strictObject({
  /** Suggested file name with extension. */
  name: z.string(),
  mime: z.enum([...Object.values(figureTypes), 'application/json']),
  bytes: z.instanceof(Uint8Array),
});
/** A drawn figure. */
export type FigureFile = z.output<typeof figureFileSchema>;
