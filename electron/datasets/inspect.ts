/** Turns a folder with an IDX pair into the description of a data set. */
import { asciiSlug } from '../../shared/slug.ts';
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Dataset } from '../../shared/datasets.ts';
import { ValleywalkError } from '../../shared/protocol.ts';
import { readPair } from './read.ts';

/** Names under which MNIST and its relatives are distributed, in order of preference. */
const imageNames = ['train-images-idx3-ubyte', 'train-images.idx3-ubyte'].flatMap((name) => [name, `${name}.gz`]);
const labelNames = ['train-labels-idx1-ubyte', 'train-labels.idx1-ubyte'].flatMap((name) => [name, `${name}.gz`]);

/**
 * Describes the data set in a folder.
 * @param folder where train-images-idx3-ubyte and train-labels-idx1-ubyte are, gzipped or not
 * @param options `title`: as lists show it, by default the folder's name; `taken`: ids that are in use already
 * @returns the description with an id of its own, not bundled, licence unknown
 * @throws ValleywalkError kind `input` when the folder cannot be read or holds no readable pair.
 */
export async function inspectFolder(
  folder: string,
  options: { title?: string; taken?: ReadonlySet<string> } = {},
): Promise<Dataset> {
  const at = resolve(folder);
  const names = await listing(at);
  const images = join(at, pick(names, imageNames, at));
  const labels = join(at, pick(names, labelNames, at));
  const pair = await readPair({ images, labels }, null);
  if (pair.images.count < 2)
    throw new ValleywalkError('input', `${images} holds one image; a data set needs at least two`);
  const title = options.title?.trim() || basename(at) || 'data set';
  return {
    id: uniqueId(title, options.taken ?? new Set()),
    title,
    format: 'idx',
    images,
    labels,
    count: pair.images.count,
    height: pair.images.height,
    width: pair.images.width,
    channels: 1,
    classes: pair.classes,
    checksum: pair.checksum,
    bundled: false,
    licence: null,
  };
}

/**
 * An id made of a title: lower case, digits and hyphens, at most 64 characters, with a number where it is taken.
 */
export function uniqueId(title: string, taken: ReadonlySet<string>): string {
  const base = asciiSlug(title.toLowerCase(), 56) || 'data-set';
  let id = base;
  for (let number = 2; taken.has(id); number++) id = `${base}-${number}`;
  return id;
}

async function listing(folder: string): Promise<Set<string>> {
  try {
    return new Set(await readdir(folder));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ValleywalkError(
      'input',
      code === 'ENOENT'
        ? `there is no folder ${folder}; choose the folder that holds the IDX files`
        : code === 'ENOTDIR'
          ? `${folder} is a file; choose the folder that holds the IDX files`
          : `${folder} cannot be read: ${message}`,
    );
  }
}

function pick(names: ReadonlySet<string>, wanted: readonly string[], folder: string): string {
  const found = wanted.find((name) => names.has(name));
  if (found === undefined)
    throw new ValleywalkError(
      'input',
      `${folder} holds none of ${wanted.join(', ')}; choose the folder with the training images and labels of MNIST or Fashion-MNIST`,
    );
  return found;
}
