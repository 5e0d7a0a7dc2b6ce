/**
 * Arrays that NumPy saved (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html): images and labels as two .npy files, or
 * both in one .npz, a ZIP archive of such files, as Keras and MedMNIST have them. Nothing pickled is read, and no size is believed before
 * the bytes are there.
 */
import { createHash } from 'node:crypto';
import { basename, extname, join } from 'node:path';
import { cutInMiddle } from '../../../shared/bounded.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import { checkTogether, mostBytes, readWhole, wrong } from '../bytes.ts';
import { checkSize } from '../image.ts';
import { namesOfLabels } from '../labels.ts';
import { filesBeside, LeftOutCount } from '../left-out.ts';
import type { RawExamples } from '../raw.ts';
import { nameOf, parseNpy, readers } from '../npy.ts';
import { arePredicted, isTable, tableOf, valuesOf } from '../npy-values.ts';
import { unzip, zipMembers } from '../zip.ts';
import { centred, defineFormat } from './format.ts';
import type { KnownSet } from './format.ts';

/** How images and labels are called, in lower case; the first pair of which one is there is meant. */
const pairs = [
  ['x_train', 'y_train'],
  ['train_images', 'train_labels'],
  ['images', 'labels'],
  ['x', 'y'],
] as const;

/** Arrays of images and labels, or of numbers and what is to be predicted from them. */
export const numpy = defineFormat({
  key: 'numpy',
  title: 'NumPy arrays',
  holds:
    '`x_train.npy` and `y_train.npy`, or one `.npz` with both; also `train_images` and `train_labels`, `images` and `labels`, `X` and `y`',
  reads:
    'uint8 images [count, height, width], with 1 or 3 channels last or first; whole-number labels 0 to 255, [count] or [count, 1]; C order, either byte order. For regression float targets, [count] or [count, targets], of such images or of numbers of any real type, [count] or [count, columns]. Float images, one-hot labels, half precision, Fortran order and objects (pickles, which are programs) are named and refused, with what to write in NumPy',
  lookedFor: 'NumPy arrays (x_train.npy and y_train.npy, or both in one .npz)',
  namePattern: /^(x_train|train_images|images|x)\.npy$|\.npz$/i,
  before: null,
  normalisation: centred,
  detect({ path, entries }) {
    const names = entries.map(({ name }) => name).sort();
    const pair = choose(names, path);
    const archives = names.filter((name) => extname(name).toLowerCase() === '.npz');
    const chosen = pair ?? archives;
    if (chosen.length === 0) return null;
    if (!pair && archives.length > 1)
      throw new ValleywalkError(
        'input',
        `${path} holds several .npz files: ${archives.slice(0, 5).join(', ')}; put the one to learn from into a folder of its own`,
      );
    const files = chosen.map((name) => join(path, name));
    return { files, notes: [], leftOut: filesBeside(path, entries, files) };
  },
  read: readArrays,
});

/** The names of images and labels among names of .npy files; null where there are none. @throws ValleywalkError when one of two is missing */
function choose(names: readonly string[], where: string): [images: string, labels: string] | null {
  const named = (stem: string): string | undefined => names.find((name) => name.toLowerCase() === `${stem}.npy`);
  for (const [images, labels] of pairs) {
    const found = [named(images), named(labels)] as const;
    if (found[0] !== undefined && found[1] !== undefined) return [found[0], found[1]];
    if (found[0] ?? found[1])
      throw new ValleywalkError(
        'input',
        `${where} holds ${(found[0] ?? found[1])!}, but no ${found[0] === undefined ? images : labels}.npy to go with it; save the ${found[0] === undefined ? 'images' : 'labels'} under that name too`,
      );
  }
  return null;
}

/** Whether both images and labels are among names of files. */
export function hasPair(names: readonly string[]): boolean {
  const lower = new Set(names.map((name) => name.toLowerCase()));
  return pairs.some((pair) => pair.every((stem) => lower.has(`${stem}.npy`)));
}

async function readArrays({ files, classes, targets }: KnownSet): Promise<RawExamples> {
  await checkTogether(files);
  const leftOut = new LeftOutCount();
  const [first, second] =
    files.length === 2
      ? await Promise.all(files.map(async (file) => ({ file, bytes: await readWhole(file) })))
      : await unpackPair(files[0]!, leftOut);
  const checksum = createHash('sha256').update(first!.bytes).update(second!.bytes).digest('hex');
  if (targets !== null || arePredicted(first!, second!)) return predicted(first!, second!, checksum, leftOut);
  // bytes without a shape are images that were flattened
  if (isTable(first!) && parseNpy(first!.bytes, first!.file).type !== 'u1')
    throw new ValleywalkError(
      'input',
      `${second!.file}: expected float targets beside the table ${first!.file}, found whole numbers; a table is learned by regression: save them as array.astype(np.float32)`,
    );
  const images = imagesOf(first!.bytes, first!.file);
  const labels = labelsOf(second!.bytes, second!.file, classes ?? 256);
  if (images.count !== labels.length)
    throw new ValleywalkError(
      'input',
      `${first!.file} holds ${images.count} images but ${second!.file} holds ${labels.length} labels; the two arrays must belong together`,
    );
  const largest = labels.reduce((most, label) => Math.max(most, label), 0);
  if (largest === 0)
    throw new ValleywalkError('input', `${second!.file}: every label is 0; a data set needs at least two classes`);
  const { classNames, reading } = namesOfLabels(labels);
  const isSorted = labels.every((label, at) => at === 0 || label >= labels[at - 1]!);
  const sorted =
    'the examples lie in the order of their classes, so that the last ones, which validate, are of the last classes; shuffle them before they are saved';
  return {
    ...images,
    labels,
    classes: classes ?? largest + 1,
    classNames,
    checksum,
    reading: { notes: [...(reading?.notes ?? []), ...(isSorted ? [sorted] : [])], leftOut: leftOut.list() },
  };
}

/** Images or rows of numbers with real numbers to predict. */
function predicted(
  inputs: { file: string; bytes: Uint8Array },
  targets: { file: string; bytes: Uint8Array },
  checksum: string,
  leftOut: LeftOutCount,
): RawExamples {
  const read = isTable(inputs) ? tableOf(inputs) : imagesOf(inputs.bytes, inputs.file);
  const { notes, ...rest } = valuesOf(targets, { file: inputs.file, count: read.count });
  return { ...read, ...rest, checksum, reading: { notes, leftOut: leftOut.list() } };
}

/** Pixels as [count, channels, height, width]. */
function imagesOf(
  bytes: Uint8Array,
  file: string,
): Pick<RawExamples, 'count' | 'channels' | 'height' | 'width' | 'pixels'> {
  const { type, shape, data, header } = parseNpy(bytes, file);
  if (type !== 'u1')
    throw wrong(file, header, 'pixels as uint8, 0 to 255', `${nameOf(type)}; save them as array.astype(np.uint8)`);
  const isLast = shape.length === 4 && (shape[3] === 1 || shape[3] === 3);
  const isFirst = shape.length === 4 && (shape[1] === 1 || shape[1] === 3);
  if (shape.length !== 3 && !isLast && !isFirst)
    throw wrong(
      file,
      header,
      'images of shape (count, height, width), (count, height, width, 1 or 3) or (count, 1 or 3, height, width)',
      `(${shape.join(', ')}); reshape the array before it is saved`,
    );
  const count = shape[0]!;
  if (count === 0) throw wrong(file, header, 'at least one image', '0');
  const channels = isLast ? shape[3]! : isFirst ? shape[1]! : 1;
  const [height, width] = (isFirst && !isLast ? shape.slice(2) : shape.slice(1, 3)) as [number, number];
  checkSize(width, height, file, header);
  return { count, channels, height, width, pixels: isLast ? channelsFirst(data, height * width, channels) : data };
}

function channelsFirst(data: Uint8Array, size: number, channels: number): Uint8Array {
  if (channels === 1) return data;
  const pixels = new Uint8Array(data.length);
  for (let image = 0; image < data.length; image += size * channels)
    for (let at = 0; at < size; at++)
      for (let channel = 0; channel < channels; channel++)
        pixels[image + channel * size + at] = data[image + at * channels + channel]!;
  return pixels;
}

/** Labels as bytes. @param classes labels must lie below it */
function labelsOf(bytes: Uint8Array, file: string, classes: number): Uint8Array {
  const { type, little, shape, data, header, at } = parseNpy(bytes, file);
  if (!/^([ui][1248]|b1)$/.test(type))
    throw wrong(file, header, 'labels as whole numbers', `${nameOf(type)}; save them as labels.astype(np.uint8)`);
  const [count = 0, columns = 1] = shape;
  if (shape.length === 2 && columns > 1)
    throw wrong(file, header, 'one label an image', `${columns}, as one-hot labels have; save labels.argmax(1)`);
  if (shape.length === 0 || shape.length > 2 || columns !== 1)
    throw wrong(file, header, 'labels of shape (count,) or (count, 1)', `(${shape.join(', ')})`);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const size = Number(type[1]);
  const read = readers[type.replace('b', 'u')]!;
  return Uint8Array.from({ length: count }, (_, index) => {
    const label = read(view, index * size, little);
    if (label < 0 || label >= classes)
      throw wrong(file, at + index * size, `a label from 0 to ${classes - 1}`, String(label));
    return Number(label);
  });
}

/** A member's name as it is told and kept: a ZIP archive has names of up to 65,535 characters. */
const shortName = (name: string): string => cutInMiddle(name, 80);

/** The arrays of images and labels in a .npz file, whose packed bytes are held no longer than this takes. */
async function unpackPair(file: string, leftOut: LeftOutCount): Promise<{ file: string; bytes: Uint8Array }[]> {
  const bytes = await readWhole(file);
  const members = zipMembers(bytes, file);
  const names = members.map(({ name }) => name);
  const pair = choose(names, file);
  if (!pair)
    throw new ValleywalkError(
      'input',
      `${file} holds the arrays ${names.slice(0, 8).map(shortName).join(', ') || 'none'}; save it with np.savez(file, x_train=images, y_train=labels)`,
    );
  for (const name of names)
    if (!pair.includes(name)) leftOut.add("none of the training set's arrays", `${basename(file)}/${shortName(name)}`);
  const chosen = pair.map((name) => members.findLast((member) => member.name === name)!);
  const size = chosen.reduce((sum, member) => sum + member.size, 0);
  if (size > mostBytes)
    throw wrong(
      ...([file, chosen[0]!.at, `arrays of at most ${mostBytes.toLocaleString('en')} bytes`] as const),
      `${size.toLocaleString('en')}; use fewer or smaller examples`,
    );
  const arrays: { file: string; bytes: Uint8Array }[] = [];
  // one after the other: unpacking holds an array twice while its pieces are joined
  for (const member of chosen) arrays.push({ file: `${file}/${member.name}`, bytes: await unzip(bytes, file, member) });
  return arrays;
}
