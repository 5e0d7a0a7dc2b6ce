/** Every reader of data reads or refuses whatever bytes it is given. */
import fc from 'fast-check';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encode as encodeJpeg } from 'jpeg-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { damaged, few, readOrRefused } from '../../build/fuzzing/inputs.ts';
import { cifarVersions, parseCifar, parseCifarNames } from './formats/cifar.ts';
import { orientationOf } from './exif.ts';
import { decompress, compress, parseImages, parseLabels, writeImages, writeLabels } from './idx.ts';
import { inspectFolder } from './inspect.ts';
import { decodeJpeg } from './jpeg.ts';
import { decodePng } from './png.ts';
import { cifarRecord, exifBlock, flatJpeg, plainPng, temporaryFolder, writePng } from './testing.ts';
import type { TemporaryFolder } from './testing.ts';

const noise = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 73) ^ (at >> 3));
const images = writeImages({ count: 3, height: 2, width: 4, pixels: noise(24) });
const labels = writeLabels({ count: 3, labels: Uint8Array.of(0, 1, 1) });
const pngs = [
  plainPng(3, 2, [7]),
  plainPng(3, 2, [7, 8, 9]),
  writePng({ width: 4, height: 2, type: 3, palette: noise(9), rows: Uint8Array.of(0, 0, 1, 2, 0, 1, 0, 0, 1, 1) }),
];
const exif = Uint8Array.of(...new TextEncoder().encode('Exif\0\0'), ...exifBlock(6));
const jpegs = [
  flatJpeg({ width: 16, height: 16, value: [100, 120, 140], sampling: [[2, 2]], progressive: true }),
  flatJpeg({ width: 8, height: 16, value: [100], restart: 1, more: [[0xe1, exif]] }),
  Uint8Array.from(encodeJpeg({ width: 16, height: 8, data: noise(512) }, 60).data),
];

let folder: TemporaryFolder;
beforeAll(() => (folder = temporaryFolder()));
afterAll(() => folder.remove());

test('IDX, gzipped or not', async () => {
  const any = damaged(images, labels, compress(images), compress(labels));
  await fc.assert(
    fc.asyncProperty(any, async (bytes) => {
      for (const parse of [parseImages, parseLabels]) {
        const read = await readOrRefused(async () => parse(await decompress(bytes, 'f', 2 ** 20), 'f'));
        if (read) expect(read.count).toBeGreaterThan(0);
      }
    }),
    few,
  );
});

test('CIFAR and its names', async () => {
  const record = (format: keyof typeof cifarVersions): Uint8Array =>
    cifarRecord(
      1,
      cifarVersions[format].labels.map(() => 3),
    );
  const names = new TextEncoder().encode('airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n');
  await fc.assert(
    fc.asyncProperty(damaged(record('cifar-10'), record('cifar-100')), damaged(names), async (bytes, text) => {
      for (const version of Object.values(cifarVersions)) {
        const read = await readOrRefused(() => parseCifar(bytes, 'f', version));
        if (read) expect(read.pixels.length).toBe(3072 * read.count);
        await readOrRefused(() => parseCifarNames(text, 'f', version));
      }
    }),
    few,
  );
});

test('PNG', async () => {
  await fc.assert(
    fc.asyncProperty(damaged(...pngs), async (bytes) => {
      const read = await readOrRefused(() => decodePng(bytes, 'f'));
      if (read) expect(read.pixels.length).toBe(read.width * read.height * read.channels);
    }),
    few,
  );
});

test('JPEG', async () => {
  await fc.assert(
    fc.asyncProperty(damaged(...jpegs), async (bytes) => {
      const read = await readOrRefused(() => decodeJpeg(bytes, 'f'));
      if (read) expect(read.pixels.length).toBe(read.width * read.height * read.channels);
    }),
    few,
  );
});

test('EXIF', () => {
  fc.assert(
    fc.property(damaged(exifBlock(6), exifBlock(8, false)), (bytes) => {
      expect(orientationOf(bytes)).toBeGreaterThanOrEqual(1);
      expect(orientationOf(bytes)).toBeLessThanOrEqual(8);
    }),
    few,
  );
});

test('a folder of anything', async () => {
  const name = fc.constantFrom(
    ...[
      'train-images-idx3-ubyte',
      'train-labels-idx1-ubyte',
      'train-images-idx3-ubyte.gz',
      'train.bin',
      'data_batch_1.bin',
    ],
    ...['batches.meta.txt', 'a/1.png', 'a/2.jpg', 'b/1.png', 'b/2.jpeg', 'b/c/3.png', 'a/x', 'README.md'],
  );
  const file = damaged(images, labels, compress(images), ...pngs, ...jpegs);
  let number = 0;
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, file, { maxKeys: 6 }), async (files) => {
      const at = join(folder.path, String(number++));
      mkdirSync(at);
      for (const [path, bytes] of Object.entries(files)) {
        mkdirSync(join(at, path, '..'), { recursive: true });
        writeFileSync(join(at, path), bytes);
      }
      const read = await readOrRefused(() => inspectFolder(at));
      if (read) expect(read.count).toBeGreaterThan(1);
      rmSync(at, { recursive: true });
    }),
    few,
  );
});
