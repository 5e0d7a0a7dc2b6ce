/** Examples of a data set to be looked at. */
import { folderOf, mostShown } from '../../shared/datasets.ts';
import type { Dataset, DatasetExamples } from '../../shared/datasets.ts';
import { ValleywalkError } from '../../shared/errors.ts';
import { readExamples } from './read.ts';

/**
 * Reads a data set and takes the first examples of each class, class by class.
 * @param perClass how many of a class, at most; fewer where all would be more than `mostShown`
 * @throws ValleywalkError `missing` when a file is gone, `input` when one is malformed or has changed since the set was added
 */
export async function firstExamples(dataset: Dataset, perClass: number): Promise<DatasetExamples> {
  const { count, height, width, channels, pixels, labels, checksum } = await readExamples(dataset);
  if (checksum !== dataset.checksum)
    throw new ValleywalkError(
      'input',
      `the files of data set ${dataset.id} in ${folderOf(dataset)} have changed since it was added; restore the files, or forget the data set and add it again`,
    );
  const size = channels * height * width;
  const most = Math.max(1, Math.min(mostShown.examples, Math.floor(mostShown.bytes / size)));
  const places = new Map<number, number[]>();
  for (let place = 0; place < count; place++) {
    const label = labels[place]!;
    const known = places.get(label);
    if (!known) places.set(label, [place]);
    else if (known.length < perClass) known.push(place);
  }
  const each = Math.min(perClass, Math.max(1, Math.floor(most / places.size)));
  const examples = [...places]
    .sort(([a], [b]) => a - b)
    .flatMap(([label, found]) => found.slice(0, each).map((place) => ({ label, place })))
    .slice(0, most)
    // copies, which the slice of a Buffer is not: what travels must not take the whole set along
    .map(({ label, place }) => ({
      label,
      place,
      pixels: new Uint8Array(pixels.subarray(place * size, (place + 1) * size)),
    }));
  return { height, width, channels, examples };
}
