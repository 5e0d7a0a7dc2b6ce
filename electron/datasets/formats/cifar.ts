/**
 * The binary versions of CIFAR-10 and CIFAR-100 (https://www.cs.toronto.edu/~kriz/cifar.html): records of one or two label
 * bytes and 3,072 pixel bytes, the 32 × 32 red ones in row-major order, then green, then blue. There is no header, so a file is
 * checked by its length and its labels.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Normalisation } from '../../../shared/datasets.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import { decodeText } from '../../../shared/text.ts';
import { checkTogether, mostTextBytes, readWhole, wrong } from '../bytes.ts';
import { filesBeside } from '../left-out.ts';
import type { RawExamples } from '../raw.ts';
import { defineFormat } from './format.ts';
import type { DataFormat } from './format.ts';

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
const cifarSide = 32;
/** Bytes of an image: three planes. */
export const cifarImageBytes = 3 * cifarSide * cifarSide;

const refused =
  'The Python version (pickles, which are programs) and the Matlab version are named and refused; nothing in them is run';

/** CIFAR-10, normalised by the paper's constants. */
export const cifar10 = defineCifar('cifar-10', {
  title: 'CIFAR-10 binary',
  holds: '`data_batch_1.bin` to `data_batch_5.bin`',
  reads: `the binary version. ${refused}`,
  lookedFor: 'CIFAR-10 (data_batch_1.bin to data_batch_5.bin)',
  namePattern: /^data_batch_1\.bin$/,
  normalisation: () => ({ mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] }),
});
/** CIFAR-100, normalised by the mean and standard deviation commonly given for it; not recomputed here. */
export const cifar100 = defineCifar('cifar-100', {
  title: 'CIFAR-100 binary',
  holds: '`train.bin`, learned by its 100 fine labels',
  reads: `the binary version, by its 100 fine labels. ${refused}`,
  lookedFor: 'CIFAR-100 (train.bin)',
  namePattern: /^train\.bin$/,
  normalisation: () => ({ mean: [0.5071, 0.4865, 0.4409], std: [0.2673, 0.2564, 0.2762] }),
});

type Words = Pick<DataFormat, 'title' | 'holds' | 'reads' | 'lookedFor' | 'namePattern'>;

function defineCifar<const K extends keyof typeof cifarVersions>(
  key: K,
  words: Words & { normalisation: () => Normalisation },
): DataFormat<K> {
  const version = cifarVersions[key];
  const { batches, names: classNames } = version;
  return defineFormat({
    key,
    ...words,
    before: null,
    detect({ path, entries }) {
      const names = new Set(entries.map(({ name }) => name));
      if (!batches.some((name) => names.has(name))) return null;
      const absent = batches.filter((name) => !names.has(name));
      if (absent.length > 0)
        throw new ValleywalkError(
          'input',
          `${path} looks like the batches of ${key.toUpperCase()} (${classNames} is optional), but holds none of ${absent.join(', ')}; put the file there, or choose another folder`,
        );
      const files = batches.map((name) => join(path, name));
      return { files, notes: [], leftOut: filesBeside(path, entries, [...files, join(path, classNames)]) };
    },
    read: ({ files }) => readCifar(version, files),
  });
}

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

async function readCifar(version: CifarVersion, files: readonly string[]): Promise<RawExamples> {
  const hash = createHash('sha256');
  const batches: CifarBatch[] = [];
  await checkTogether(files);
  for (const file of files) {
    const bytes = await readWhole(file);
    hash.update(bytes);
    const batch = parseCifar(bytes, file, version);
    const first = batches[0]?.count ?? batch.count;
    if (batch.count !== first)
      throw new ValleywalkError(
        'input',
        `${file}: at byte ${bytes.length} expected the end of ${first} records, as ${files[0]} has, found ${batch.count}; download or copy the file again`,
      );
    batches.push(batch);
  }
  const names = join(dirname(files[0]!), version.names);
  return {
    count: batches.reduce((sum, { count }) => sum + count, 0),
    height: cifarSide,
    width: cifarSide,
    channels: 3,
    pixels: joined(batches.map(({ pixels }) => pixels)),
    labels: joined(batches.map(({ labels }) => labels)),
    classes: version.labels.at(-1)!.classes,
    classNames: existsSync(names) ? parseCifarNames(await readWhole(names, mostTextBytes), names, version) : null,
    checksum: hash.digest('hex'),
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
