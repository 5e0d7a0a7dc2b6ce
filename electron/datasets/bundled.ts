/** The data sets that come with Valleywalk: one folder each under resources/datasets, described by its dataset.json. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { datasetSchema } from '../../shared/datasets.ts';
import type { Dataset } from '../../shared/datasets.ts';
import { ValleywalkError } from '../../shared/errors.ts';

/** dataset.json: a data set whose files are named relative to its folder, with where they come from. */
export const bundledDatasetSchema = datasetSchema.omit({ bundled: true }).extend({
  licence: z.string(),
  /** Where the examples come from, in words. */
  origin: z.string(),
  /** SHA-256 of each file as it lies in the folder, by name. */
  sha256: z.record(z.string(), z.string().length(64)),
});
/** Contents of a dataset.json. */
export type BundledDataset = z.output<typeof bundledDatasetSchema>;

/**
 * Reads the descriptions of the bundled data sets, in order of their folders' names. The data themselves are not read.
 * @param directory resources/datasets
 * @throws ValleywalkError kind `internal` when a description is malformed: the installation is damaged.
 */
export function bundledDatasets(directory: string): Dataset[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => resolve(directory, entry.name))
      .sort()
      .map(describe);
  } catch (error) {
    throw new ValleywalkError(
      'internal',
      `the bundled data sets in ${directory} are damaged (${(error as Error).message}); install Valleywalk again`,
    );
  }
}

function describe(folder: string): Dataset {
  const described = bundledDatasetSchema.parse(JSON.parse(readFileSync(join(folder, 'dataset.json'), 'utf8')));
  return datasetSchema.strip().parse({
    ...described,
    files: described.files.map((name) => join(folder, name)),
    bundled: true,
  });
}
