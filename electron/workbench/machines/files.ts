/** Files in a folder that several machines see: complete or absent, and each checked against its SHA-256 where it is read. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, readdir, rename, rm, statfs } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { ValleywalkError } from '../../../shared/errors.ts';
import { fileMode, folderMode } from '../store/private.ts';

let written = 0;

/** Writes bytes beside a path and flushes them to the disk. @returns where they stand for now */
async function writeBeside(path: string, bytes: Uint8Array | string): Promise<string> {
  const beside = `${path}.part-${hostname()}-${process.pid}-${++written}`;
  try {
    const handle = await open(beside, 'wx', fileMode);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return beside;
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Flushes the names in a folder to the disk; some file systems cannot, and need not. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** Writes a file: beside its place, synced, renamed. @throws Error of the file system; nothing of it is left then */
export async function writeWhole(path: string, bytes: Uint8Array | string): Promise<void> {
  const beside = await writeBeside(path, bytes);
  try {
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * As {@link writeWhole}, where nothing stands in its place yet. A link is made only once, on a network's file systems too.
 * @returns whether it was written; else another process was first, and its file stands
 */
export async function writeOnce(path: string, bytes: Uint8Array | string): Promise<boolean> {
  const beside = await writeBeside(path, bytes);
  try {
    await link(beside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(beside, { force: true });
  }
  await syncFolder(dirname(path));
  return true;
}

/** Makes a folder for its owner alone, with those above it. */
export async function makeFolders(...folders: readonly string[]): Promise<void> {
  for (const folder of folders) await mkdir(folder, { recursive: true, mode: folderMode });
}

/** How a file is opened where others may write, too: links are not followed, and nothing waits for whoever writes into a pipe. */
const carefully = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Bytes that a file may have which is read as text, and any other. */
const [mostText, most] = [2 ** 26, 2 ** 30];

/** Opens a regular file. @returns null where there is none @throws ValleywalkError kind `store` where it is something else */
async function openRegular(path: string): Promise<{ handle: FileHandle; size: number } | null> {
  const foreign = (): ValleywalkError =>
    new ValleywalkError('store', `${path} is no file that Valleywalk wrote: it is no regular file; remove it`);
  let handle: FileHandle;
  try {
    handle = await open(path, carefully);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw code === 'ELOOP' || code === 'ENXIO' ? foreign() : error;
  }
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw foreign();
    return { handle, size: found.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Reads a file of a folder into which others may write, too.
 * @param limit bytes that it may have
 * @returns null where there is none
 * @throws ValleywalkError kind `store` where it is no regular file, or larger
 */
export async function readRegular(path: string, limit = most): Promise<Buffer | null> {
  const opened = await openRegular(path);
  if (!opened) return null;
  try {
    if (opened.size > limit)
      throw new ValleywalkError(
        'store',
        `${path} is no file that Valleywalk wrote: it has ${opened.size} bytes, and at most ${limit} are expected; remove it`,
      );
    return await opened.handle.readFile();
  } finally {
    await opened.handle.close();
  }
}

/** The last bytes of a file as text; null where it cannot be read. */
export async function readTail(path: string, bytes = 2 ** 20): Promise<string | null> {
  const opened = await openRegular(path).catch(() => null);
  if (!opened) return null;
  try {
    const length = Math.min(bytes, opened.size);
    const { buffer, bytesRead } = await opened.handle.read(Buffer.alloc(length), 0, length, opened.size - length);
    return buffer.subarray(0, bytesRead).toString();
  } catch {
    return null;
  } finally {
    await opened.handle.close();
  }
}

/**
 * Copies a file and checks what was read.
 * @throws ValleywalkError kind `missing` where it is not there, `store` where it is not what was written
 */
export async function copyWhole(
  from: string,
  to: string,
  { sha256, bytes: length }: { sha256: string; bytes: number },
): Promise<void> {
  const bytes = await readRegular(from, length);
  if (!bytes) throw new ValleywalkError('missing', `${from} is gone`);
  if (sha256Of(bytes) !== sha256)
    throw new ValleywalkError('store', `${from} is not what was written: its SHA-256 is not ${sha256}; remove it`);
  await writeWhole(to, bytes);
}

/** SHA-256 of bytes, in hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The text of a file; null where there is none. @throws as {@link readRegular} */
export async function readText(path: string): Promise<string | null> {
  return (await readRegular(path, mostText))?.toString() ?? null;
}

/** Tells, in a sentence, that the disk of a folder is full; null where it has room or does not tell. */
export async function fullSentence(folder: string, least = 4 * 1024 * 1024): Promise<string | null> {
  const disk = await statfs(folder).catch(() => null);
  if (!disk || disk.bavail * disk.bsize >= least) return null;
  return `${folder} is full (${Math.floor((disk.bavail * disk.bsize) / 1024)} KiB free); free some space there, and what waits to be written goes on`;
}

/** The error of a file system in words, with where and what to do. */
export function fileSentence(error: unknown, path: string): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return `there is no room for ${path}; free some space there, or choose another folder`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `${path} may not be written; choose another folder, or ask who owns it`;
  return `${path}: ${error instanceof Error ? error.message : String(error)}`;
}

/** Paths of a study in its shared folder. */
export function studyPaths(folder: string) {
  return {
    study: join(folder, 'study.json'),
    logs: join(folder, 'logs'),
    submissions: join(folder, 'submissions'),
    submission: (number: string) => join(folder, 'submissions', `${number}.json`),
    run: (run: string) => runPaths(join(folder, 'runs', run)),
  };
}

/** Paths of a run in its study's shared folder. */
function runPaths(folder: string) {
  return {
    folder,
    task: join(folder, 'task.json'),
    base: join(folder, 'base.json'),
    attempt: join(folder, 'attempt.json'),
    live: join(folder, 'live.json'),
    pieces: join(folder, 'pieces'),
    piece: (number: number) => join(folder, 'pieces', `${String(number).padStart(6, '0')}.piece`),
    checkpoints: join(folder, 'checkpoints'),
    parameters: join(folder, 'parameters'),
  };
}
/** How many pieces of a run there are, from the one after `base` on. A folder that is listed is asked for anew, on a network's file systems too. */
export async function piecesIn({ pieces }: RunPaths, base = 0): Promise<number> {
  const numbers = new Set((await readdir(pieces)).map((name) => Number(/^(\d+)\.piece$/.exec(name)?.[1] ?? 0)));
  let number = base;
  while (numbers.has(number + 1)) number += 1;
  return number;
}

/** Paths of a run, as {@link runPaths} gives them. */
export type RunPaths = ReturnType<typeof runPaths>;
