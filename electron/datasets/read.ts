/** Reads a data set's files from disk: decompressed, parsed, checked against each other, and their checksum. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatasetFormat } from '../../shared/datasets.ts';
import { ValleywalkError } from '../../shared/protocol.ts';
import { readWhole } from './bytes.ts';
import { cifarSide, cifarVersions, parseCifar, parseCifarNames } from './cifar.ts';
import type { CifarBatch } from './cifar.ts';
import { checkPair, decompress, parseImages, parseLabels } from './idx.ts';
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
  const [imageBytes, labelBytes] = (await Promise.all(
    [pair.images, pair.labels].map(async (file) => decompress(await readWhole(file), file)),
  )) as [Uint8Array, Uint8Array];
  const parsed = parseImages(imageBytes, pair.images);
  const parsedLabels = parseLabels(labelBytes, pair.labels);
  return {
    ...parsed,
    channels: 1,
    labels: parsedLabels.labels,
    classes: checkPair(parsed, parsedLabels, pair, classes),
    classNames: null,
    checksum: createHash('sha256').update(imageBytes).update(labelBytes).digest('hex'),
  };
}

async function readCifar(format: 'cifar-10' | 'cifar-100', files: readonly string[]): Promise<RawExamples> {
  const version = cifarVersions[format];
  const hash = createHash('sha256');
  const batches: CifarBatch[] = [];
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
    classNames: existsSync(names) ? parseCifarNames(await readWhole(names), names, version) : null,
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
