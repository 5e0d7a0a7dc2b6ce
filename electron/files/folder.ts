/** Making folders, without the traps of making them recursively. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it that are missing. Not by Node's recursive mkdir, which never returns where a parent
 * exists but answers "no such file" to every new name, as /proc does.
 * @param mode of the folder itself, where it is made; those above it are made as the user's umask says
 * @throws the file system's error
 */
export function makeFolder(path: string, mode = 0o777): void {
  const missing: string[] = [];
  let at = resolve(path);
  while (statSync(at, { throwIfNoEntry: false }) === undefined && dirname(at) !== at) {
    missing.push(at);
    at = dirname(at);
  }
  for (const folder of missing.reverse()) {
    try {
      mkdirSync(folder, folder === resolve(path) ? { mode } : {});
    } catch (error) {
      // another process may have been quicker
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  // a file in its place
  if (missing.length === 0 && !statSync(path).isDirectory()) {
    const error: NodeJS.ErrnoException = new Error(`EEXIST: file already exists, mkdir '${path}'`);
    error.code = 'EEXIST';
    throw error;
  }
}
