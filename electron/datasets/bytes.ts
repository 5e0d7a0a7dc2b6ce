/** What every reader of a data format needs: whole files, and errors that name the file and the byte. */
import { readFileSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ValleywalkError } from '../../shared/errors.ts';

/** Most bytes that a data set's files may have together, packed or not: all of it is held in memory, some of it twice. */
export const mostBytes = 2 ** 30;

/** Most bytes of a text: an experiment, a trajectory's description, a recipe in a figure. */
export const mostTextBytes = 64 * 2 ** 20;

/**
 * Refuses by its kind or size what should not be read: a pipe would wait for ever, a device never ends, and a file with holes may be larger
 * than any memory.
 * @returns its size in bytes
 * @throws ValleywalkError kind `input`
 */
export function checkFile(path: string, found: Stats, most: number): number {
  const kind = found.isDirectory()
    ? 'a folder'
    : found.isFIFO()
      ? 'a pipe'
      : found.isSocket()
        ? 'a socket'
        : found.isFile()
          ? null
          : 'a device';
  if (kind !== null) throw new ValleywalkError('input', `${path} is ${kind}, not a file; put the file itself there`);
  if (found.size > most)
    throw new ValleywalkError(
      'input',
      `${path} has ${found.size.toLocaleString('en')} bytes, more than the ${most.toLocaleString('en')} that are read at most`,
    );
  return found.size;
}

/** Reads a text file whole, or a pipe that the shell opened, as `<(…)` and `/dev/stdin` are. @throws as {@link readWhole} */
export function readTextBytes(path: string): Uint8Array {
  try {
    const found = statSync(path);
    const inherited = /^\/(dev\/(fd\/|stdin$)|proc\/self\/fd\/)/.test(path) && found.isFIFO();
    if (!inherited) checkFile(path, found, mostTextBytes);
    return readFileSync(path);
  } catch (error) {
    throw error instanceof ValleywalkError ? error : unreadable(error, path);
  }
}

/**
 * Reads a file whole.
 * @param most bytes; a larger one is refused before it is read
 * @throws ValleywalkError `missing` when it is gone, `input` when it cannot be read or is no file.
 */
export async function readWhole(file: string, most = mostBytes): Promise<Uint8Array> {
  try {
    checkFile(file, await stat(file), most);
    return await readFile(file);
  } catch (error) {
    throw error instanceof ValleywalkError ? error : unreadable(error, file);
  }
}

/** Refuses files that are too much together, before the first is read. @throws ValleywalkError */
export async function checkTogether(files: readonly string[]): Promise<void> {
  let left = mostBytes;
  for (const file of files) {
    const found = await stat(file).catch((error: unknown) => {
      throw unreadable(error, file);
    });
    left -= checkFile(file, found, mostBytes);
    if (left < 0)
      throw new ValleywalkError(
        'input',
        `${dirname(file)} holds more than ${mostBytes.toLocaleString('en')} bytes of examples, too much to hold in memory; use fewer`,
      );
  }
}

/** What to tell about a file or folder that could not be read. */
export function unreadable(error: unknown, path: string): ValleywalkError {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOENT'
    ? new ValleywalkError('missing', `${path} is not there; put it back or add the data set again`)
    : new ValleywalkError('input', `${path} cannot be read: ${message}`);
}

/** An error about one byte of a file. */
export function wrong(file: string, offset: number, expected: string, found: string): ValleywalkError {
  return new ValleywalkError('input', `${file}: at byte ${offset} expected ${expected}, found ${found}`);
}

/** Bytes in hexadecimal as they stand in the file. */
export function hex(value: number): string {
  return value.toString(16).padStart(8, '0').replace(/../g, '$& ').trim();
}

/** Whether bytes are these at a place. */
export function startsWith(bytes: Uint8Array, start: readonly number[], at = 0): boolean {
  return start.every((byte, index) => bytes[at + index] === byte);
}
