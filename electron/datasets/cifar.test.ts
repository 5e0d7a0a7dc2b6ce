import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datasetSchema } from '../../shared/datasets.ts';
import { ValleywalkError } from '../../shared/errors.ts';
import { cifarImageBytes, cifarVersions, parseCifar, parseCifarNames } from './formats/cifar.ts';
import { inspectFolder } from './inspect.ts';
import { loadDataset } from './load.ts';
import { cifarRecord, temporaryFolder, writeCifar } from './testing.ts';
import type { TemporaryFolder } from './testing.ts';

let folder: TemporaryFolder;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => folder.remove());

const ten = cifarVersions['cifar-10'];
const hundred = cifarVersions['cifar-100'];

/** What a parser says about bytes; anything thrown but a ValleywalkError is a fault. */
function complaint(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof ValleywalkError) return error.message;
    throw error;
  }
}

describe('parseCifar', () => {
  it('reads records by hand: labels first, then three planes', () => {
    const [one, two] = [cifarRecord(1, [9]), cifarRecord(2, [0])];
    const batch = parseCifar(Buffer.concat([one, two]), 'f', ten);
    expect(batch.count).toBe(2);
    expect([...batch.labels]).toEqual([9, 0]);
    expect(batch.pixels.subarray(0, cifarImageBytes)).toEqual(one.subarray(1));
    expect(batch.pixels.subarray(cifarImageBytes)).toEqual(two.subarray(1));
    const fine = parseCifar(cifarRecord(3, [19, 99]), 'f', hundred);
    expect([...fine.labels]).toEqual([99]);
    expect(fine.pixels[0]).toBe(15);
  });

  it('names file and byte of a label out of range', () => {
    const bytes = Buffer.concat([cifarRecord(0, [3]), cifarRecord(1, [10])]);
    expect(complaint(() => parseCifar(bytes, 'b.bin', ten))).toBe(
      'b.bin: at byte 3073 expected a label from 0 to 9, found 10',
    );
    expect(complaint(() => parseCifar(cifarRecord(0, [20, 0]), 'b.bin', hundred))).toBe(
      'b.bin: at byte 0 expected a coarse label from 0 to 19, found 20',
    );
    expect(complaint(() => parseCifar(cifarRecord(0, [19, 100]), 'b.bin', hundred))).toBe(
      'b.bin: at byte 1 expected a fine label from 0 to 99, found 100',
    );
  });

  it('refuses every truncation but whole records, naming file and byte', () => {
    const bytes = Buffer.concat([cifarRecord(0, [3]), cifarRecord(1, [4])]);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        fc.pre(length % 3073 !== 0);
        expect(complaint(() => parseCifar(bytes.subarray(0, length), 'b.bin', ten))).toBe(
          `b.bin: at byte ${length} expected a whole number of records of 3073 bytes, found the end of the file, ${length % 3073} bytes into record ${Math.floor(length / 3073) + 1}`,
        );
      }),
    );
    expect(complaint(() => parseCifar(new Uint8Array(), 'b.bin', ten))).toMatch(/^b\.bin: at byte 0 expected records/);
  });

  it('survives every changed byte and arbitrary bytes', () => {
    const bytes = Buffer.concat([cifarRecord(0, [3, 3]), cifarRecord(1, [4, 4])]);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = Uint8Array.from(bytes);
        changed[at]! ^= by;
        expect(complaint(() => parseCifar(changed, 'f', hundred)) ?? 'f: at byte ').toMatch(/^f: at byte /);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 7000 }), (any) => {
        expect(complaint(() => parseCifar(any, 'f', ten)) ?? 'f: at byte ').toMatch(/^f: at byte /);
      }),
    );
  });

  it('reads class names, one a line', () => {
    const text = (lines: string[]): Uint8Array => new TextEncoder().encode(lines.join('\r\n'));
    const names = Array.from({ length: 10 }, (_, index) => `name ${index}`);
    expect(parseCifarNames(text([...names, '', '']), 'f', ten)).toEqual(names);
    expect(complaint(() => parseCifarNames(text(names.slice(1)), 'meta', ten))).toBe(
      'meta: at byte 0 expected 10 lines with a class name each, found 9 names',
    );
  });
});

describe('a CIFAR folder', () => {
  it.each([
    ['cifar-10', 10, 20, [0.4914, 0.4822, 0.4465], [0.2023, 0.1994, 0.201]],
    ['cifar-100', 100, 4, [0.5071, 0.4865, 0.4409], [0.2673, 0.2564, 0.2762]],
  ] as const)('of %s is described and loaded, normalised per channel', async (format, classes, count, mean, std) => {
    const files = writeCifar(folder.path, format);
    const dataset = await inspectFolder(folder.path, { title: 'My CIFAR' });
    const hash = createHash('sha256');
    for (const file of files) hash.update(readFileSync(file));
    expect(datasetSchema.parse(dataset)).toEqual({
      id: 'my-cifar',
      title: 'My CIFAR',
      format,
      files,
      count,
      height: 32,
      width: 32,
      channels: 3,
      classes,
      classNames: Array.from({ length: classes }, (_, label) => `class ${label}`),
      normalisation: { mean, std },
      checksum: hash.digest('hex'),
      bundled: false,
      licence: null,
      reading: { notes: [], leftOut: [] },
    });
    const { train, validation } = await loadDataset(dataset, { train: 2, validation: 1 });
    expect(train).toMatchObject({ count: 2, features: 3072, classes, shape: { channels: 3, height: 32, width: 32 } });
    expect([...train.targets, ...validation.targets]).toEqual([0, 1, (count - 1) % classes]);
    for (const [examples, image] of [
      [train, 0],
      [validation, count - 1],
    ] as const)
      for (const pixel of [0, 31, 32, 1023, 1024, 2047, 2048, 3071]) {
        const channel = Math.floor(pixel / 1024);
        const byte = (5 * image + 3 * pixel) % 256;
        expect(examples.images[pixel]).toBe(Math.fround((byte / 255 - mean[channel]!) / std[channel]!));
      }
    expect(train.black).toEqual(mean.map((each, channel) => Math.fround(-each / std[channel]!)));
  });

  it('needs no class names, but right ones', async () => {
    writeCifar(folder.path, 'cifar-10');
    const names = join(folder.path, 'batches.meta.txt');
    writeFileSync(names, 'cat\ndog\n');
    await expect(inspectFolder(folder.path)).rejects.toThrow(/batches\.meta\.txt: at byte 0 expected 10 lines/);
    rmSync(names);
    expect(await inspectFolder(folder.path)).toMatchObject({ format: 'cifar-10', classNames: null });
  });

  it('tells missing, short and changed batches', async () => {
    const files = writeCifar(folder.path, 'cifar-10');
    const dataset = await inspectFolder(folder.path);
    const third = readFileSync(files[2]!);
    writeFileSync(files[2]!, third.subarray(0, 3073));
    await expect(inspectFolder(folder.path)).rejects.toThrow(
      `${files[2]}: at byte 3073 expected the end of 4 records, as ${files[0]} has, found 1`,
    );
    writeFileSync(files[2]!, third.fill(1, 1, 2));
    await expect(loadDataset(dataset, { train: 2, validation: 1 })).rejects.toThrow('have changed since it was added');
    rmSync(files[2]!);
    await expect(loadDataset(dataset, { train: 2, validation: 1 })).rejects.toMatchObject({
      kind: 'missing',
      message: expect.stringContaining(files[2]!) as string,
    });
    await expect(inspectFolder(folder.path)).rejects.toThrow(/looks like .*CIFAR-10.* data_batch_3\.bin/);
  });
});
