/** Data sets as the workbench lists them and a trainer opens them. */
import { z } from 'zod';

/**
 * A data set on disk: a pair of IDX files (gzipped or not). Of its `count` examples, the first n train and the last m
 * validate, as an experiment asks; pixels are normalised as x/255 − 0.5 (the paper's MNIST setting).
 */
export const datasetSchema = z.strictObject({
  /** Name in experiments: lower case, digits and hyphens. */
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'use lower-case letters, digits and hyphens, at most 64'),
  title: z.string(),
  format: z.literal('idx'),
  /** Absolute path of the image file. */
  images: z.string(),
  /** Absolute path of the label file. */
  labels: z.string(),
  count: z.int().min(2),
  height: z.int().min(1),
  width: z.int().min(1),
  channels: z.int().min(1),
  classes: z.int().min(2),
  /** SHA-256 over the decompressed image file followed by the decompressed label file. */
  checksum: z.string().length(64),
  /** Bundled sets cannot be removed. */
  bundled: z.boolean(),
  licence: z.string().nullable(),
});
export type Dataset = z.output<typeof datasetSchema>;
