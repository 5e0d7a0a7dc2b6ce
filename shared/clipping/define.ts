/** A way to clip gradients, declared: one file a way, from which its settings, form, checks and arithmetic come. */
import type { z } from 'zod';

/** What clipping does to a gradient: every component times `scale`, then no farther from 0 than `bound`. */
export interface Clip {
  scale: number;
  /** Infinity where nothing is bounded. */
  bound: number;
}

/** A way to clip as its file declares it. */
export interface ClippingDefinition<K extends string, S extends z.ZodRawShape> {
  /** Its name in experiments, `optimizer.clipping.kind`. */
  key: K;
  /** Its name in words. */
  title: string;
  /** Its settings beside its kind, each a `field` with words and a default. */
  settings: S;
  /** What it does to a gradient of a norm ‖g‖₂; null where it does nothing to any. */
  clip: ((settings: z.output<z.ZodObject<S>>, norm: number) => Clip) | null;
  /** Multiply-adds that take as long as it does for each parameter on the host, as optimisers tell their `work`: bench/choices.ts measures it. */
  work: number;
}

/** Declares a way to clip; listed in index.ts it is there everywhere. */
export function defineClipping<const K extends string, S extends z.ZodRawShape>(
  definition: ClippingDefinition<K, S>,
): ClippingDefinition<K, S> {
  return definition;
}
