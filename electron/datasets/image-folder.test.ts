import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { Resvg } from '@resvg/resvg-js';
import fc from 'fast-check';
import { encode } from 'jpeg-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datasetSchema } from '../../shared/datasets.ts';
import { ValleywalkError } from '../../shared/errors.ts';
import { inspectFolder } from './inspect.ts';
import { decodeJpeg } from './jpeg.ts';
import { loadDataset } from './load.ts';
import { decodePng } from './png.ts';
import { plainPng, temporaryFolder, writeImageFolder, writePng } from './testing.ts';
import type { PngImage, TemporaryFolder } from './testing.ts';

let folder: TemporaryFolder;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => folder.remove());

/** What another decoder (resvg's) makes of an image: planes of red, green and blue. */
function planes(bytes: Uint8Array, width: number, height: number, kind = 'png'): number[] {
  const href = `data:image/${kind};base64,${Buffer.from(bytes).toString('base64')}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><image width="${width}" height="${height}" image-rendering="optimizeSpeed" href="${href}"/></svg>`;
  const { pixels } = new Resvg(svg).render();
  return [0, 1, 2].flatMap((channel) =>
    Array.from({ length: width * height }, (_, pixel) => pixels[4 * pixel + channel]!),
  );
}

function complaint(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof ValleywalkError) return error.message;
    throw error;
  }
}

/** Bytes that look random and are the same every time. */
const noise = (length: number, state = 1): Uint8Array =>
  Uint8Array.from({ length }, () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 24);

/** Rows of noise, filtered by 0, 1, 2, 3, 4 in turn. */
function filteredRows(height: number, length: number): Uint8Array {
  const rows = noise(height * (1 + length));
  for (let row = 0; row < height; row++) rows[row * (1 + length)] = row % 5;
  return rows;
}

function jpeg(width: number, height: number, value: (pixel: number) => [number, number, number]): Uint8Array {
  const data = Uint8Array.from({ length: 4 * width * height }, (_, at) => [...value(at >> 2), 255][at & 3]!);
  return encode({ width, height, data }, 95).data;
}

describe('decodePng', () => {
  const palette = noise(48, 7);
  it.each<[string, Omit<PngImage, 'rows' | 'width' | 'height'>, number, number]>([
    ['grey', {}, 1, 8],
    ['grey of 1 bit', { depth: 1 }, 1, 1],
    ['grey of 2 bits', { depth: 2 }, 1, 2],
    ['grey of 4 bits', { depth: 4 }, 1, 4],
    ['colour', { type: 2 }, 3, 24],
    ['palette of 4 bits', { type: 3, depth: 4, palette }, 3, 4],
  ])('sees what another decoder sees: %s, every filter', (_, kind, channels, bits) => {
    const [width, height] = [13, 11];
    const png = writePng({ ...kind, width, height, rows: filteredRows(height, Math.ceil((width * bits) / 8)) });
    const image = decodePng(png, 'f');
    expect(image).toMatchObject({ width, height, channels });
    const expected = planes(png, width, height);
    expect([...image.pixels]).toEqual(expected.slice(0, image.pixels.length));
  });

  it('reads opaque alpha and refuses transparency', () => {
    const grey = writePng({ width: 2, height: 1, type: 4, rows: Uint8Array.of(0, 7, 255, 9, 255) });
    expect([...decodePng(grey, 'f').pixels]).toEqual([7, 9]);
    const colour = writePng({ width: 1, height: 2, type: 6, rows: Uint8Array.of(0, 1, 2, 3, 255, 0, 4, 5, 6, 255) });
    expect([...decodePng(colour, 'f').pixels]).toEqual([1, 4, 2, 5, 3, 6]);
    const clear = writePng({ width: 1, height: 2, type: 6, rows: Uint8Array.of(0, 1, 2, 3, 255, 0, 4, 5, 6, 254) });
    expect(complaint(() => decodePng(clear, 'f'))).toMatch(/^f: at byte 41 expected an opaque image.* row 2/);
    const keyed = writePng({ width: 1, height: 1, rows: Uint8Array.of(0, 1), more: [['tRNS', Uint8Array.of(0, 1)]] });
    expect(complaint(() => decodePng(keyed, 'f'))).toMatch(/^f: at byte 33 expected an opaque image/);
  });

  it('says which byte is wrong', () => {
    const good = { width: 2, height: 2, rows: Uint8Array.of(0, 1, 2, 0, 3, 4) };
    const says = (change: Partial<PngImage>, message: RegExp): void =>
      expect(complaint(() => decodePng(writePng({ ...good, ...change }), 'f'))).toMatch(message);
    says({ width: 0 }, /^f: at byte 16 expected an image of 1 to 1024 pixels a side, found 2 × 0/);
    says({ width: 100_000, height: 100_000 }, /^f: at byte 16 /);
    says({ depth: 16 }, /^f: at byte 24 expected 1, 2, 4, 8 bits a channel, found 16/);
    says({ type: 1 }, /^f: at byte 25 expected a PNG colour type/);
    says({ interlace: 1 }, /^f: at byte 28 expected no interlacing/);
    says({ rows: Uint8Array.of(0, 1, 2) }, /^f: at byte 41 expected 6 bytes of image data, found 3/);
    says({ rows: new Uint8Array(1_000_000) }, /^f: at byte 41 expected 6 bytes of compressed image data/);
    says({ rows: Uint8Array.of(0, 1, 2, 5, 3, 4) }, /^f: at byte 41 expected a PNG filter .* row 2, found 5/);
    says({ type: 3 }, /^f: at byte 41 expected a palette/);
    says({ type: 3, palette: noise(3) }, /^f: at byte 56 expected palette entries from 0 to 0, found 1 in row 1/);
    says({ palette: noise(4) }, /^f: at byte 33 expected a palette of 1 to 256 colours/);
    const bytes = writePng(good);
    bytes[20] = 9;
    expect(complaint(() => decodePng(bytes, 'f'))).toMatch(/^f: at byte 29 expected the checksum/);
    // damage before the image was packed: the chunk's checksum is right, that of the packed data is not
    const packed = deflateSync(good.rows);
    packed[packed.length - 1]! ^= 1;
    const damaged = writePng({ ...good, more: [['IDAT', packed]] });
    expect(complaint(() => decodePng(damaged, 'f'))).toMatch(/found data that are corrupt, cut off or too long/);
  });

  it('survives every truncation and every changed byte, naming file and byte', () => {
    const bytes = writePng({ width: 5, height: 6, type: 2, rows: filteredRows(6, 15) });
    for (let length = 8; length < bytes.length; length++)
      expect(complaint(() => decodePng(bytes.subarray(0, length), 'f'))).toMatch(/^f: at byte \d+ expected /);
    fc.assert(
      fc.property(fc.integer({ min: 8, max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = Uint8Array.from(bytes);
        changed[at]! ^= by;
        expect(complaint(() => decodePng(changed, 'f')) ?? 'f: at byte ').toMatch(/^f: at byte /);
      }),
    );
    // with right checksums, so that the data themselves are tried
    const rows = deflateSync(filteredRows(6, 15));
    fc.assert(
      fc.property(fc.nat(rows.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(6), (at, by, type) => {
        const changed = Uint8Array.from(rows);
        changed[at]! ^= by;
        const png = writePng({ width: 5, height: 6, type, palette: noise(9), rows: changed });
        expect(complaint(() => decodePng(png, 'f')) ?? 'f: at byte ').toMatch(/^f: at byte /);
      }),
    );
  });
});

describe('decodeJpeg', () => {
  const colours = jpeg(16, 8, (pixel) => [pixel, 255 - pixel, 128]);

  it('sees what another decoder sees, within rounding', () => {
    const image = decodeJpeg(colours, 'f');
    expect(image).toMatchObject({ width: 16, height: 8, channels: 3 });
    const expected = planes(colours, 16, 8, 'jpeg');
    expect(image.pixels).toHaveLength(expected.length);
    image.pixels.forEach((value, at) => expect(Math.abs(value - expected[at]!)).toBeLessThanOrEqual(6));
  });

  it('survives every truncation and changed byte, naming file and byte', () => {
    for (let length = 3; length < colours.length - 1; length++)
      expect(complaint(() => decodeJpeg(colours.subarray(0, length), 'f'))).toMatch(/^f: at byte \d+ expected /);
    fc.assert(
      fc.property(fc.integer({ min: 3, max: colours.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = Uint8Array.from(colours);
        changed[at]! ^= by;
        expect(complaint(() => decodeJpeg(changed, 'f')) ?? 'f: at byte ').toMatch(/^f: at byte /);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('an image folder', () => {
  const shades = (from: number): Record<string, Uint8Array> =>
    Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`${index}.png`, plainPng(3, 2, [from + index])]));

  it('is described and loaded: classes by name, images mixed by their names only', async () => {
    writeImageFolder(folder.path, { zebra: shades(100), ant: shades(0) });
    mkdirSync(join(folder.path, '.git'));
    writeFileSync(join(folder.path, 'ant', 'notes.txt'), 'not an image');
    const dataset = await inspectFolder(folder.path, { title: 'Animals' });
    expect(datasetSchema.parse(dataset)).toMatchObject({
      format: 'image-folder',
      files: [join(folder.path, 'ant'), join(folder.path, 'zebra')],
      count: 12,
      height: 2,
      width: 3,
      channels: 1,
      classes: 2,
      classNames: ['ant', 'zebra'],
      normalisation: { mean: [0.5], std: [1] },
    });
    const { train, validation } = await loadDataset(dataset, { train: 6, validation: 6 });
    const seen = [train, validation].flatMap(({ images, targets: labels, count }) =>
      Array.from({ length: count }, (_, index) => {
        const byte = Math.round((images[index * 6]! + 0.5) * 255);
        expect(images[index * 6]).toBe(Math.fround(byte / 255 - 0.5));
        expect(labels[index]).toBe(byte >= 100 ? 1 : 0);
        return byte;
      }),
    );
    expect([...seen].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 100, 101, 102, 103, 104, 105]);
    // neither part has one class only
    expect(new Set(train.targets).size).toBe(2);
    expect(new Set(validation.targets).size).toBe(2);
    writeFileSync(join(folder.path, 'ant', '0.png'), plainPng(3, 2, [77]));
    await expect(loadDataset(dataset, { train: 6, validation: 6 })).rejects.toThrow('have changed since');
  });

  it('reads JPEG beside PNG and grey beside colour, as planes', async () => {
    writeImageFolder(folder.path, {
      a: { 'one.JPG': jpeg(8, 8, () => [200, 100, 50]), 'two.png': plainPng(8, 8, [10, 20, 30]) },
      b: { 'grey.png': plainPng(8, 8, [40]) },
    });
    const dataset = await inspectFolder(folder.path);
    expect(dataset).toMatchObject({ channels: 3, count: 3, normalisation: { mean: [0.5, 0.5, 0.5], std: [1, 1, 1] } });
    const { train } = await loadDataset(dataset, { train: 2, validation: 1 });
    expect(train.shape).toEqual({ channels: 3, height: 8, width: 8 });
    const all = await loadDataset(dataset, { train: 2, validation: 1 });
    const colours = [all.train, all.validation].flatMap(({ images, count }) =>
      Array.from({ length: count }, (_, index) =>
        [0, 64, 128].map((at) => Math.round((images[index * 192 + at]! + 0.5) * 255)),
      ),
    );
    expect(colours).toContainEqual([10, 20, 30]);
    expect(colours).toContainEqual([40, 40, 40]);
    expect(colours.some(([r, g, b]) => Math.hypot(r! - 200, g! - 100, b! - 50) < 6)).toBe(true);
  });

  it('is refused with the file that is to blame', async () => {
    const refuses = async (message: string): Promise<void> => {
      await expect(inspectFolder(folder.path)).rejects.toMatchObject({
        kind: 'input',
        message: expect.stringContaining(message) as string,
      });
    };
    writeImageFolder(folder.path, { a: shades(0) });
    await refuses('holds images in one folder; a data set of images has one folder a class, 2 to 256 of them');
    writeImageFolder(folder.path, { b: {} });
    await refuses(`${join(folder.path, 'b')} holds no PNG or JPEG image`);
    writeImageFolder(folder.path, { b: { 'large.png': plainPng(4, 2, [1]) } });
    await refuses('; a data set’s images must all have one size'.replace('’', "'"));
    await refuses(join(folder.path, 'b', 'large.png'));
    rmSync(join(folder.path, 'b', 'large.png'));
    writeImageFolder(folder.path, { b: { 'fake.png': new TextEncoder().encode('GIF89a') } });
    await refuses(
      `${join(folder.path, 'b', 'fake.png')}: at byte 0 expected the start of a PNG or JPEG file, found 47 49 46 38`,
    );
    rmSync(join(folder.path, 'b', 'fake.png'));
    writeImageFolder(folder.path, { b: { 'old.gif': new Uint8Array(3) } });
    await refuses(`${join(folder.path, 'b', 'old.gif')} is neither PNG nor JPEG; convert it to PNG`);
  });
});
