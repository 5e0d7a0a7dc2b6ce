/** Writes an export so that nothing half-written is ever left: into a hidden folder first, renamed at the end. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ValleywalkError } from '../../../shared/errors.ts';
import { makeFolder } from '../../files/folder.ts';
import { expandHome } from '../../files/home.ts';
import type { ParameterFile } from '../../../shared/trainer-messages.ts';

/** A folder that is being written. */
export interface Staging {
  /** Where to write. */
  readonly folder: string;
  /** Moves finished folders out, each under its name or, where that is taken, a numbered one; returns their paths. */
  publish(names: readonly string[]): Promise<string[]>;
  /** Removes what is left. */
  discard(): Promise<void>;
}

/**
 * Makes a staging folder inside `directory`, which is made when it is not there.
 * @throws ValleywalkError kind `input` when it cannot be written
 */
export async function stage(directory: string): Promise<Staging> {
  const target = resolve(expandHome(directory));
  let folder: string;
  try {
    makeFolder(target);
    folder = await mkdtemp(join(target, '.valleywalk-export-'));
  } catch (error) {
    throw writeError(error, target);
  }
  return {
    folder,
    async publish(names) {
      const published: string[] = [];
      for (const name of names) {
        const to = join(target, await freeName(target, name));
        await rename(join(folder, name), to);
        published.push(to);
      }
      return published;
    },
    discard: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Turns an error of the file system into one for people; ours are returned as they are. */
export function writeError(error: unknown, target: string): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === undefined || error instanceof ValleywalkError) return error;
  const reason =
    code === 'ENOSPC'
      ? 'the disk is full; free some space'
      : code === 'EEXIST' || code === 'ENOTDIR'
        ? 'a file is in its place; choose another folder'
        : code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
          ? 'writing there is not allowed; choose another folder'
          : (error as Error).message;
  return new ValleywalkError('input', `cannot export to ${target}: ${reason}`);
}

/**
 * Copies a parameter file and checks the copy.
 * @param advice what to do when it cannot be had
 * @param mode of the copy, less what the user's umask takes
 * @throws ValleywalkError kind `store` when the file is gone or not what was written
 */
export async function copyParameters(
  from: string,
  to: string,
  file: Pick<ParameterFile, 'sha256'>,
  advice = 'export without safetensors',
  mode = 0o666,
): Promise<void> {
  try {
    // not copyFile, which takes the mode along
    await pipeline(createReadStream(from), createWriteStream(to, { mode }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new ValleywalkError('store', `parameter file ${from} is gone; ${advice}`);
    throw error;
  }
  const hash = createHash('sha256');
  await pipeline(createReadStream(to), hash);
  if (hash.digest('hex') !== file.sha256)
    throw new ValleywalkError(
      'store',
      `parameter file ${from} has changed since it was written (its SHA-256 is not ${file.sha256}); ${advice}`,
    );
}

async function freeName(folder: string, name: string): Promise<string> {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    const taken = await stat(join(folder, candidate)).catch(() => null);
    if (!taken) return candidate;
  }
}
