/** What a data set's columns were before a run standardised them, for whoever turns its predictions back. */
import type { Dataset } from '../../shared/datasets.ts';
import type { Column } from '../../shared/targets.ts';
import { readUnchanged } from './read.ts';
import { scalesOf } from './values.ts';
import type { Scale } from './values.ts';

/** Means and deviations by which columns were standardised: (value − mean) / deviation. */
export interface Standardisation {
  /** In the order of the network's inputs, the name null where the files tell none; null of images, which have their normalisation. */
  inputs: (Scale & { name: string | null; unit: string | null })[] | null;
  /** In the order of the network's outputs. */
  targets: (Scale & Column)[];
}

/**
 * The means and deviations that a run on the first `train` examples of a data set computed with.
 * @returns null where targets are classes: those are of images, and nothing is standardised
 * @throws ValleywalkError as {@link readUnchanged}
 */
export async function standardisationOf(dataset: Dataset, train: number): Promise<Standardisation | null> {
  const raw = dataset.classes === null ? await readUnchanged(dataset) : null;
  if (raw?.classes !== null) return null;
  const { pixels, inputColumns, channels, height, width } = raw;
  const inputs =
    pixels instanceof Uint8Array
      ? null
      : scalesOf(pixels, channels * height * width, train).map((scale, column) => ({
          name: inputColumns?.[column]?.name ?? null,
          unit: inputColumns?.[column]?.unit ?? null,
          ...scale,
        }));
  const scales = scalesOf(raw.values, raw.targetColumns.length, train);
  return { inputs, targets: raw.targetColumns.map((column, index) => ({ ...column, ...scales[index]! })) };
}
