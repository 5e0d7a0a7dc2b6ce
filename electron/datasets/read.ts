/** Reads a data set's two files from disk: decompressed, parsed, checked against each other, and their checksum. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ValleywalkError } from '../../shared/protocol.ts';
import { checkPair, decompress, parseImages, parseLabels } from './idx.ts';
import type { IdxImages } from './idx.ts';

/** Both files of a data set, as bytes. */
export interface Pair {
  images: IdxImages;
  /** One byte an example. */
  labels: Uint8Array;
  classes: number;
  /** SHA-256 over the decompressed image file followed by the decompressed label file. */
  checksum: string;
}

/**
 * Reads and checks an IDX pair.
 * @param files paths of the image and the label file, gzipped or not
 * @param classes number of classes that labels must lie below; null takes one more than the largest label
 * @throws ValleywalkError `missing` when a file is gone, `input` when one is malformed or cannot be read.
 */
export async function readPair(files: { images: string; labels: string }, classes: number | null): Promise<Pair> {
  const [imageBytes, labelBytes] = await Promise.all([readWhole(files.images), readWhole(files.labels)]);
  const images = parseImages(imageBytes, files.images);
  const labels = parseLabels(labelBytes, files.labels);
  return {
    images,
    labels: labels.labels,
    classes: checkPair(images, labels, files, classes),
    checksum: createHash('sha256').update(imageBytes).update(labelBytes).digest('hex'),
  };
}

async function readWhole(file: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw code === 'ENOENT'
      ? new ValleywalkError('missing', `${file} is not there; put the file back or add the data set again`)
      : new ValleywalkError('input', `${file} cannot be read: ${message}`);
  }
  return decompress(bytes, file);
}
