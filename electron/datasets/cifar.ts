/**
 * The binary versions of CIFAR-10 and CIFAR-100 (https://www.cs.toronto.edu/~kriz/cifar.html): records of one or two label
 * bytes and 3,072 pixel bytes, the 32 × 32 red ones in row-major order, then green, then blue. There is no header, so a file is
 * checked by its length and its labels.
 */
import { decodeText } from '../../shared/text.ts';
import { wrong } from './bytes.ts';

/** A version of the format. */
export interface CifarVersion {
  /** Training batches in order. */
  batches: readonly string[];
  /** Label bytes in front of a record's pixels; the last one is the class. */
  labels: readonly { name: string; classes: number }[];
  /** File with the classes' names, one a line. */
  names: string;
}

/** The two versions. Their test files (test_batch.bin, test.bin) have the same records and are not used. */
export const cifarVersions: Readonly<Record<'cifar-10' | 'cifar-100', CifarVersion>> = {
  'cifar-10': {
    batches: [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`),
    labels: [{ name: 'label', classes: 10 }],
    names: 'batches.meta.txt',
  },
  'cifar-100': {
    batches: ['train.bin'],
    labels: [
      { name: 'coarse label', classes: 20 },
      { name: 'fine label', classes: 100 },
    ],
    names: 'fine_label_names.txt',
  },
};

/** Side of an image. */
export const cifarSide = 32;
/** Bytes of an image: three planes. */
export const cifarImageBytes = 3 * cifarSide * cifarSide;

/** Records of a batch file. */
export interface CifarBatch {
  count: number;
  /** [count, 3, 32, 32]. */
  pixels: Uint8Array;
  /** Class of each record. */
  labels: Uint8Array;
}

/**
 * Parses one batch file.
 * @param file how errors call it
 * @throws ValleywalkError kind `input` naming the file, the byte offset and what was expected there.
 */
export function parseCifar(bytes: Uint8Array, file: string, { labels: before }: CifarVersion): CifarBatch {
  const record = before.length + cifarImageBytes;
  const count = Math.floor(bytes.length / record);
  const rest = bytes.length % record;
  if (bytes.length === 0) throw wrong(file, 0, `records of ${record} bytes`, 'an empty file');
  if (rest > 0)
    throw wrong(
      file,
      bytes.length,
      `a whole number of records of ${record} bytes`,
      `the end of the file, ${rest} bytes into record ${count + 1}`,
    );
  const pixels = new Uint8Array(count * cifarImageBytes);
  const labels = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    const start = index * record;
    before.forEach(({ name, classes }, at) => {
      const label = bytes[start + at]!;
      if (label >= classes) throw wrong(file, start + at, `a ${name} from 0 to ${classes - 1}`, String(label));
      labels[index] = label;
    });
    pixels.set(bytes.subarray(start + before.length, start + record), index * cifarImageBytes);
  }
  return { count, pixels, labels };
}

/**
 * Parses a file of class names, one a line; empty lines at its end are ignored.
 * @throws ValleywalkError kind `input` when there are not as many as classes.
 */
export function parseCifarNames(bytes: Uint8Array, file: string, { labels }: CifarVersion): string[] {
  const { classes } = labels.at(-1)!;
  const names = decodeText(bytes, file)
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.trim());
  if (names.length !== classes || names.includes(''))
    throw wrong(
      file,
      0,
      `${classes} lines with a class name each`,
      `${names.filter((name) => name !== '').length} names`,
    );
  return names;
}
