/** Turns a folder into the description of the data set that it holds. */
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { aloneExtensions } from '../../shared/datasets.ts';
import type { Dataset } from '../../shared/datasets.ts';
import { ValleywalkError } from '../../shared/errors.ts';
import { asciiSlug } from '../../shared/slug.ts';
import { whatItIs } from './elsewhere.ts';
import type { DataFormat, Found } from './formats/format.ts';
import { dataFormats, lookedForText } from './formats/index.ts';

/**
 * Describes the data set in a folder, whose format its files tell; see formats/index.ts.
 * @param folder or a file that is a data set by itself, a table or an .npz
 * @param options `title`: as lists show it, by default the name of folder or file; `taken`: ids that are in use already; `targets`: the columns
 *   to predict, where a format has columns
 * @returns the description with an id of its own, not bundled, licence unknown
 * @throws ValleywalkError kind `input` when the folder cannot be read or holds no readable data set.
 */
export async function inspectFolder(
  folder: string,
  options: { title?: string; taken?: ReadonlySet<string>; targets?: readonly string[] } = {},
): Promise<Dataset> {
  const at = resolve(folder);
  const { format, files, notes, leftOut } = await detect(at);
  const targets = options.targets ?? null;
  if (targets !== null && !format.namesTargets)
    throw new ValleywalkError(
      'input',
      `${at} holds ${format.title}, which have no columns to name as targets; leave the targets out`,
    );
  const raw = await format.read({ files, classes: null, asBefore: false, targets });
  const { count, height, width, channels, classes, classNames, checksum } = raw;
  const isTable = !(raw.pixels instanceof Uint8Array);
  if (count < 2)
    throw new ValleywalkError(
      'input',
      `${files[0]} holds one ${isTable ? 'row' : 'image'}; a data set needs at least two`,
    );
  const ownName = files.includes(at) ? basename(at, extname(at)) : basename(at);
  const title = options.title?.trim() || ownName || 'data set';
  return {
    id: uniqueId(title, options.taken ?? new Set()),
    title,
    format: format.key,
    files,
    count,
    height,
    width,
    channels,
    classes,
    classNames,
    ...(raw.classes === null ? { targetColumns: raw.targetColumns } : {}),
    ...(raw.inputColumns ? { inputColumns: raw.inputColumns } : {}),
    normalisation: isTable ? null : format.normalisation(channels),
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

/** Files that are data sets by themselves. */
const alonePattern = new RegExp(`\\.(${aloneExtensions.join('|')})$`, 'i');

/** Finds out what a folder, or such a file, holds. */
async function detect(path: string): Promise<Found & { format: DataFormat }> {
  const alone = alonePattern.test(path) && (await stat(path).catch(() => null))?.isFile() === true;
  const folder = alone ? dirname(path) : path;
  const all = await listing(folder);
  const entries = alone ? all.filter(({ name }) => name === basename(path)) : all;
  for (const format of dataFormats) {
    const found = await format.detect({ path: folder, entries });
    if (found) return { format, ...found };
  }
  const reported = await whatItIs(folder, entries);
  if (reported !== null)
    throw new ValleywalkError('input', `${folder} holds no data set that is read here: ${reported}`);
  throw new ValleywalkError(
    'input',
    `${folder} holds no data set. Looked for ${lookedForText('and')}; found ${shortList(entries)}; choose the folder that holds one of them, unpacked`,
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
