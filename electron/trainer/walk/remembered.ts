/** What the parts of a walk remember from one iteration to the next: each tells it with a schema of its own, and a checkpoint joins them. */
import { z } from 'zod';

/** A part that remembers: a walk which goes on from its state does what it would have done. */
export interface Remembering<S extends z.ZodRawShape> {
  /** What it remembers, good for as long as nothing is computed. */
  state(): z.output<z.ZodObject<S>>;
  /** Goes on from there. */
  restore(state: z.output<z.ZodObject<S>>): void;
}

/** What each of some parts remembers, joined. */
type Joined<P> = {
  [K in keyof P]: P[K] extends { restore(state: infer S): void } ? (all: S) => void : never;
}[keyof P] extends (all: infer All) => void
  ? All
  : never;

/** Parts as one, by name: what one of them remembers is both told and restored. */
export function together<P extends object>(
  parts: P & Record<keyof P, Remembering<z.ZodRawShape>>,
): { state(): Joined<P>; restore(state: Joined<P>): void } {
  const each: Remembering<z.ZodRawShape>[] = Object.values(parts);
  return {
    state: () => Object.assign({}, ...each.map((part) => part.state())) as Joined<P>,
    restore(state) {
      for (const part of each) part.restore(state as Record<string, unknown>);
    },
  };
}

/** A count. */
export const count = z.int().min(0);

/** A number that JSON may not be able to tell: null is NaN. */
export const maybe = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN);
