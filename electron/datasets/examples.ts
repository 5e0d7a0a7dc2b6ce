/** Examples of a data set to be looked at. */
import { folderOf, mostShown } from '../../shared/datasets.ts';
import type { Dataset, DatasetExamples } from '../../shared/datasets.ts';
import { ValleywalkError } from '../../shared/errors.ts';
import { readExamples } from './read.ts';

/**
 * Reads a data set and takes the first examples of each class, class by class; of real targets the first of all.
 * @param perClass how many of a class, at most; fewer where all would be more than `mostShown`
 * @throws ValleywalkError `missing` when a file is gone, `input` when one is malformed or has changed since the set was added
 */
export async function firstExamples(dataset: Dataset, perClass: number): Promise<DatasetExamples> {
  const raw = await readExamples(dataset);
  const { count, height, width, channels, pixels, checksum } = raw;
  if (checksum !== dataset.checksum)
    throw new ValleywalkError(
      'input',
      `the files of data set ${dataset.id} in ${folderOf(dataset)} have changed since it was added; restore the files, or forget the data set and add it again`,
    );
  const size = channels * height * width;
  const most = Math.max(1, Math.min(mostShown.examples, Math.floor(mostShown.bytes / size)));
  const examples = (
    raw.classes === null ? firstOf(count, Math.min(most, perClass * 2)) : firstOfClasses(raw.labels, perClass, most)
  ).map(({ label, place }) => ({
    label,
    place,
    // copies, which the slice of a Buffer is not: what travels must not take the whole set along
    pixels: pixels instanceof Uint8Array ? new Uint8Array(pixels.subarray(place * size, (place + 1) * size)) : null,
    inputs:
      pixels instanceof Uint8Array
        ? null
        : [...pixels.subarray(place * size, place * size + Math.min(size, mostShown.columns))],
    targets:
      raw.classes === null
        ? [...raw.values.subarray(place * raw.targetColumns.length, (place + 1) * raw.targetColumns.length)].slice(
            0,
            mostShown.columns,
          )
        : null,
  }));
  return { height, width, channels, examples };
}

/** Where an example stands, and its class. */
interface Place {
  label: number | null;
  place: number;
}

function firstOf(count: number, most: number): Place[] {
  return Array.from({ length: Math.min(count, most) }, (_, place) => ({ label: null, place }));
}

/** The first examples of each class, class by class. */
function firstOfClasses(labels: Uint8Array, perClass: number, most: number): Place[] {
  const places = new Map<number, number[]>();
  for (let place = 0; place < labels.length; place++) {
    const label = labels[place]!;
    const known = places.get(label);
    if (!known) places.set(label, [place]);
    else if (known.length < perClass) known.push(place);
  }
  const each = Math.min(perClass, Math.max(1, Math.floor(most / places.size)));
  return [...places]
    .sort(([a], [b]) => a - b)
    .flatMap(([label, found]) => found.slice(0, each).map((place) => ({ label, place })))
    .slice(0, most);
}
