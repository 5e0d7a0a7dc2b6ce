/** Walks a folder of files: below its sub-folders, through symbolic links, never in a circle. */
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { ValleywalkError } from '../../shared/errors.ts';
import { unreadable } from './bytes.ts';
import type { LeftOutCount } from './left-out.ts';

/** Most files of a data set: links to folders full of links would otherwise never end. */
const mostFiles = 1_000_000;

/** Why a name is neither read nor entered. */
export const leftOutReasons = {
  hidden: 'hidden: the name begins with a dot',
  nowhere: 'a link that leads nowhere',
  circle: 'a link back to a folder that it lies in',
  encoding: 'the name is not UTF-8 (Latin-1, most often); rename it',
  special: 'neither a file nor a folder: a pipe, a socket or a device',
} as const;

/** What a folder's name stands for once links are followed. */
type Kind = 'file' | 'folder' | 'nowhere' | 'special';

/** What an entry is, links followed. @throws ValleywalkError when it cannot be told */
export async function kindOf(entry: Dirent, path: string): Promise<Kind> {
  let found: Pick<Dirent, 'isFile' | 'isDirectory'> = entry;
  // some file systems do not tell in the listing
  if (!entry.isFile() && !entry.isDirectory()) {
    try {
      found = await stat(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR') return 'nowhere';
      throw unreadable(error, path);
    }
  }
  return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'special';
}

/** Whether a folder is one of `chain` (real paths) or holds one of them. @returns its real path, null for a circle */
export async function enter(folder: string, chain: readonly string[]): Promise<string | null> {
  const real = await realpath(folder);
  const inside = real.endsWith(sep) ? real : real + sep;
  return chain.some((each) => each === real || each.startsWith(inside)) ? null : real;
}

/**
 * The files of a folder and of every folder below it, by their paths below it (with `/` on every system), sorted within each folder.
 * @param shown how `leftOut` calls the folder
 * @param chain real paths of the folders around it, for links that lead back to them
 * @throws ValleywalkError when a folder cannot be read or there are too many files
 */
export async function filesBelow(
  folder: string,
  shown: string,
  chain: readonly string[],
  leftOut: LeftOutCount,
): Promise<string[]> {
  const files: string[] = [];
  const walk = async (at: string, below: string, around: readonly string[]): Promise<void> => {
    let entries: Dirent[];
    try {
      entries = await readdir(at, { withFileTypes: true });
    } catch (error) {
      throw unreadable(error, at);
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const { name } = entry;
      const path = join(at, name);
      const shownPath = `${shown}/${below}${name}`;
      if (name.startsWith('.')) {
        leftOut.add(leftOutReasons.hidden, shownPath);
        continue;
      }
      if (name.includes('\ufffd')) {
        leftOut.add(leftOutReasons.encoding, shownPath);
        continue;
      }
      const kind = await kindOf(entry, path);
      if (kind === 'file') files.push(below + name);
      else if (kind === 'folder') {
        const real = await enter(path, around);
        if (real === null) leftOut.add(leftOutReasons.circle, shownPath);
        else await walk(path, `${below}${name}/`, [...around, real]);
      } else leftOut.add(leftOutReasons[kind], shownPath);
      if (files.length > mostFiles)
        throw new ValleywalkError(
          'input',
          `${folder} holds more than ${mostFiles.toLocaleString('en')} files; take a smaller part of it`,
        );
    }
  };
  await walk(folder, '', [...chain, await realpath(folder).catch(() => folder)]);
  return files;
}
