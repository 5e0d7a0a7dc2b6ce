/** A network's declaration: one file a network, from which its settings, form, checks, costs and graph come. */
import type { z } from 'zod';
import type { ImageShape } from './layers.ts';
import type { Model } from './model.ts';

/** What a data set asks of a network: an output for each class or, where targets are real numbers, for each of these. */
export interface DataShape extends ImageShape {
  /** Null where targets are real numbers. */
  classes: number | null;
  /** Those real numbers. */
  targetColumns?: readonly unknown[] | undefined;
}

/** What a network is built for. */
interface BuiltFor extends ImageShape {
  /** How many numbers it puts out for an example. */
  outputs: number;
}

/** How many numbers a network puts out for a data set. */
export function outputsOf({ classes, targetColumns }: Pick<DataShape, 'classes' | 'targetColumns'>): number {
  const outputs = classes ?? targetColumns?.length ?? 0;
  if (outputs < 1) throw new Error('a data set has classes or columns of targets');
  return outputs;
}

/** Images that a network takes: forms, files and the terminal say no more and no less. */
interface ImageRule {
  /** What height and width must be multiples of. */
  multiplesOf: number;
  /** The least height and width; `multiplesOf` where it is left out. */
  atLeast?: number;
  /** Why, in words that follow “it needs them because”: `it halves them twice`. */
  because: string;
}

/** A layer that a norm follows, where a network's settings ask for norms. */
export interface NormedLayer {
  /** Its channels, or its units. */
  channels: number;
  /** Whether a channel is a single number of an example, as a unit is, and not an image. */
  single: boolean;
}

/** A network as its file declares it. */
export interface NetworkDefinition<K extends string, S extends z.ZodRawShape> {
  /** Its name in experiments, `model.architecture`. */
  key: K;
  /** Its name in words. */
  title: string;
  /** Its name in short, with what sets it apart, `MLP 500-350` or `VGG-11 BN`; asked of settings that may not be complete or valid. */
  short: (settings: { [Key in keyof S]?: unknown }) => string;
  /** Its settings, each a `field` with words and a default. */
  settings: S;
  /** The images that it takes; null where it takes every image. */
  takes: ImageRule | null;
  /** Whether it normalises batches; asked of settings that may not be complete yet. */
  normalises: (settings: Partial<z.output<z.ZodObject<S>>>) => boolean;
  /** The layers that a norm follows, where one is asked for; none of a network without settings of norms. */
  normed: (settings: z.output<z.ZodObject<S>>) => readonly NormedLayer[];
  /** Its parameters and its graph, for images that it takes. */
  build: (settings: z.output<z.ZodObject<S>>, shape: BuiltFor) => Model;
}

/** Declares a network; listed in index.ts, it is there everywhere. */
export function defineNetwork<const K extends string, S extends z.ZodRawShape>(
  definition: NetworkDefinition<K, S>,
): NetworkDefinition<K, S> {
  return definition;
}
