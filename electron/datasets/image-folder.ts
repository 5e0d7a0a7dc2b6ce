/**
 * A folder with one folder of PNG or JPEG images per class. The classes are numbered in the order of their folders' names (by
 * code unit, the same on every machine). The images of all classes are mixed, since the first ones train and the last ones validate: they
 * are ordered by the SHA-256 of `class/image`, a shuffle that depends on nothing but the names.
 */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { ValleywalkError } from '../../shared/protocol.ts';
import { readWhole, unreadable, wrong } from './bytes.ts';
import type { Image } from './image.ts';
import { decodeJpeg, isJpeg } from './jpeg.ts';
import { decodePng, isPng } from './png.ts';
import type { RawExamples } from './raw.ts';

const readable = new Set(['.png', '.jpg', '.jpeg']);
/** Formats that a folder of images may hold and that are not read: left out silently, they would be missed. */
const unreadableImages = new Set(['.avif', '.bmp', '.gif', '.heic', '.pgm', '.ppm', '.tif', '.tiff', '.webp']);

/** Bytes of all pixels that a set may have: four times as many once they are numbers. */
const mostBytes = 2 ** 30;

/** One image of a folder. */
interface Entry {
  file: string;
  label: number;
  /** `class/image`, on every system. */
  path: string;
}

/** Names of the images in a class folder, sorted; empty when there are none. @throws ValleywalkError naming an image of another format */
export async function imageNames(folder: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    throw unreadable(error, folder);
  }
  const shown = names.filter((name) => !name.startsWith('.')).sort();
  const images = shown.filter((name) => readable.has(extname(name).toLowerCase()));
  const other = shown.find((name) => unreadableImages.has(extname(name).toLowerCase()));
  if (other !== undefined)
    throw new ValleywalkError(
      'input',
      `${join(folder, other)} is neither PNG nor JPEG; convert it to PNG, or take it out of the folder`,
    );
  return images;
}

/**
 * Reads and decodes every image.
 * @param folders one folder a class, in the order of the classes
 * @throws ValleywalkError `missing` when a folder or file is gone, `input` when an image is malformed or has another size.
 */
export async function readImageFolder(folders: readonly string[]): Promise<RawExamples> {
  const entries = await listEntries(folders);
  const hash = createHash('sha256');
  const images: Image[] = [];
  for (const { file, path } of entries) {
    const bytes = await readWhole(file);
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
    const image = decode(bytes, file);
    const first = (images[0] ??= image);
    if (image.width !== first.width || image.height !== first.height)
      throw new ValleywalkError(
        'input',
        `${file} is ${image.height} × ${image.width} pixels, ${entries[0]!.file} is ${first.height} × ${first.width}; a data set's images must all have one size`,
      );
    if (images[0] !== image) images.push(image);
    checkMemory(entries.length, first);
  }
  const { width, height } = images[0]!;
  const channels = images.some((image) => image.channels === 3) ? 3 : 1;
  const size = width * height;
  const pixels = new Uint8Array(images.length * channels * size);
  images.forEach((image, index) => {
    // a grey image among coloured ones has three equal channels
    for (let channel = 0; channel < channels; channel++)
      pixels.set(
        image.channels === 1 ? image.pixels : image.pixels.subarray(channel * size, (channel + 1) * size),
        (index * channels + channel) * size,
      );
  });
  return {
    count: images.length,
    height,
    width,
    channels,
    pixels,
    labels: Uint8Array.from(entries, ({ label }) => label),
    classes: folders.length,
    classNames: folders.map((folder) => basename(folder)),
    checksum: hash.digest('hex'),
  };
}

async function listEntries(folders: readonly string[]): Promise<Entry[]> {
  const entries: (Entry & { key: string })[] = [];
  for (const [label, folder] of folders.entries()) {
    const names = await imageNames(folder);
    if (names.length === 0)
      throw new ValleywalkError('input', `${folder} holds no PNG or JPEG image; put some there or remove the folder`);
    for (const name of names) {
      const path = `${basename(folder)}/${name}`;
      entries.push({ file: join(folder, name), label, path, key: createHash('sha256').update(path).digest('hex') });
    }
  }
  return entries.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function decode(bytes: Uint8Array, file: string): Image {
  // the bytes decide, not the name's end
  if (isPng(bytes)) return decodePng(bytes, file);
  if (isJpeg(bytes)) return decodeJpeg(bytes, file);
  const start = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  throw wrong(file, 0, 'the start of a PNG or JPEG file', start || 'an empty file');
}

function checkMemory(count: number, { width, height, channels }: Image): void {
  const bytes = count * width * height * channels;
  if (bytes > mostBytes)
    throw new ValleywalkError(
      'input',
      `${count} images of ${height} × ${width} are too much to hold in memory; make them smaller or use fewer`,
    );
}
