/**
 * Makes resources/datasets/fashion-mnist-small from Fashion-MNIST's 60,000 training images:
 *
 *     node resources/datasets/make-fashion-mnist-small.ts FOLDER
 *
 * FOLDER holds train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz (Debian's package dataset-fashion-mnist installs
 * them under /usr/share/datasets/fashion-mnist). The same input gives the same examples in the same order, and with the
 * same zlib the same bytes.
 *
 * Per class, a seeded shuffle picks 700 images: 600 to train, 100 to validate. Both parts are written in blocks of one
 * image per class, each block shuffled, so that every prefix has equally many of each class, give or take one.
 */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BundledDataset } from '../../electron/datasets/bundled.ts';
import { compress, writeImages, writeLabels } from '../../electron/datasets/idx.ts';
import { dataFormat } from '../../electron/datasets/formats/index.ts';
import { inspectFolder } from '../../electron/datasets/inspect.ts';
import { readExamples } from '../../electron/datasets/read.ts';

const seed = 20180228;
const trainPerClass = 600;
const validationPerClass = 100;
const target = new URL('fashion-mnist-small/', import.meta.url);

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node resources/datasets/make-fashion-mnist-small.ts FOLDER');
  process.exit(2);
}

const source = await inspectFolder(folder);
const read = await readExamples({ ...source, classes: 10 });
if (read.classes === null || !(read.pixels instanceof Uint8Array)) throw new Error('not a data set of classes of images');
const { height, width, labels, classes } = read;
const images = { pixels: read.pixels };
const size = height * width;
const random = generator(seed);

const picked = Array.from({ length: classes }, (_, label) => {
  const members = shuffled([...labels.keys()].filter((index) => labels[index] === label));
  return members.slice(0, trainPerClass + validationPerClass);
});
const order = Array.from({ length: trainPerClass + validationPerClass }, (_, round) =>
  shuffled(picked.map((members) => members[round]!)),
).flat();

const pixels = new Uint8Array(order.length * size);
order.forEach((from, to) => pixels.set(images.pixels.subarray(from * size, (from + 1) * size), to * size));
const imageBytes = writeImages({ count: order.length, height, width, pixels });
const labelBytes = writeLabels({ count: order.length, labels: Uint8Array.from(order, (from) => labels[from]!) });

const files = {
  'train-images-idx3-ubyte.gz': compress(imageBytes),
  'train-labels-idx1-ubyte.gz': compress(labelBytes),
};
const description: BundledDataset = {
  id: 'fashion-mnist-small',
  title: 'Fashion-MNIST, small',
  format: 'idx',
  files: Object.keys(files),
  count: order.length,
  height,
  width,
  channels: 1,
  classes,
  classNames: [
    'T-shirt/top',
    'Trouser',
    'Pullover',
    'Dress',
    'Coat',
    'Sandal',
    'Shirt',
    'Sneaker',
    'Bag',
    'Ankle boot',
  ],
  normalisation: dataFormat('idx').normalisation(1),
  checksum: sha256(imageBytes, labelBytes),
  licence: 'MIT, © 2017 Zalando SE',
  origin:
    'A class-balanced part of the training images of Fashion-MNIST, https://github.com/zalandoresearch/fashion-mnist',
  sha256: Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, sha256(bytes)])),
};
for (const [name, bytes] of Object.entries(files)) await writeFile(new URL(name, target), bytes);
await writeFile(new URL('dataset.json', target), `${JSON.stringify(description, null, 2)}\n`);
console.log(`${join(target.pathname)}: ${order.length} examples from ${source.files[0]}`);
console.log(description.sha256, description.checksum);

function sha256(...parts: Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** Fisher–Yates, in place. */
function shuffled(indices: number[]): number[] {
  for (let last = indices.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [indices[last], indices[other]] = [indices[other]!, indices[last]!];
  }
  return indices;
}

/** mulberry32: a small generator of numbers in [0, 1), enough to pick a subset. */
function generator(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
