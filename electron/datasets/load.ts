/** Loads a data set's examples as a trainer wants them: normalised, split into training and validation. */
import type { Dataset } from '../../shared/datasets.ts';
import { ValleywalkError } from '../../shared/protocol.ts';
import { readPair } from './read.ts';

/** Examples ready to compute on. */
export interface Examples {
  /** Pixels normalised as x/255 − 0.5, [count, features] row-major. */
  images: Float32Array;
  /** Class of each example, 0 to classes − 1. */
  labels: Uint8Array;
  count: number;
  /** Numbers per example: height × width × channels. */
  features: number;
  classes: number;
}

/** The two parts of a data set that an experiment uses. */
export interface LoadedData {
  /** The first examples of the set. */
  train: Examples;
  /** The last examples of the set. */
  validation: Examples;
  /** SHA-256 over the decompressed image file followed by the decompressed label file. */
  checksum: string;
}

/** x/255 − 0.5 in float32 for every byte. */
const normalised = Float32Array.from({ length: 256 }, (_, byte) => byte / 255 - 0.5);

/**
 * Loads the first `take.train` and the last `take.validation` examples.
 * @throws ValleywalkError `input` when the set is too small, a file is malformed or has changed since the set was added;
 *   `missing` when a file is gone.
 */
export async function loadDataset(dataset: Dataset, take: { train: number; validation: number }): Promise<LoadedData> {
  if (take.train + take.validation > dataset.count)
    throw new ValleywalkError(
      'input',
      `data set ${dataset.id} has ${dataset.count} examples, fewer than ${take.train} for training and ${take.validation} for validation; ask for fewer`,
    );
  const { images, labels, checksum } = await readPair(dataset, dataset.classes);
  if (checksum !== dataset.checksum)
    throw new ValleywalkError(
      'input',
      `the files of data set ${dataset.id} (${dataset.images}, ${dataset.labels}) have changed since it was added: their SHA-256 is ${checksum}, it was ${dataset.checksum}; restore the files, or remove the data set and add it again`,
    );
  const features = images.height * images.width;
  const part = (from: number, count: number): Examples => ({
    images: normalise(images.pixels.subarray(from * features, (from + count) * features)),
    labels: new Uint8Array(labels.subarray(from, from + count)),
    count,
    features,
    classes: dataset.classes,
  });
  return {
    train: part(0, take.train),
    validation: part(images.count - take.validation, take.validation),
    checksum,
  };
}

function normalise(pixels: Uint8Array): Float32Array {
  const values = new Float32Array(pixels.length);
  for (let index = 0; index < pixels.length; index++) values[index] = normalised[pixels[index]!]!;
  return values;
}
