/** Small data sets in temporary folders, for tests. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { cifarImageBytes, cifarVersions } from './formats/cifar.ts';
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

/** A JPEG image of one value a component. */
export interface FlatJpeg {
  width: number;
  height: number;
  /** As stored, 0 to 255: grey, YCbCr or whatever the markers say. */
  value: readonly number[];
  /** Horizontal and vertical sampling factors of each component; 1 × 1 where it is not told. */
  sampling?: readonly (readonly [number, number])[];
  /** Ids of the components. */
  ids?: readonly number[];
  /** Segments in front of the frame. */
  more?: readonly [marker: number, body: Uint8Array][];
  /** MCUs between restart markers. */
  restart?: number;
  progressive?: boolean;
}

/**
 * Writes a JPEG image of one colour (ITU-T T.81): every block has a DC coefficient only, and every quantiser is 1, so that the pixels are
 * known without a decoder.
 */
export function flatJpeg({
  width,
  height,
  value,
  sampling,
  ids,
  more = [],
  restart = 0,
  progressive,
}: FlatJpeg): Uint8Array {
  const factors = value.map(
    (_, index) => (value.length === 1 ? [1, 1] : (sampling?.[index] ?? [1, 1])) as [number, number],
  );
  const [across, down] = [0, 1].map((axis) => 8 * Math.max(...factors.map((factor) => factor[axis]!))) as [
    number,
    number,
  ];
  const mcus = Math.ceil(width / across) * Math.ceil(height / down);
  const segment = (marker: number, body: readonly number[]): number[] => [
    ...[0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255],
    ...body,
  ];
  const scan: number[] = [];
  let bits = '';
  const flush = (): void => {
    const whole = bits.padEnd(8 * Math.ceil(bits.length / 8), '1');
    for (let at = 0; at < whole.length; at += 8) {
      const byte = parseInt(whole.slice(at, at + 8), 2);
      scan.push(byte, ...(byte === 0xff ? [0] : []));
    }
    bits = '';
  };
  let last = value.map(() => 0);
  for (let mcu = 0; mcu < mcus; mcu++) {
    if (restart > 0 && mcu > 0 && mcu % restart === 0) {
      flush();
      scan.push(0xff, 0xd0 + ((mcu / restart - 1) % 8));
      last = value.map(() => 0);
    }
    value.forEach((each, component) => {
      for (let block = factors[component]![0] * factors[component]![1]; block > 0; block--) {
        const difference = 8 * (each - 128) - last[component]!;
        last[component] = 8 * (each - 128);
        const size = difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1;
        const extra = difference < 0 ? difference + 2 ** size - 1 : difference;
        // twelve DC codes of four bits; the one AC code ends the block
        bits +=
          size.toString(2).padStart(4, '0') +
          (size > 0 ? extra.toString(2).padStart(size, '0') : '') +
          (progressive ? '' : '0');
      }
    });
  }
  flush();
  const id = (component: number): number => ids?.[component] ?? component + 1;
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...more.flatMap(([marker, body]) => segment(marker, [...body])),
    ...segment(0xdb, [0, ...new Array<number>(64).fill(1)]),
    ...segment(progressive ? 0xc2 : 0xc0, [
      ...[8, height >> 8, height & 255, width >> 8, width & 255, value.length],
      ...factors.flatMap(([h, v], component) => [id(component), 16 * h + v, 0]),
    ]),
    ...segment(0xc4, [
      0x00,
      0,
      0,
      0,
      12,
      ...new Array<number>(12).fill(0),
      ...Array.from({ length: 12 }, (_, size) => size),
    ]),
    ...segment(0xc4, [0x10, 1, ...new Array<number>(15).fill(0), 0]),
    ...(restart > 0 ? segment(0xdd, [restart >> 8, restart & 255]) : []),
    ...segment(0xda, [
      value.length,
      ...value.flatMap((_, component) => [id(component), 0]),
      ...[0, progressive ? 0 : 63, 0],
    ]),
    ...scan,
    ...[0xff, 0xd9],
  ]);
}

/** An EXIF block that tells an orientation and nothing else. */
export function exifBlock(orientation: number, little = true): Uint8Array {
  const block = new DataView(new ArrayBuffer(26));
  block.setUint16(0, little ? 0x4949 : 0x4d4d);
  block.setUint16(2, 42, little);
  block.setUint32(4, 8, little);
  block.setUint16(8, 1, little);
  block.setUint16(10, 0x0112, little);
  block.setUint16(12, 3, little);
  block.setUint32(14, 1, little);
  block.setUint16(18, orientation, little);
  return new Uint8Array(block.buffer);
}
