/**
 * A folder with one folder of PNG or JPEG images per class, the images in it or in folders below it; symbolic links are followed. The
 * classes are numbered in the order of their folders' names (by code unit, the same on every machine). The images of all classes are mixed,
 * since the first ones train and the last ones validate: they are ordered by the SHA-256 of `class/path`, a shuffle that depends on
 * nothing but the names.
 */
import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { ValleywalkError } from '../../../shared/errors.ts';
import { mostBytes, readWhole, unreadable, wrong } from '../bytes.ts';
import { upright } from '../image.ts';
import type { Image } from '../image.ts';
import { decodeJpeg, isJpeg } from '../jpeg.ts';
import { LeftOutCount } from '../left-out.ts';
import { decodePng, isPng } from '../png.ts';
import type { RawExamples } from '../raw.ts';
import { enter, filesBelow, kindOf, leftOutReasons } from '../walk-folder.ts';
import { centred, defineFormat } from './format.ts';
import { hasPair } from './numpy.ts';

/** Ends of names that promise an image that is read; a name without any is told by its first bytes. */
const readable = new Set(['.png', '.jpg', '.jpeg', '.jpe', '.jfif', '.jfi', '.jif']);
/** Those of sets that were added before `Dataset.reading` was kept. */
const readableBefore = new Set(['.png', '.jpg', '.jpeg']);
/** Formats that a folder of images may hold and that are not read: left out silently, they would be missed. */
const unreadableImages = new Set([
  '.avif',
  '.bmp',
  '.gif',
  '.heic',
  '.heif',
  '.jp2',
  '.jxl',
  '.pgm',
  '.ppm',
  '.tif',
  '.tiff',
  '.webp',
]);

const noImage = 'neither PNG nor JPEG';

/** Bytes of an image's file: no image that is small enough to be learned from needs more. */
const mostImageBytes = 64 * 2 ** 20;

/** Class folders of PNG and JPEG images. */
export const imageFolder = defineFormat({
  key: 'image-folder',
  title: 'Image folder',
  holds:
    'a folder per class (2 to 256) with PNG or JPEG images, in it or in folders below it, all of one size, grey or in colour',
  reads:
    "PNG and JPEG. Links to folders and files are followed, those that lead back are not. Classes are numbered by their folders' names; images are mixed by the SHA-256 of their paths",
  lookedFor: 'class folders with PNG or JPEG images',
  namePattern: null,
  before:
    "Added by an earlier version and read by its rules (no sub-folders, nothing turned upright); add the folder again to have it read by today's.",
  normalisation: centred,
  async detect({ path, entries }) {
    const { folders, leftOut } = await classCandidates(path, entries);
    // one folder beside arrays holds plots and the like, and no class
    const isArrays = hasPair(entries.map(({ name }) => name));
    if (isArrays && folders.length < 2) return null;
    // only whether there are images and how deep; reading counts what else is there
    const images = await Promise.all(folders.map((name) => imagePaths(join(path, name), new LeftOutCount())));
    const classes = images.filter((each) => each.length > 0).length;
    if (classes === 0 || (isArrays && classes < 2)) return null;
    checkSplits(path, folders, images);
    return { files: classFolders(path, folders), notes: [], leftOut };
  },
  read: ({ files, asBefore }) => readImageFolder(files, asBefore),
});

/** One image of a folder. */
interface Entry {
  file: string;
  label: number;
  /** `class/image`, or `class/folder/image`, on every system. */
  path: string;
}

/**
 * Paths of the images in a class folder, below it, with `/`; empty when there are none.
 * @param leftOut counts what else lies there
 * @throws ValleywalkError naming an image of another format, or a folder that cannot be read
 */
async function imagePaths(folder: string, leftOut: LeftOutCount): Promise<string[]> {
  const shown = basename(folder);
  const around = [await realpath(dirname(folder)).catch(() => dirname(folder))];
  const images: string[] = [];
  for (const path of await filesBelow(folder, shown, around, leftOut)) {
    const end = extname(path).toLowerCase();
    if (unreadableImages.has(end)) throw otherFormat(join(folder, path));
    if (readable.has(end) || (end === '' && (await startsLikeImage(join(folder, path))))) images.push(path);
    else leftOut.add(noImage, `${shown}/${path}`);
  }
  return images;
}

/** The images of a class folder as sets that were added before have them: no sub-folders, and fewer ends of names. */
async function imageNamesBefore(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw unreadable(error, folder);
  });
  return names.filter((name) => !name.startsWith('.') && readableBefore.has(extname(name).toLowerCase())).sort();
}

function otherFormat(path: string): ValleywalkError {
  return new ValleywalkError(
    'input',
    `${path} is neither PNG nor JPEG; convert it to PNG, or take it out of the folder`,
  );
}

/** Whether a file's first bytes are those of a PNG or JPEG file. */
async function startsLikeImage(path: string): Promise<boolean> {
  try {
    const handle = await open(path);
    try {
      const { buffer, bytesRead } = await handle.read(new Uint8Array(8), 0, 8, 0);
      return isPng(buffer.subarray(0, bytesRead)) || isJpeg(buffer.subarray(0, bytesRead));
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unreadable(error, path);
  }
}

/**
 * Reads and decodes every image.
 * @param folders one folder a class, in the order of the classes
 * @param asBefore by the rules of sets that were added before `Dataset.reading` was kept
 * @throws ValleywalkError `missing` when a folder or file is gone, `input` when an image is malformed or has another size.
 */
export async function readImageFolder(folders: readonly string[], asBefore = false): Promise<RawExamples> {
  const leftOut = new LeftOutCount();
  const entries = await listEntries(folders, asBefore ? imageNamesBefore : (folder) => imagePaths(folder, leftOut));
  const hash = createHash('sha256');
  const images: Image[] = [];
  let turned = 0;
  for (const { file, path } of entries) {
    const bytes = await readWhole(file, mostImageBytes);
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
    const stored = decode(bytes, file, asBefore);
    const image = asBefore ? stored : upright(stored);
    // the same bytes, other pixels: a run on the set as it was read before must not go on with this one
    if (!asBefore && (image !== stored || stored.rgb))
      hash.update(`turned ${stored.orientation}, rgb ${stored.rgb === true}`);
    if (image !== stored) turned++;
    const first = images[0] ?? image;
    if (image.width !== first.width || image.height !== first.height)
      throw new ValleywalkError(
        'input',
        `${file} is ${image.height} × ${image.width} pixels, ${entries[0]!.file} is ${first.height} × ${first.width}; a data set's images must all have one size`,
      );
    images.push(image);
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
    reading: {
      notes:
        turned === 0
          ? []
          : [
              `${turned.toLocaleString('en')} of ${images.length.toLocaleString('en')} images turned upright, as their EXIF orientation says`,
            ],
      leftOut: leftOut.list(),
    },
  };
}

async function listEntries(
  folders: readonly string[],
  namesIn: (folder: string) => Promise<string[]>,
): Promise<Entry[]> {
  const entries: (Entry & { key: string })[] = [];
  for (const [label, folder] of folders.entries()) {
    const names = await namesIn(folder);
    if (names.length === 0)
      throw new ValleywalkError('input', `${folder} holds no PNG or JPEG image; put some there or remove the folder`);
    for (const name of names) {
      const path = `${basename(folder)}/${name}`;
      entries.push({ file: join(folder, name), label, path, key: createHash('sha256').update(path).digest('hex') });
    }
  }
  return entries.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function decode(bytes: Uint8Array, file: string, asBefore: boolean): Image {
  // the bytes decide, not the name's end
  if (isPng(bytes)) return decodePng(bytes, file);
  if (isJpeg(bytes)) return decodeJpeg(bytes, file, asBefore);
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

/** The folders in a folder, links to folders among them, and a count of what else is there. */
async function classCandidates(
  folder: string,
  entries: readonly Dirent[],
): Promise<{ folders: string[]; leftOut: LeftOutCount }> {
  const leftOut = new LeftOutCount();
  const folders: string[] = [];
  const chain = [await realpath(folder)];
  for (const entry of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const { name } = entry;
    const path = join(folder, name);
    if (name.startsWith('.')) leftOut.add(leftOutReasons.hidden, name);
    else if (name.includes('\ufffd')) leftOut.add(leftOutReasons.encoding, name);
    else {
      const kind = await kindOf(entry, path);
      if (kind === 'folder' && (await enter(path, chain)) === null) leftOut.add(leftOutReasons.circle, name);
      else if (kind === 'folder') folders.push(name);
      else leftOut.add(kind === 'file' ? 'beside the class folders, in none of them' : leftOutReasons[kind], name);
    }
  }
  return { folders, leftOut };
}

/** Names that parts of a data set have, and no class. */
const parts = new Set(['train', 'training', 'val', 'valid', 'validation', 'test', 'testing']);

/** Refuses a folder whose folders are a data set's parts with class folders of their own: they would be taken for classes. */
function checkSplits(folder: string, names: readonly string[], images: readonly (readonly string[])[]): void {
  const deep = images.flat().every((path) => path.includes('/'));
  if (deep && names.every((name) => parts.has(name.toLowerCase())))
    throw new ValleywalkError(
      'input',
      `${folder} holds the parts of a data set (${names.join(', ')}), each with folders of its own; choose the one to train on, such as ${join(folder, names.find((name) => /^train/i.test(name)) ?? names[0]!)}`,
    );
}

/** Paths of the class folders in the order of the classes. */
function classFolders(folder: string, names: readonly string[]): string[] {
  if (names.length < 2 || names.length > 256)
    throw new ValleywalkError(
      'input',
      `${folder} holds images in ${names.length === 1 ? 'one folder' : `${names.length} folders`}; a data set of images has one folder a class, 2 to 256 of them`,
    );
  return [...names].sort().map((name) => join(folder, name));
}
