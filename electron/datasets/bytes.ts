/** What every reader of a data format needs: whole files, and errors that name the file and the byte. */
import { readFile } from 'node:fs/promises';
import { ValleywalkError } from '../../shared/protocol.ts';

/**
 * Reads a file whole.
 * @throws ValleywalkError `missing` when it is gone, `input` when it cannot be read.
 */
export async function readWhole(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw unreadable(error, file);
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
