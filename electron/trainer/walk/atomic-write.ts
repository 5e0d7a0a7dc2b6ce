/** Files that are complete or absent. */
import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that was written completely. */
export interface Written {
  /** Its name in its folder. */
  file: string;
  sha256: string;
  bytes: number;
}

/**
 * Writes a file: under a temporary name, flushed to the disk, then renamed.
 * @param directory existing folder
 * @throws Error of the file system; nothing of the file is left then
 */
export async function writeAtomically(directory: string, file: string, bytes: Uint8Array): Promise<Written> {
  const path = join(directory, file);
  const temporary = `${path}.part`;
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  return { file, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
}
