import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValleywalkError } from '../../shared/errors.ts';
import { checkPair, compress, decompress, parseImages, parseLabels, writeImages, writeLabels } from './idx.ts';

const images = fc
  .record({
    count: fc.integer({ min: 1, max: 5 }),
    height: fc.integer({ min: 1, max: 4 }),
    width: fc.integer({ min: 1, max: 4 }),
  })
  .chain((size) => {
    const length = size.count * size.height * size.width;
    return fc.uint8Array({ minLength: length, maxLength: length }).map((pixels) => ({ ...size, pixels }));
  });
const labels = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => ({ count: bytes.length, labels: bytes }));

/** Runs `work`; anything but success or a ValleywalkError is a fault. */
async function survives(work: () => unknown): Promise<ValleywalkError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof ValleywalkError) return error;
    throw error;
  }
}

describe('IDX', () => {
  it('reads a file written by hand, byte for byte', () => {
    const bytes = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 255, 0, 128);
    expect(parseImages(bytes, 'f')).toEqual({
      count: 2,
      height: 1,
      width: 3,
      pixels: Uint8Array.of(1, 2, 3, 255, 0, 128),
    });
    expect(parseLabels(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 9, 0, 4), 'f')).toEqual({
      count: 3,
      labels: Uint8Array.of(9, 0, 4),
    });
  });

  it('writes what it reads, gzipped or not', async () => {
    await fc.assert(
      fc.asyncProperty(images, labels, fc.boolean(), async (image, label, gz) => {
        const pack = gz ? compress : (bytes: Uint8Array): Uint8Array => bytes;
        const imageBytes = await decompress(pack(writeImages(image)), 'i');
        const labelBytes = await decompress(pack(writeLabels(label)), 'l');
        expect(parseImages(new Uint8Array(imageBytes), 'i')).toEqual(image);
        expect(parseLabels(new Uint8Array(labelBytes), 'l')).toEqual(label);
      }),
    );
  });

  it('refuses every truncation and every extension, naming the file and the byte', async () => {
    await fc.assert(
      fc.asyncProperty(images, labels, fc.nat(), fc.integer({ min: 1, max: 9 }), async (image, label, cut, more) => {
        for (const [bytes, parse] of [
          [writeImages(image), parseImages],
          [writeLabels(label), parseLabels],
        ] as const) {
          const at = cut % bytes.length;
          const short = await survives(() => parse(bytes.subarray(0, at), 'short-file'));
          expect(short?.message).toMatch(/^short-file: at byte \d+ expected /);
          const long = await survives(() => parse(Uint8Array.of(...bytes, ...new Uint8Array(more)), 'long-file'));
          expect(long?.message).toContain(`long-file: at byte ${bytes.length} expected the end of the file`);
        }
      }),
    );
  });

  it('survives every changed byte, gzipped or not', async () => {
    await fc.assert(
      fc.asyncProperty(images, fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean(), async (image, at, by, gz) => {
        const bytes = gz ? compress(writeImages(image)) : writeImages(image);
        bytes[at % bytes.length]! ^= by;
        await survives(async () => parseImages(await decompress(bytes, 'f'), 'f'));
      }),
      { numRuns: 500 },
    );
  });

  it('survives arbitrary bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (bytes) => {
        await survives(async () => parseImages(await decompress(bytes, 'f'), 'f'));
        await survives(async () => parseLabels(await decompress(bytes, 'f'), 'f'));
      }),
    );
  });

  it('refuses truncated gzip data and bytes after it', async () => {
    const bytes = compress(writeLabels({ count: 300, labels: Uint8Array.from({ length: 300 }, (_, i) => i % 7) }));
    for (let length = 2; length < bytes.length; length++)
      expect((await survives(() => decompress(bytes.subarray(0, length), 'f.gz')))?.message).toContain(
        'f.gz: the gzip data is corrupt or cut off',
      );
    for (const after of [1, 0x1f])
      expect((await survives(() => decompress(Uint8Array.of(...bytes, after, 7), 'f.gz')))?.message).toContain(
        'f.gz: the gzip data is corrupt or cut off',
      );
    const longer = Uint8Array.of(...bytes, 0, 0, 0);
    expect((await survives(() => decompress(longer, 'f.gz')))?.message).toContain(
      `f.gz: the gzip data ends at byte ${bytes.length}, but the file has ${longer.length}`,
    );
  });

  it('says what it expected', async () => {
    const label = writeLabels({ count: 3, labels: Uint8Array.of(0, 1, 2) });
    expect((await survives(() => parseImages(label, 'train')))?.message).toBe(
      'train: at byte 0 expected the magic number 00 00 08 03 of an IDX image file, found 00 00 08 01',
    );
    const none = writeLabels({ count: 0, labels: new Uint8Array() });
    expect((await survives(() => parseLabels(none, 'train')))?.message).toBe(
      'train: at byte 4 expected at least one example, found 0',
    );
    const flat = writeImages({ count: 1, height: 0, width: 3, pixels: new Uint8Array() });
    expect((await survives(() => parseImages(flat, 'train')))?.message).toContain('at byte 8');
    // a header that promises more than memory could hold
    const huge = Uint8Array.of(0, 0, 8, 3, ...new Array<number>(12).fill(255), 1);
    expect((await survives(() => parseImages(huge, 'train')))?.message).toContain('at byte 17 expected 4294967295');
  });

  it('checks images and labels against each other', async () => {
    const pair = (count: number, given: number[]) =>
      [
        { count, height: 1, width: 1, pixels: new Uint8Array(count) },
        { count: given.length, labels: Uint8Array.from(given) },
        { images: 'I', labels: 'L' },
      ] as const;
    expect(checkPair(...pair(3, [0, 4, 1]), null)).toBe(5);
    expect(checkPair(...pair(3, [0, 4, 1]), 10)).toBe(10);
    expect((await survives(() => checkPair(...pair(2, [0, 4, 1]), null)))?.message).toMatch(
      /^I holds 2 images but L holds 3 labels/,
    );
    expect((await survives(() => checkPair(...pair(3, [0, 4, 1]), 4)))?.message).toBe(
      'L: at byte 9 expected a label from 0 to 3, found 4',
    );
    expect((await survives(() => checkPair(...pair(2, [0, 0]), null)))?.message).toContain('at least two classes');
  });

  it('compresses without time or machine in the header', () => {
    const bytes = compress(Uint8Array.of(1, 2, 3));
    expect([...bytes.subarray(4, 8)]).toEqual([0, 0, 0, 0]);
    expect(bytes[9]).toBe(3);
    expect(gzipSync(Uint8Array.of(1, 2, 3)).length).toBe(bytes.length);
  });
});
