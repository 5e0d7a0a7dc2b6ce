/** Examples to be looked at are the bytes of the files, the first of each class, and never too many. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { className, datasetExamplesSchema, mostShown, noPicture } from '../../shared/datasets.ts';
import type { Dataset } from '../../shared/datasets.ts';
import { bundledDatasets } from './bundled.ts';
import { firstExamples } from './examples.ts';
import { writeImages, writeLabels } from './idx.ts';
import { inspectFolder } from './inspect.ts';
import { temporaryFolder, writeCifar, writeSmallPair } from './testing.ts';
import type { TemporaryFolder } from './testing.ts';

let folder: TemporaryFolder;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => folder.remove());

describe('firstExamples', () => {
  it('takes the first of each class, class by class, byte for byte', async () => {
    writeSmallPair(folder.path);
    const found = datasetExamplesSchema.parse(await firstExamples(await inspectFolder(folder.path), 2));
    expect(found).toMatchObject({ height: 2, width: 3, channels: 1 });
    expect(found.examples.map(({ label, place }) => [label, place])).toEqual([
      [0, 0],
      [0, 2],
      [1, 1],
      [1, 3],
    ]);
    // pixel p of image i is (7 i + 31 p) mod 256
    for (const { place, pixels } of found.examples)
      expect([...pixels!]).toEqual(Array.from({ length: 6 }, (_, pixel) => (7 * place + 31 * pixel) % 256));
  });

  it('gives colours as planes, red first', async () => {
    writeCifar(folder.path, 'cifar-10');
    const { channels, examples } = await firstExamples(await inspectFolder(folder.path), 1);
    expect([channels, examples.length]).toEqual([3, 10]);
    // pixel p of image i is (5 i + 3 p) mod 256; the green plane begins at 1,024
    const { place, pixels } = examples[3]!;
    expect([place, pixels![0], pixels![1024]]).toEqual([3, 15, (15 + 3 * 1024) % 256]);
  });

  it('reads the bundled set', async () => {
    const [set] = bundledDatasets(fileURLToPath(new URL('../../resources/datasets', import.meta.url)));
    const { examples } = await firstExamples(set!, 3);
    expect(examples).toHaveLength(30);
    expect(new Set(examples.map(({ label }) => className(set!, label!))).size).toBe(10);
  });

  it('stays within its bounds: fewer of each class, then fewer classes', async () => {
    const [height, width, count] = [300, 300, 60];
    const pixels = new Uint8Array(count * height * width);
    writeFileSync(join(folder.path, 'train-images-idx3-ubyte'), writeImages({ count, height, width, pixels }));
    const labels = Uint8Array.from({ length: count }, (_, place) => place % 30);
    writeFileSync(join(folder.path, 'train-labels-idx1-ubyte'), writeLabels({ count, labels }));
    const { examples } = await firstExamples(await inspectFolder(folder.path), 20);
    expect(examples).toHaveLength(30);
    const bytes = examples.reduce((sum, each) => sum + each.pixels!.byteLength, 0);
    expect(bytes).toBeLessThanOrEqual(mostShown.bytes);
    expect(examples[0]!.pixels!.buffer.byteLength).toBe(height * width);
  });

  it('is refused where the files have changed or are gone', async () => {
    writeSmallPair(folder.path);
    const set = await inspectFolder(folder.path);
    await expect(firstExamples({ ...set, checksum: '0'.repeat(64) }, 1)).rejects.toThrow('have changed since');
    folder.remove();
    await expect(firstExamples(set, 1)).rejects.toMatchObject({ kind: 'missing' });
  });
});

it('a set without pictures says why', () => {
  const shape = (height: number, width: number, channels: number): Dataset => ({ height, width, channels }) as Dataset;
  expect(noPicture(shape(28, 28, 1))).toBeNull();
  expect(noPicture(shape(32, 32, 3))).toBeNull();
  expect(noPicture(shape(1, 20, 1))).toMatch(/^No picture: an example is a row of 20 numbers/);
  expect(noPicture(shape(8, 8, 2))).toMatch(/^No picture: an example has 2 channels/);
});
