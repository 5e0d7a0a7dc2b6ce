/** Reads a data set's files from disk: decompressed, parsed, checked against each other, and their checksum. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DatasetFormat } from '../../shared/datasets.ts';
import { ValleywalkError } from '../../shared/errors.ts';
import { checkFile, mostBytes, mostTextBytes, readWhole, unreadable, wrong } from './bytes.ts';
import { cifarSide, cifarVersions, parseCifar, parseCifarNames } from './cifar.ts';
import type { CifarBatch } from './cifar.ts';
import { checkPair, decompress, parseImages, parseLabels, promisedBytes, startOf } from './idx.ts';
import { readImageFolder } from './image-folder.ts';
import type { RawExamples } from './raw.ts';

/**
 * Reads and checks the files of a data set.
 * @param files as `Dataset.files` lists them
 * @param classes number of classes that IDX labels must lie below; null takes one more than the largest label
 * @param asBefore images as sets that were added before `Dataset.reading` was kept have them
 * @throws ValleywalkError `missing` when a file is gone, `input` when one is malformed or cannot be read.
 */
export function readExamples(
  format: DatasetFormat,
  files: readonly string[],
  classes: number | null,
  asBefore = false,
): Promise<RawExamples> {
  if (format === 'image-folder') return readImageFolder(files, asBefore);
  return format === 'idx' ? readIdx(files, classes) : readCifar(format, files);
}

async function readIdx([images, labels]: readonly string[], classes: number | null): Promise<RawExamples> {
  const pair = { images: images!, labels: labels! };
  const [imageBytes, labelBytes] = (await Promise.all([pair.images, pair.labels].map(readIdxFile))) as [
    Uint8Array,
    Uint8Array,
  ];
  const parsed = parseImages(imageBytes, pair.images);
  const parsedLabels = parseLabels(labelBytes, pair.labels);
  return {
    ...parsed,
    channels: 1,
    labels: parsedLabels.labels,
    classes: checkPair(parsed, parsedLabels, pair, classes),
    ...namesOfLabels(parsedLabels.labels),
    checksum: createHash('sha256').update(imageBytes).update(labelBytes).digest('hex'),
  };
}

/**
 * The classes of labels that leave numbers out, as EMNIST's letters leave out 0: labels stay as they are written and name their classes.
 * Without gaps the numbers need no names.
 */
function namesOfLabels(labels: Uint8Array): Pick<RawExamples, 'classNames' | 'reading'> {
  const used = new Set(labels);
  const all = Array.from({ length: Math.max(...used) + 1 }, (_, label) => label);
  const absent = all.filter((label) => !used.has(label));
  if (absent.length === 0) return { classNames: null };
  const shown =
    absent.length > 8 ? `${absent.slice(0, 8).join(', ')} and ${absent.length - 8} more` : absent.join(', ');
  return {
    classNames: all.map(String),
    reading: {
      notes: [
        `labels ${Math.min(...used)} to ${Math.max(...used)} as they are written, each the name of its class; no example has the label ${shown}, a class of its own all the same`,
      ],
      leftOut: [],
    },
  };
}

/** Reads an IDX file, unpacked to what its header promises and no more. */
async function readIdxFile(file: string): Promise<Uint8Array> {
  const bytes = await readWhole(file);
  const start = startOf(bytes);
  const promised = start && promisedBytes(start);
  if (promised !== null && promised > mostBytes)
    throw wrong(
      file,
      4,
      `at most ${mostBytes.toLocaleString('en')} bytes of examples`,
      `a header that promises ${promised.toLocaleString('en')}; use fewer or smaller ones`,
    );
  // what is no IDX file is not unpacked to find that out
  return start && promised === null && start.length >= 16 ? start : decompress(bytes, file, promised ?? mostBytes);
}

async function readCifar(format: 'cifar-10' | 'cifar-100', files: readonly string[]): Promise<RawExamples> {
  const version = cifarVersions[format];
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

/** Refuses files that are too much together, before the first is read. @throws ValleywalkError */
async function checkTogether(files: readonly string[]): Promise<void> {
  let left = mostBytes;
  for (const file of files) {
    const found = await stat(file).catch((error: unknown) => {
      throw unreadable(error, file);
    });
    left -= checkFile(file, found, mostBytes);
    if (left < 0)
      throw new ValleywalkError(
        'input',
        `${dirname(file)} holds more than ${mostBytes.toLocaleString('en')} bytes of examples, too much to hold in memory; use fewer`,
      );
  }
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
