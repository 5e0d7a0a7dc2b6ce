/** What a network learns to predict: classes, or real numbers. */
import { z } from 'zod';

/**
 * The kinds of targets, as PyTorch tells them apart by their type: `classes` are whole numbers, one an example (`long`); `values` are real
 * numbers, as many an example as the network has outputs (`float`), which is regression.
 */
export type TargetKind = 'classes' | 'values';

/** A column of numbers as its file names it. */
export const columnSchema = z.strictObject({
  name: z.string().min(1),
  /** As the file writes it, such as `°C`; null where it tells none. */
  unit: z.string().nullable(),
});
/** Name and unit of a column. */
export type Column = z.output<typeof columnSchema>;

/** A column in words: `temperature (°C)`. */
export function columnText({ name, unit }: Column): string {
  return unit === null ? name : `${name} (${unit})`;
}
