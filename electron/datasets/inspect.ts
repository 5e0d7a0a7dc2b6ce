/** Turns a folder into the description of the data set that it holds. */
import type { Dirent } from 'node:fs';
import { asciiSlug } from '../../shared/slug.ts';
import { readdir, realpath } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { normalisations } from '../../shared/datasets.ts';
import type { Dataset, DatasetFormat } from '../../shared/datasets.ts';
import { ValleywalkError } from '../../shared/errors.ts';
import { cifarVersions } from './cifar.ts';
import { whatItIs } from './elsewhere.ts';
import { findIdxPair } from './find-idx.ts';
import { imagePaths } from './image-folder.ts';
import { LeftOutCount } from './left-out.ts';
import { readExamples } from './read.ts';
import { enter, kindOf, leftOutReasons } from './walk-folder.ts';

/** A format that was recognised and the files that make the data set. */
interface Found {
  format: DatasetFormat;
  files: string[];
  /** What there is to tell of them. */
  notes: string[];
  /** What else lies in the folder. */
  leftOut: LeftOutCount;
}

/**
 * Describes the data set in a folder, whose format its files tell: an IDX pair, CIFAR-10 or CIFAR-100 in the binary version, or
 * folders of PNG and JPEG images, one a class.
 * @param options `title`: as lists show it, by default the folder's name; `taken`: ids that are in use already
 * @returns the description with an id of its own, not bundled, licence unknown
 * @throws ValleywalkError kind `input` when the folder cannot be read or holds no readable data set.
 */
export async function inspectFolder(
  folder: string,
  options: { title?: string; taken?: ReadonlySet<string> } = {},
): Promise<Dataset> {
  const at = resolve(folder);
  const { format, files, notes, leftOut } = await detect(at);
  const raw = await readExamples(format, files, null);
  const { count, height, width, channels, classes, classNames, checksum } = raw;
  if (count < 2) throw new ValleywalkError('input', `${files[0]} holds one image; a data set needs at least two`);
  const title = options.title?.trim() || basename(at) || 'data set';
  return {
    id: uniqueId(title, options.taken ?? new Set()),
    title,
    format,
    files,
    count,
    height,
    width,
    channels,
    classes,
    classNames,
    normalisation: normalisations[format](channels),
    checksum,
    bundled: false,
    licence: null,
    reading: {
      notes: [...notes, ...(raw.reading?.notes ?? [])],
      leftOut: [...leftOut.list(), ...(raw.reading?.leftOut ?? [])],
    },
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

/** Finds out what a folder holds. */
async function detect(folder: string): Promise<Found> {
  const entries = await listing(folder);
  const names = new Set(entries.map(({ name }) => name));
  const pair = await findIdxPair(folder, entries);
  if (pair) {
    const { files, set } = pair;
    const notes = /^emnist\b/.test(set)
      ? ['EMNIST stores its images transposed, rows as columns; they are learned as they are stored']
      : [];
    return { format: 'idx', files, notes, leftOut: others(folder, entries, files) };
  }
  for (const format of ['cifar-10', 'cifar-100'] as const) {
    const { batches, names: classNames } = cifarVersions[format];
    if (!batches.some((name) => names.has(name))) continue;
    const absent = batches.filter((name) => !names.has(name));
    // train.bin alone is a name that anything may have
    if (absent.length > 0)
      missing(folder, `the batches of ${format.toUpperCase()} (${classNames} is optional)`, absent);
    const files = batches.map((name) => join(folder, name));
    return { format, files, notes: [], leftOut: others(folder, entries, [...files, join(folder, classNames)]) };
  }
  const { folders, leftOut } = await classCandidates(folder, entries);
  // only whether there are images and how deep; reading counts what else is there
  const images = await Promise.all(folders.map((name) => imagePaths(join(folder, name), new LeftOutCount())));
  if (images.some((each) => each.length > 0)) {
    checkSplits(folder, folders, images);
    return { format: 'image-folder', files: classFolders(folder, folders), notes: [], leftOut };
  }
  const told = await whatItIs(folder, entries);
  if (told !== null) throw new ValleywalkError('input', `${folder} holds no data set that is read here: ${told}`);
  throw new ValleywalkError(
    'input',
    `${folder} holds no data set. Looked for an IDX pair (train-images-idx3-ubyte and train-labels-idx1-ubyte, gzipped or not), CIFAR-10 (data_batch_1.bin to data_batch_5.bin), CIFAR-100 (train.bin) and class folders with PNG or JPEG images; found ${shortList(entries)}; choose the folder that holds one of them, unpacked`,
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

/** Names of files that test, in every format. */
const testNames = /^t10k-|^test[_.]|^test$|-test-/;

/** Counts what lies beside a set's files. */
function others(folder: string, entries: readonly Dirent[], files: readonly string[]): LeftOutCount {
  const used = new Set(files.map((file) => relative(folder, file).split(sep)[0]));
  const leftOut = new LeftOutCount();
  for (const { name } of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1)))
    if (!used.has(name)) leftOut.add(testNames.test(name) ? 'test files' : "none of the training set's files", name);
  return leftOut;
}

function missing(folder: string, what: string, wanted: readonly string[]): never {
  throw new ValleywalkError(
    'input',
    `${folder} looks like ${what}, but holds none of ${wanted.join(', ')}; put the file there, or choose another folder`,
  );
}

function shortList(entries: readonly Dirent[]): string {
  const names = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
  if (names.length === 0) return 'nothing';
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}

async function listing(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ValleywalkError(
      'input',
      code === 'ENOENT'
        ? `there is no folder ${folder}; choose the folder that holds the data set`
        : code === 'ENOTDIR'
          ? `${folder} is a file; choose the folder that holds the data set`
          : `${folder} cannot be read: ${message}`,
    );
  }
}
