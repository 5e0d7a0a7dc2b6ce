/** Small data sets in temporary folders, for tests. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { cifarImageBytes, cifarVersions } from './cifar.ts';
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

/** One CIFAR record: label bytes, and pixels that tell their place: pixel p of image i is (5 i + 3 p) mod 256. */
export function cifarRecord(image: number, labels: readonly number[]): Uint8Array {
  return Uint8Array.of(...labels, ...Uint8Array.from({ length: cifarImageBytes }, (_, pixel) => 5 * image + 3 * pixel));
}

/**
 * Writes a data set in CIFAR's format: `perBatch` records in every batch; image i has the fine label i mod classes and, in
 * CIFAR-100, the coarse label i mod 20. Returns the paths of the batches.
 */
export function writeCifar(folder: string, format: 'cifar-10' | 'cifar-100', perBatch = 4): string[] {
  const { batches, labels, names } = cifarVersions[format];
  writeFileSync(
    join(folder, names),
    Array.from({ length: labels.at(-1)!.classes }, (_, label) => `class ${label}\n`).join(''),
  );
  return batches.map((name, batch) => {
    const file = join(folder, name);
    const records = Array.from({ length: perBatch }, (_, index) => {
      const image = batch * perBatch + index;
      return cifarRecord(
        image,
        labels.map(({ classes }) => image % classes),
      );
    });
    writeFileSync(file, Buffer.concat(records));
    return file;
  });
}

/** What to write into a PNG file: rows of samples, each with its filter. */
export interface PngImage {
  width: number;
  height: number;
  /** PNG colour type: 0 grey, 2 colour, 3 palette, 4 grey and alpha, 6 colour and alpha. */
  type?: number;
  depth?: number;
  interlace?: number;
  palette?: Uint8Array;
  /** Rows in front of which a filter byte stands. */
  rows: Uint8Array;
  /** Chunks in front of the image data. */
  more?: [type: string, body: Uint8Array][];
}

/** Writes a PNG file; nothing is checked, so that wrong ones can be written too. */
export function writePng(image: PngImage): Uint8Array {
  const { width, height, type = 0, depth = 8, interlace = 0, palette, rows, more = [] } = image;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([depth, type, 0, 0, interlace], 8);
  const chunk = (name: string, body: Uint8Array): Buffer => {
    const inner = Buffer.concat([Buffer.from(name, 'latin1'), body]);
    const around = Buffer.alloc(8);
    around.writeUInt32BE(body.length);
    around.writeUInt32BE(crc32(inner), 4);
    return Buffer.concat([around.subarray(0, 4), inner, around.subarray(4)]);
  };
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    ...(palette ? [chunk('PLTE', palette)] : []),
    ...more.map(([name, body]) => chunk(name, body)),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** A PNG image of one value a channel. */
export function plainPng(width: number, height: number, value: readonly number[]): Uint8Array {
  const row = [0, ...Array.from({ length: width }, () => value).flat()];
  return writePng({
    width,
    height,
    type: value.length === 3 ? 2 : 0,
    rows: Uint8Array.from({ length: row.length * height }, (_, at) => row[at % row.length]!),
  });
}

/** Writes class folders; every class and image by its name. */
export function writeImageFolder(
  folder: string,
  classes: Readonly<Record<string, Readonly<Record<string, Uint8Array>>>>,
): void {
  for (const [name, images] of Object.entries(classes)) {
    mkdirSync(join(folder, name), { recursive: true });
    for (const [image, bytes] of Object.entries(images)) writeFileSync(join(folder, name, image), bytes);
  }
}
