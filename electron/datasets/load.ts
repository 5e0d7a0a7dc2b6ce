/** Loads a data set's examples as a trainer wants them: normalised, split into training and validation. */
import type { Dataset, Normalisation } from '../../shared/datasets.ts';
import { ValleywalkError } from '../../shared/errors.ts';
import { columnText } from '../../shared/targets.ts';
import type { Column } from '../../shared/targets.ts';
import type { RawExamples } from './raw.ts';
import { readUnchanged } from './read.ts';
import { isConstant, scalesOf, standardised } from './values.ts';
import type { Scale } from './values.ts';

/** Size of an image. */
interface Shape {
  channels: number;
  height: number;
  width: number;
}

/** A column of targets, and what it was before it was standardised: value · deviation + mean. */
export type ScaledColumn = Column & Scale;

/** Examples ready to compute on. */
export interface Examples {
  /** Normalised pixels, or a table's standardised columns, [count, features] row-major; the features of an image are [channels, height, width]. */
  images: Float32Array;
  /** The class of each example, 0 to classes − 1, or standardised real numbers to predict, [count, outputs] row-major. */
  targets: Uint8Array | Float32Array;
  count: number;
  /** Numbers per example: channels × height × width. */
  features: number;
  shape: Shape;
  /** What a black pixel is after normalisation, for each channel; none of a table. */
  black: readonly number[];
  /** Null where targets are real numbers. */
  classes: number | null;
  /** What these are, in their order. */
  targetColumns?: readonly ScaledColumn[] | undefined;
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
  const raw = await readUnchanged(dataset);
  const { channels, height, width } = raw;
  const features = channels * height * width;
  const inputs = inputsOf(raw, dataset, take.train);
  const targets = targetsOf(raw, dataset, take.train);
  const part = (from: number, count: number): Examples => ({
    images: inputs.of(from, count),
    targets: targets.of(from, count),
    count,
    features,
    shape: { channels, height, width },
    black: inputs.black,
    classes: dataset.classes,
    ...(targets.columns ? { targetColumns: targets.columns } : {}),
  });
  return {
    train: part(0, take.train),
    validation: part(raw.count - take.validation, take.validation),
    checksum: raw.checksum,
  };
}

/** Inputs of some examples as a network takes them. */
interface Inputs {
  of: (from: number, count: number) => Float32Array;
  black: readonly number[];
}

/** Images by their normalisation; the columns of a table by their means and deviations over the first `train` examples. */
function inputsOf({ pixels, channels, height, width }: RawExamples, dataset: Dataset, train: number): Inputs {
  const features = channels * height * width;
  if (!(pixels instanceof Uint8Array)) {
    const scales = scalesOf(pixels, features, train);
    return {
      of: (from, count) => standardised(pixels.subarray(from * features, (from + count) * features), scales),
      black: [],
    };
  }
  const levels = levelsOf(dataset.normalisation ?? { mean: [], std: [] });
  if (levels.length !== channels)
    throw new ValleywalkError(
      'internal',
      `data set ${dataset.id} has ${channels} channels but a normalisation for ${levels.length}; remove it and add it again`,
    );
  return {
    of: (from, count) => normalise(pixels.subarray(from * features, (from + count) * features), levels, height * width),
    black: levels.map((level) => level[0]!),
  };
}

/** Targets of some examples. */
interface LoadedTargets {
  of: (from: number, count: number) => Uint8Array | Float32Array;
  /** Of real numbers. */
  columns: readonly ScaledColumn[] | null;
}

/** Classes as they are; real numbers by the means and deviations over the first `train` examples. */
function targetsOf(raw: RawExamples, dataset: Dataset, train: number): LoadedTargets {
  if (raw.classes !== null)
    return { of: (from, count) => new Uint8Array(raw.labels.subarray(from, from + count)), columns: null };
  const { values, targetColumns } = raw;
  const width = targetColumns.length;
  const scales = scalesOf(values, width, train);
  const constant = targetColumns.findIndex((_, column) => isConstant(values.subarray(0, train * width), width, column));
  if (constant >= 0)
    throw new ValleywalkError(
      'input',
      `the target ${columnText(targetColumns[constant]!)} of data set ${dataset.id} is ${values[constant]!} in all of the first ${train} examples, which train, so that there is nothing to learn; train on more, or shuffle the rows`,
    );
  return {
    of: (from, count) => standardised(values.subarray(from * width, (from + count) * width), scales),
    columns: targetColumns.map((column, index) => ({ ...column, ...scales[index]! })),
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
