/** Loads a data set's examples as a trainer wants them: normalised, split into training and validation. */
import type { Dataset, Normalisation } from '../../shared/datasets.ts';
import { folderOf } from '../../shared/datasets.ts';
import { ValleywalkError } from '../../shared/errors.ts';
import { readExamples } from './read.ts';

/** Size of an image. */
interface Shape {
  channels: number;
  height: number;
  width: number;
}

/** Examples ready to compute on. */
export interface Examples {
  /** Normalised pixels, [count, features] row-major; the features of an image are [channels, height, width]. */
  images: Float32Array;
  /** Class of each example, 0 to classes − 1. */
  labels: Uint8Array;
  count: number;
  /** Numbers per example: channels × height × width. */
  features: number;
  shape: Shape;
  /** What a black pixel is after normalisation, for each channel. */
  black: readonly number[];
  classes: number;
}

/** The two parts of a data set that an experiment uses. */
export interface LoadedData {
  /** The first examples of the set. */
  train: Examples;
  /** The last examples of the set. */
  validation: Examples;
  /** SHA-256 over the contents of the files, see `Dataset.checksum`. */
  checksum: string;
}

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
  const raw = await readExamples(dataset);
  if (raw.checksum !== dataset.checksum)
    throw new ValleywalkError(
      'input',
      `the files of data set ${dataset.id} in ${folderOf(dataset)} have changed since it was added: their SHA-256 is ${raw.checksum}, it was ${dataset.checksum}; restore the files, or remove the data set and add it again`,
    );
  const { channels, height, width } = raw;
  const features = channels * height * width;
  const levels = levelsOf(dataset.normalisation);
  if (levels.length !== channels)
    throw new ValleywalkError(
      'internal',
      `data set ${dataset.id} has ${channels} channels but a normalisation for ${levels.length}; remove it and add it again`,
    );
  const part = (from: number, count: number): Examples => ({
    images: normalise(raw.pixels.subarray(from * features, (from + count) * features), levels, height * width),
    labels: new Uint8Array(raw.labels.subarray(from, from + count)),
    count,
    features,
    shape: { channels, height, width },
    black: levels.map((level) => level[0]!),
    classes: dataset.classes,
  });
  return {
    train: part(0, take.train),
    validation: part(raw.count - take.validation, take.validation),
    checksum: raw.checksum,
  };
}

/** (byte/255 − mean) / std in float32 for every byte, by channel. */
function levelsOf({ mean, std }: Normalisation): Float32Array[] {
  return mean.map((each, channel) =>
    Float32Array.from({ length: 256 }, (_, byte) => (byte / 255 - each) / std[channel]!),
  );
}

/** @param size pixels of one channel */
function normalise(pixels: Uint8Array, levels: readonly Float32Array[], size: number): Float32Array {
  const values = new Float32Array(pixels.length);
  for (let start = 0, plane = 0; start < pixels.length; start += size, plane++) {
    const level = levels[plane % levels.length]!;
    for (let index = start; index < start + size; index++) values[index] = level[pixels[index]!]!;
  }
  return values;
}
