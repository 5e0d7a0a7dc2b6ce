/** Folders as people have them (electron/datasets/cases), and what comes of each. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readingText } from '../../shared/datasets.ts';
import { writeImages } from './idx.ts';
import { inspectFolder } from './inspect.ts';
import { readImageFolder } from './formats/image-folder.ts';
import { upright } from './image.ts';
import { decodeJpeg } from './jpeg.ts';
import { loadDataset } from './load.ts';
import { decodePng } from './png.ts';
import {
  exifBlock,
  flatJpeg,
  plainPng,
  temporaryFolder,
  writeCifar,
  writeImageFolder,
  writePng,
  writeSmallPair,
} from './testing.ts';
import type { FlatJpeg, TemporaryFolder } from './testing.ts';

const caseFolder = (name: string): string => fileURLToPath(new URL(`cases/${name}`, import.meta.url));
const symlinks = process.platform !== 'win32';

let folder: TemporaryFolder;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => folder.remove());

describe('folders of images', () => {
  it('hold images below their class folders too', async () => {
    const set = await inspectFolder(caseFolder('nested'));
    expect(set).toMatchObject({ count: 14, classes: 2, reading: { notes: [], leftOut: [] } });
    const { train } = await loadDataset(set, { train: 14, validation: 0 });
    expect([...train.targets].filter((label) => label === 0)).toHaveLength(10);
  });

  it('are refused where they are the parts of a data set, which would pass for classes', async () => {
    for (const part of ['train', 'val']) cpSync(caseFolder('nested'), join(folder.path, part), { recursive: true });
    await expect(inspectFolder(folder.path)).rejects.toThrow(
      `holds the parts of a data set (train, val), each with folders of its own; choose the one to train on, such as ${join(folder.path, 'train')}`,
    );
    expect(await inspectFolder(join(folder.path, 'train'))).toMatchObject({ count: 14 });
  });

  it('have JPEG images in .jfif, .jpe and without an end; the rest is counted by reason', async () => {
    const before = await inspectFolder(caseFolder('jfif'));
    expect(before).toMatchObject({ count: 14, reading: { leftOut: [] } });
    cpSync(caseFolder('jfif'), folder.path, { recursive: true });
    for (const name of ['a.txt', 'b.txt', 'c.txt', 'd.png~', '.hidden.png', 'plain'])
      writeFileSync(join(folder.path, 'cat', name), plainPng(1, 1, [0]).subarray(name === 'plain' ? 1 : 0));
    writeFileSync(join(folder.path, 'readme.md'), '');
    const set = await inspectFolder(folder.path);
    expect(set).toMatchObject({ count: 14, checksum: before.checksum });
    expect(set.reading!.leftOut).toEqual([
      { reason: 'beside the class folders, in none of them', count: 1, names: ['readme.md'] },
      { reason: 'hidden: the name begins with a dot', count: 1, names: ['cat/.hidden.png'] },
      { reason: 'neither PNG nor JPEG', count: 5, names: ['cat/a.txt', 'cat/b.txt', 'cat/c.txt'] },
    ]);
    expect(readingText(set.reading!)).toContain(
      '5 not read (neither PNG nor JPEG): cat/a.txt, cat/b.txt, cat/c.txt and 2 more',
    );
  });

  it.runIf(symlinks)('follow links to folders and files, never in a circle', async () => {
    const shades = Object.fromEntries([0, 1, 2, 3].map((at) => [`${at}.png`, plainPng(3, 2, [at])]));
    const data = join(folder.path, 'data');
    writeImageFolder(folder.path, { 'store/dog': shades, 'store/more': { '9.png': plainPng(3, 2, [9]) } });
    writeImageFolder(data, { cat: shades, bird: shades });
    symlinkSync('../store/dog', join(data, 'dog'));
    const three = { classes: 3, classNames: ['bird', 'cat', 'dog'] };
    expect(await inspectFolder(data)).toMatchObject({ ...three, count: 12, reading: { leftOut: [] } });
    symlinkSync('../../store/more', join(data, 'cat', 'more'));
    symlinkSync('../../store/more/9.png', join(data, 'bird', 'nine.png'));
    symlinkSync('..', join(data, 'cat', 'up'));
    symlinkSync('.', join(data, 'cat', 'self'));
    symlinkSync('/', join(data, 'root'));
    symlinkSync('gone.png', join(data, 'cat', 'gone.png'));
    const set = await inspectFolder(data);
    expect(set).toMatchObject({ ...three, count: 14 });
    expect(set.reading!.leftOut).toEqual([
      { reason: 'a link back to a folder that it lies in', count: 1, names: ['root'] },
      { reason: 'a link that leads nowhere', count: 1, names: ['cat/gone.png'] },
      { reason: 'a link back to a folder that it lies in', count: 2, names: ['cat/self', 'cat/up'] },
    ]);
    expect(await loadDataset(set, { train: 10, validation: 4 })).toMatchObject({ checksum: set.checksum });
  });

  it('have palettes with a transparency that is opaque throughout', async () => {
    expect(await inspectFolder(caseFolder('opaque-palette'))).toMatchObject({ count: 6, channels: 3 });
    const palette = Uint8Array.of(1, 2, 3, 4, 5, 6);
    const image = (rows: number[], alpha: number[]): Uint8Array =>
      writePng({
        width: 2,
        height: 1,
        type: 3,
        palette,
        rows: Uint8Array.of(0, ...rows),
        more: [['tRNS', Uint8Array.from(alpha)]],
      });
    // the second entry is transparent and does not occur; an entry without an alpha is opaque
    expect([...decodePng(image([0, 0], [255, 0]), 'f').pixels]).toEqual([1, 1, 2, 2, 3, 3]);
    expect([...decodePng(image([0, 1], [255]), 'f').pixels]).toEqual([1, 4, 2, 5, 3, 6]);
    expect(() => decodePng(image([0, 1], [255, 254]), 'f')).toThrow('an opaque image, found transparency in row 1');
    const keyed = writePng({ width: 1, height: 1, rows: Uint8Array.of(0, 1), more: [['tRNS', Uint8Array.of(0, 2)]] });
    expect([...decodePng(keyed, 'f').pixels]).toEqual([1]);
  });

  it('are turned upright as EXIF says, and the set says so', async () => {
    const set = await inspectFolder(caseFolder('exif'));
    expect(set).toMatchObject({ count: 6, width: 8, height: 12 });
    expect(readingText(set.reading!)).toEqual(['4 of 6 images turned upright, as their EXIF orientation says']);
    expect((await loadDataset(set, { train: 3, validation: 3 })).train.shape).toEqual({
      channels: 3,
      height: 12,
      width: 8,
    });
  });

  it('that were added before are read as they were then', async () => {
    const set = await inspectFolder(caseFolder('nested'));
    const names = ['cat', 'dog'].flatMap((name) => [0, 1, 2, 3].map((at) => `${name}/im${at}.png`));
    for (const name of names) {
      mkdirSync(join(folder.path, name, '..'), { recursive: true });
      cpSync(join(caseFolder('nested'), name), join(folder.path, name));
    }
    const { checksum } = await inspectFolder(folder.path);
    const { train } = await loadDataset(
      { ...set, count: 8, checksum, reading: undefined },
      { train: 8, validation: 0 },
    );
    expect(train.count).toBe(8);
  });
});

describe('IDX files', () => {
  it('may lie in folders of their own names', async () => {
    const at = caseFolder('idx-folders');
    const name = 'train-images-idx3-ubyte';
    const set = await inspectFolder(at);
    expect(set).toMatchObject({ format: 'idx', classNames: null, reading: { notes: [], leftOut: [] } });
    expect(set.files[0]).toBe(join(at, name, name));
    expect((await loadDataset(set, { train: set.count, validation: 0 })).train.count).toBe(set.count);
  });

  it('of EMNIST keep their labels, which name the classes', async () => {
    const set = await inspectFolder(caseFolder('emnist'));
    expect(set).toMatchObject({ format: 'idx', classes: 4, classNames: ['0', '1', '2', '3'] });
    expect(set.reading!.notes).toEqual([
      'EMNIST stores its images transposed, rows as columns; they are learned as they are stored',
      'labels 1 to 3 as they are written, each the name of its class; no example has the label 0, a class of its own all the same',
    ]);
    const { train } = await loadDataset(set, { train: set.count, validation: 0 });
    expect([...new Set(train.targets)].sort()).toEqual([1, 2, 3]);
    cpSync(caseFolder('emnist'), folder.path, { recursive: true });
    writeFileSync(join(folder.path, 'emnist-digits-train-images-idx3-ubyte'), '');
    await expect(inspectFolder(folder.path)).rejects.toThrow('several data sets: emnist-digits, emnist-letters; put');
  });

  it('count what else lies beside them', async () => {
    writeSmallPair(folder.path);
    for (const name of ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte', 'notes.txt', 'train-images-idx3-ubyte.gz'])
      writeFileSync(join(folder.path, name), '');
    expect((await inspectFolder(folder.path)).reading!.leftOut).toEqual([
      { reason: "none of the training set's files", count: 2, names: ['notes.txt', 'train-images-idx3-ubyte.gz'] },
      { reason: 'test files', count: 2, names: ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'] },
    ]);
  });

  it('are unpacked to what their headers promise and no more', async () => {
    const { images, labels } = writeSmallPair(folder.path, { gz: true });
    // 64 MiB of zeros behind the promised pixels, and a header that promises 4 GB
    const whole = writeImages({ count: 20, height: 2, width: 3, pixels: new Uint8Array(120) });
    writeFileSync(images, gzipSync(Buffer.concat([whole, Buffer.alloc(2 ** 26)])));
    await expect(inspectFolder(folder.path)).rejects.toThrow(
      `${images}: at byte 136 expected the end of the data after 136 unpacked bytes, found more`,
    );
    const large = Buffer.from(whole);
    large.writeUInt32BE(700_000_000, 4);
    writeFileSync(images, gzipSync(large));
    await expect(inspectFolder(folder.path)).rejects.toThrow(
      `${images}: at byte 4 expected at most 1,073,741,824 bytes of examples, found a header that promises 4,200,000,016; use fewer or smaller ones`,
    );
    writeFileSync(images, gzipSync(Buffer.alloc(2 ** 26)));
    await expect(inspectFolder(folder.path)).rejects.toThrow('at byte 0 expected the magic number 00 00 08 03');
    writeFileSync(images, gzipSync(whole));
    truncateSync(labels, 2 ** 40);
    await expect(inspectFolder(folder.path)).rejects.toThrow(
      'bytes, more than the 1,073,741,824 that are read at most',
    );
  });
});

describe('what is no data set that is read', () => {
  it.each([
    [
      'cifar-python',
      join('cifar-python', 'cifar-10-batches-py'),
      'CIFAR-10 in its Python version',
      'cifar-10-binary.tar.gz',
    ],
    [
      'cifar-python/cifar-10-batches-py',
      'cifar-10-batches-py',
      'CIFAR-10 in its Python version',
      'cifar-10-binary.tar.gz',
    ],
    ['cifar100-python', 'cifar100-python', 'CIFAR-100 in its Python version', 'cifar-100-binary.tar.gz'],
  ])('is named: %s', async (name, at, version, file) => {
    const refused = inspectFolder(caseFolder(name));
    await expect(refused).rejects.toThrow(
      `${at} holds ${version}: pickles, which are programs and are not run here; get`,
    );
    await expect(refused).rejects.toThrow(file);
  });

  it('is told where it lies: a folder below, an archive', async () => {
    mkdirSync(join(folder.path, 'raw'));
    writeSmallPair(join(folder.path, 'raw'));
    await expect(inspectFolder(folder.path)).rejects.toThrow(
      `${join(folder.path, 'raw')}, a folder in it, holds one: choose that`,
    );
    mkdirSync(join(folder.path, 'raw', 'packed'));
    writeFileSync(join(folder.path, 'raw', 'packed', 'mnist.tar.gz'), '');
    await expect(inspectFolder(join(folder.path, 'raw', 'packed'))).rejects.toThrow('is an archive: unpack it');
  });

  it('is refused by its size before it is read: CIFAR with holes', async () => {
    const files = writeCifar(folder.path, 'cifar-10');
    for (const file of files) truncateSync(file, 3073 * 78_000);
    await expect(inspectFolder(folder.path)).rejects.toThrow('holds more than 1,073,741,824 bytes of examples');
  });

  it.runIf(symlinks)('is refused by its kind before it is read: pipes, devices, folders', async () => {
    const { images } = writeSmallPair(folder.path);
    rmSync(images);
    execFileSync('mkfifo', [images]);
    await expect(inspectFolder(folder.path)).rejects.toThrow(`${images} is a pipe, not a file`);
    rmSync(images);
    symlinkSync('/dev/zero', images);
    await expect(inspectFolder(folder.path)).rejects.toThrow(`${images} is a device, not a file`);
    const classes = join(folder.path, 'classes');
    writeImageFolder(classes, { a: { '1.png': plainPng(1, 1, [1]) }, b: { '1.png': plainPng(1, 1, [2]) } });
    execFileSync('mkfifo', [join(classes, 'a', '2.png')]);
    symlinkSync('/dev/zero', join(classes, 'b', '2.png'));
    expect((await inspectFolder(classes)).reading!.leftOut).toEqual([
      { reason: 'neither a file nor a folder: a pipe, a socket or a device', count: 2, names: ['a/2.png', 'b/2.png'] },
    ]);
    truncateSync(join(classes, 'a', '1.png'), 2 ** 33);
    await expect(inspectFolder(classes)).rejects.toThrow('1.png has 8,589,934,592 bytes, more than the 67,108,864');
  });
});

describe('upright', () => {
  // the letters of a stored image of 3 × 2 and what is shown, row by row (Exif 3.0, 4.6.5.1: where the 0th row and column are)
  it.each([
    [1, 'abc def'],
    [2, 'cba fed'],
    [3, 'fed cba'],
    [4, 'def abc'],
    [5, 'ad be cf'],
    [6, 'da eb fc'],
    [7, 'fc eb da'],
    [8, 'cf be ad'],
  ])('shows orientation %i as every viewer does', (orientation, shown) => {
    const rows = Uint8Array.from('\0abc\0def', (letter) => letter.charCodeAt(0));
    for (const little of [true, false]) {
      const png = writePng({ width: 3, height: 2, rows, more: [['eXIf', exifBlock(orientation, little)]] });
      const { width, height, pixels } = upright(decodePng(png, 'f'));
      const lines = Array.from({ length: height }, (_, row) =>
        String.fromCharCode(...pixels.subarray(row * width, (row + 1) * width)),
      );
      expect(lines.join(' ')).toBe(shown);
    }
  });

  it('leaves an image alone whose EXIF is malformed', () => {
    for (const block of [
      new Uint8Array(),
      exifBlock(9),
      exifBlock(0),
      exifBlock(6).subarray(0, 15),
      new Uint8Array(40),
    ]) {
      const png = writePng({ width: 1, height: 2, rows: Uint8Array.of(0, 1, 0, 2), more: [['eXIf', block]] });
      expect(upright(decodePng(png, 'f'))).toMatchObject({ width: 1, height: 2 });
    }
  });
});

describe('JPEG images of known pixels', () => {
  const text = (letters: string): Uint8Array => Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  const adobe = (transform: number): [number, Uint8Array] => [
    0xee,
    Uint8Array.of(...text('Adobe'), 0, 100, 0, 0, 0, 0, transform),
  ];
  const jfif: [number, Uint8Array] = [0xe0, Uint8Array.of(...text('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0)];
  const [red, green, blue] = [200, 30, 60];
  // ITU-T T.871
  const ycc = [
    0.299 * red + 0.587 * green + 0.114 * blue,
    128 - 0.168736 * red - 0.331264 * green + 0.5 * blue,
    128 + 0.5 * red - 0.418688 * green - 0.081312 * blue,
  ].map(Math.round);
  const size = { width: 37, height: 21 };
  const rgb = [red, green, blue];
  const halved = [
    [2, 2],
    [1, 1],
    [1, 1],
  ] as const;

  it.each<[string, Omit<FlatJpeg, 'width' | 'height'>, readonly number[]]>([
    ['grey', { value: [77] }, [77]],
    ['4:4:4', { value: ycc, more: [jfif] }, rgb],
    [
      '4:2:2',
      {
        value: ycc,
        sampling: [
          [2, 1],
          [1, 1],
          [1, 1],
        ],
      },
      rgb,
    ],
    ['4:2:0', { value: ycc, sampling: halved }, rgb],
    ['4:2:0 with restart markers', { value: ycc, sampling: halved, restart: 1 }, rgb],
    ['4:4:4 with restart markers', { value: ycc, restart: 2 }, rgb],
    ['progressive', { value: ycc, progressive: true }, rgb],
    ['progressive 4:2:0 with restart markers', { value: ycc, sampling: halved, progressive: true, restart: 3 }, rgb],
    ['Adobe YCbCr', { value: ycc, more: [adobe(1)] }, rgb],
    ['Adobe RGB', { value: rgb, more: [adobe(0)] }, rgb],
    ['RGB by the components’ ids', { value: rgb, ids: [82, 71, 66] }, rgb],
    // as in libjpeg, JFIF outweighs both
    ['JFIF before Adobe', { value: ycc, more: [jfif, adobe(0)] }, rgb],
  ])('are read right: %s', (_, kind, expected) => {
    const { width, height, channels, pixels } = decodeJpeg(flatJpeg({ ...size, ...kind }), 'f');
    expect({ width, height, channels }).toEqual({ ...size, channels: expected.length });
    pixels.forEach((value, at) =>
      expect(Math.abs(value - expected[Math.floor(at / (width * height))]!)).toBeLessThanOrEqual(2),
    );
  });

  it('are refused by name: CMYK', () => {
    expect(() => decodeJpeg(flatJpeg({ ...size, value: [1, 2, 3, 4], more: [adobe(0)] }), 'f')).toThrow(
      '1 or 3 colour components, found 4; save it as RGB',
    );
  });

  it('are read right from a program that writes RGB', async () => {
    const file = join(caseFolder('adobe-rgb'), 'a', '0.jpg');
    const { width, height, pixels } = decodeJpeg(readFileSync(file), file);
    pixels.forEach((value, at) =>
      expect(Math.abs(value - rgb[Math.floor(at / (width * height))]!)).toBeLessThanOrEqual(3),
    );
    // sets that were added before keep the numbers that their runs learned from
    expect(decodeJpeg(readFileSync(file), file, true).pixels).not.toEqual(pixels);
    const set = await inspectFolder(caseFolder('adobe-rgb'));
    expect(set.count).toBe(4);
    // other pixels of the same bytes: the checksum tells, so that no run goes on with the wrong ones
    const { checksum } = await readImageFolder(set.files, true);
    expect(checksum).not.toBe(set.checksum);
    expect(await loadDataset({ ...set, checksum, reading: undefined }, { train: 2, validation: 2 })).toHaveProperty(
      'train',
    );
    await expect(loadDataset({ ...set, reading: undefined }, { train: 2, validation: 2 })).rejects.toThrow(
      'have changed',
    );
  });
});
