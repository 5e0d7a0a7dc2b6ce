/** A network's declaration: one file a network, from which its settings, form, checks, costs and graph come. */
import type { z } from 'zod';
import type { ImageShape } from './layers.ts';
import type { Model } from './model.ts';

/** What a data set asks of a network. */
export interface DataShape extends ImageShape {
  classes: number;
}

/** A network as its file declares it. */
export interface NetworkDefinition<K extends string, S extends z.ZodRawShape> {
  /** Its name in experiments, `model.architecture`. */
  key: K;
  /** Its name in words. */
  title: string;
  /** Its settings, each a `field` with words and a default. */
  settings: S;
  /** What height and width of images must be multiples of, and why, in words; null where it takes every image. */
  divides: { by: number; because: string } | null;
  /** Whether it normalises batches; asked of settings that may not be complete yet. */
  normalises: (settings: Partial<z.output<z.ZodObject<S>>>) => boolean;
  /** Its parameters and its graph, for images that it takes. */
  build: (settings: z.output<z.ZodObject<S>>, shape: DataShape) => Model;
}

/** Declares a network; listed in index.ts, it is there everywhere. */
export function defineNetwork<const K extends string, S extends z.ZodRawShape>(
  definition: NetworkDefinition<K, S>,
): NetworkDefinition<K, S> {
  return definition;
}
