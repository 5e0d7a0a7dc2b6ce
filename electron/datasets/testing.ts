/** Small data sets in temporary folders, for tests. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compress, writeImages, writeLabels } from './idx.ts';

/** A temporary folder, to be removed at the end of its test. */
export interface TemporaryFolder {
  path: string;
  remove(): void;
}

/** Makes a folder under the system's temporary folder. */
export function temporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), 'valleywalk-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Writes an IDX pair of `count` images of 2 × 3 pixels in two classes; pixel p of image i is (7 i + 31 p) mod 256. */
export function writeSmallPair(
  folder: string,
  { count = 20, gz = false, dotted = false }: { count?: number; gz?: boolean; dotted?: boolean } = {},
): { images: string; labels: string } {
  const pixels = Uint8Array.from({ length: count * 6 }, (_, at) => 7 * Math.floor(at / 6) + 31 * (at % 6));
  const labels = Uint8Array.from({ length: count }, (_, index) => index % 2);
  const pack = gz ? compress : (bytes: Uint8Array): Uint8Array => bytes;
  const joint = dotted ? '.' : '-';
  const end = gz ? '.gz' : '';
  const files = {
    images: join(folder, `train-images${joint}idx3-ubyte${end}`),
    labels: join(folder, `train-labels${joint}idx1-ubyte${end}`),
  };
  writeFileSync(files.images, pack(writeImages({ count, height: 2, width: 3, pixels })));
  writeFileSync(files.labels, pack(writeLabels({ count, labels })));
  return files;
}
