/** What the parts of a walk remember from one iteration to the next: each tells it with a schema of its own, and a checkpoint joins them. */
import { z } from 'zod';

/** A part that remembers: a walk which goes on from its state does what it would have done. */
export interface Remembering<S extends z.ZodRawShape> {
  /** What it remembers, good for as long as nothing is computed. */
  state(): z.output<z.ZodObject<S>>;
  /** Goes on from there. */
  restore(state: z.output<z.ZodObject<S>>): void;
}

/** A count. */
export const count = z.int().min(0);

/** A number that JSON may not be able to tell: null is NaN. */
export const maybe = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN);
