import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datasetSchema } from '../../shared/datasets.ts';
import { writeLabels } from './idx.ts';
import { inspectFolder, uniqueId } from './inspect.ts';
import { loadDataset } from './load.ts';
import { temporaryFolder, writeSmallPair } from './testing.ts';
import type { TemporaryFolder } from './testing.ts';

let folder: TemporaryFolder;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => folder.remove());

describe('inspectFolder', () => {
  it.each([
    { gz: false, dotted: false },
    { gz: true, dotted: false },
    { gz: false, dotted: true },
    { gz: true, dotted: true },
  ])('describes a pair %o', async (variant) => {
    const files = writeSmallPair(folder.path, variant);
    const dataset = await inspectFolder(folder.path, { title: 'My Digits (Ä)' });
    expect(datasetSchema.parse(dataset)).toEqual({
      id: 'my-digits-a',
      title: 'My Digits (Ä)',
      format: 'idx',
      files: [files.images, files.labels],
      count: 20,
      height: 2,
      width: 3,
      channels: 1,
      classes: 2,
      classNames: null,
      normalisation: { mean: [0.5], std: [1] },
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      bundled: false,
      licence: null,
      reading: { notes: [], leftOut: [] },
    });
  });

  it('has one checksum for one content, gzipped or not', async () => {
    writeSmallPair(folder.path);
    const other = join(folder.path, 'other');
    mkdirSync(other);
    writeSmallPair(other, { gz: true });
    expect((await inspectFolder(folder.path)).checksum).toBe((await inspectFolder(other)).checksum);
  });

  it('refuses folders that hold no pair', async () => {
    await expect(inspectFolder(join(folder.path, 'nowhere'))).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('there is no folder') as string,
    });
    await expect(inspectFolder(folder.path)).rejects.toThrow(
      `${folder.path} holds no data set. Looked for an IDX pair (train-images-idx3-ubyte and train-labels-idx1-ubyte, gzipped or not), CIFAR-10 (data_batch_1.bin to data_batch_5.bin), CIFAR-100 (train.bin), class folders with PNG or JPEG images, NumPy arrays (x_train.npy and y_train.npy, or both in one .npz) and a CSV table of numbers; found nothing; choose`,
    );
    const { labels } = writeSmallPair(folder.path);
    await expect(inspectFolder(labels)).rejects.toThrow('is a file');
    rmSync(labels);
    await expect(inspectFolder(folder.path)).rejects.toThrow(
      'looks like an IDX pair, but holds none of train-labels-idx1-ubyte',
    );
    writeFileSync(labels, 'not labels at all');
    await expect(inspectFolder(folder.path)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining(`${labels}: at byte 0`) as string,
    });
  });
});

describe('uniqueId', () => {
  it('makes valid ids of any title', () => {
    expect(uniqueId('MNIST', new Set())).toBe('mnist');
    expect(uniqueId('MNIST', new Set(['mnist', 'mnist-2']))).toBe('mnist-3');
    expect(uniqueId('数字', new Set())).toBe('data-set');
    const long = uniqueId('x'.repeat(200), new Set());
    expect(datasetSchema.shape.id.safeParse(uniqueId('x'.repeat(200), new Set([long]))).success).toBe(true);
  });
});

describe('loadDataset', () => {
  it('takes the first to train and the last to validate, normalised', async () => {
    writeSmallPair(folder.path, { gz: true });
    const dataset = await inspectFolder(folder.path);
    const { train, validation, checksum } = await loadDataset(dataset, { train: 5, validation: 3 });
    expect(checksum).toBe(dataset.checksum);
    expect(train).toMatchObject({
      count: 5,
      features: 6,
      shape: { channels: 1, height: 2, width: 3 },
      black: [-0.5],
      classes: 2,
    });
    expect([...train.targets]).toEqual([0, 1, 0, 1, 0]);
    expect([...validation.targets]).toEqual([1, 0, 1]);
    const pixel = (image: number, at: number): number => Math.fround(((7 * image + 31 * at) % 256) / 255 - 0.5);
    for (let image = 0; image < 5; image++)
      for (let at = 0; at < 6; at++) expect(train.images[image * 6 + at]).toBe(pixel(image, at));
    for (let image = 0; image < 3; image++)
      for (let at = 0; at < 6; at++) expect(validation.images[image * 6 + at]).toBe(pixel(17 + image, at));
  });

  it('loads the whole set when the two parts meet', async () => {
    writeSmallPair(folder.path);
    const dataset = await inspectFolder(folder.path);
    const { train, validation } = await loadDataset(dataset, { train: 12, validation: 8 });
    expect([train.count, validation.count]).toEqual([12, 8]);
    await expect(loadDataset(dataset, { train: 13, validation: 8 })).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining('has 20 examples, fewer than 13 for training and 8 for validation') as string,
    });
  });

  it('wants a normalisation for every channel', async () => {
    writeSmallPair(folder.path);
    const dataset = { ...(await inspectFolder(folder.path)), normalisation: { mean: [0, 0, 0], std: [1, 1, 1] } };
    await expect(loadDataset(dataset, { train: 5, validation: 3 })).rejects.toThrow(
      'has 1 channels but a normalisation for 3',
    );
  });

  it('notices files that changed, shrank or are gone', async () => {
    const { labels } = writeSmallPair(folder.path);
    const dataset = await inspectFolder(folder.path);
    const take = { train: 5, validation: 3 };
    writeFileSync(labels, writeLabels({ count: 20, labels: Uint8Array.from({ length: 20 }, (_, i) => (i + 1) % 2) }));
    await expect(loadDataset(dataset, take)).rejects.toThrow(/have changed since it was added/);
    writeFileSync(labels, writeLabels({ count: 19, labels: new Uint8Array(19) }));
    await expect(loadDataset(dataset, take)).rejects.toThrow(/holds 20 images but .* holds 19 labels/);
    rmSync(labels);
    await expect(loadDataset(dataset, take)).rejects.toMatchObject({ kind: 'missing' });
  });
});
