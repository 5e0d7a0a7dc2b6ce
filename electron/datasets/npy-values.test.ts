import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datasetSchema } from '../../shared/datasets.ts';
import { inspectFolder } from './inspect.ts';
import { loadDataset } from './load.ts';
import { temporaryFolder } from './testing.ts';
import type { TemporaryFolder } from './testing.ts';

let folder: TemporaryFolder;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => folder.remove());

/** A .npy file of version 1. */
function npy(descr: string, shape: readonly number[], data: ArrayBufferView): Buffer {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const header = `${text.padEnd(117)}\n`;
  const before = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0]);
  return Buffer.concat([
    before,
    Buffer.from(header, 'latin1'),
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  ]);
}
const doubles = (...values: number[]): Buffer => npy('<f8', [values.length], Float64Array.from(values));
function write(x: Buffer, y: Buffer): string {
  writeFileSync(join(folder.path, 'X.npy'), x);
  writeFileSync(join(folder.path, 'y.npy'), y);
  return folder.path;
}
const table = npy('<f4', [4, 2], Float32Array.of(1, 2, 3, 5, 7, 11, 13, 17));

describe('float targets', () => {
  it.each<[string, Buffer, number]>([
    ['[count]', doubles(1.5, 2, -3, 0), 1],
    ['[count, 1]', npy('<f4', [4, 1], Float32Array.of(1.5, 2, -3, 0)), 1],
    ['[count, 2]', npy('<f4', [4, 2], Float32Array.of(1.5, 2, -3, 0, 4, 5, 6, 7)), 2],
  ])('of a table of numbers: %s', async (_, y, outputs) => {
    const set = await inspectFolder(write(table, y));
    expect(datasetSchema.parse(set)).toMatchObject({
      ...{ format: 'numpy', count: 4, width: 2, height: 1, channels: 1, classes: null, normalisation: null },
    });
    expect(set.targetColumns).toHaveLength(outputs);
    const { train } = await loadDataset(set, { train: 3, validation: 1 });
    expect(train.targets).toBeInstanceOf(Float32Array);
    expect(train.targets).toHaveLength(3 * outputs);
    expect([...train.images].filter((__, at) => at % 2 === 0).reduce((a, b) => a + b)).toBeCloseTo(0, 6);
  });

  it('of images: pixels stay what they are', async () => {
    const images = npy(
      '|u1',
      [4, 2, 3],
      Uint8Array.from({ length: 24 }, (_, at) => at),
    );
    const set = await inspectFolder(write(images, doubles(0.5, 1.5, 1, 2)));
    expect(set).toMatchObject({ height: 2, width: 3, classes: null, normalisation: { mean: [0.5], std: [1] } });
    const { train } = await loadDataset(set, { train: 3, validation: 1 });
    expect(train.images[7]).toBe(Math.fround(7 / 255 - 0.5));
    expect(train.targets[2]).toBe(0);
  });

  it('of integers and a single column', async () => {
    const set = await inspectFolder(write(npy('<i4', [3], Int32Array.of(1, -2, 300)), doubles(1, 2, 4)));
    expect(set).toMatchObject({ count: 3, width: 1 });
  });

  it.each<[string, Buffer, Buffer, RegExp]>([
    [
      'NaN',
      table,
      doubles(1, NaN, 2, 3),
      /y.npy: row 2, column 1: expected a number as target, found NaN; leave the row out/,
    ],
    [
      'infinity in an input',
      npy('<f8', [2, 2], Float64Array.of(1, 2, Infinity, 4)),
      doubles(1, 2),
      /X.npy: at byte 144 expected a number in row 2, column 1, found Infinity/,
    ],
    [
      'whole numbers beside a table',
      table,
      npy('<i4', [4], Int32Array.of(1, 2, 3, 4)),
      /y.npy: expected float targets beside the table .*X.npy, found whole numbers; .*astype\(np.float32\)/,
    ],
    ['constant', table, doubles(3, 3, 3, 3), /the target y is 3 in every row/],
    ['of another count', table, doubles(1, 2, 3), /holds 4 examples but .*y.npy holds 3 targets/],
    [
      'of three dimensions',
      table,
      npy('<f8', [4, 1, 1], Float64Array.of(1, 2, 3, 4)),
      /targets of shape \(count,\) or \(count, targets\), found \(4, 1, 1\)/,
    ],
    [
      'more than rows',
      npy('<f4', [2, 1], Float32Array.of(1, 2)),
      npy('<f8', [2, 3], Float64Array.of(1, 2, 3, 4, 5, 6)),
      /3 targets for 2 rows/,
    ],
    [
      'halves',
      table,
      npy('<f2', [4], Uint16Array.of(1, 2, 3, 4)),
      /numbers as float32, float64 or whole ones, found float16; save/,
    ],
    [
      'of float images',
      npy('<f4', [4, 1, 2], new Float32Array(8)),
      doubles(1, 2, 3, 4.5),
      /pixels as uint8, 0 to 255, found float32/,
    ],
  ])('are refused with a sentence: %s', async (_, x, y, message) => {
    await expect(inspectFolder(write(x, y))).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(message) as string,
    });
  });
});
