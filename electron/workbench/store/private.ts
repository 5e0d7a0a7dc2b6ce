/**
 * Whose a store is: its owner's. Folders are made for the owner alone (0700), files too (0600), and what an earlier Valleywalk left open
 * to others is closed when its owner opens the store. On Windows, where the user's folder decides, nothing is done.
 */
import { chmodSync, closeSync, lstatSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Mode of a store's folders. */
export const folderMode = 0o700;
/** Mode of a store's files. */
export const fileMode = 0o600;

/** Bits that give something to the group or to others. */
const others = 0o077;

/** What a store makes in its folder; anything else there is somebody else's. */
const own = /^(valleywalk\.sqlite|parameters$|checkpoints$|owners$|server$|backups?$|setups$|debug\.log)/;

/** Makes a file for its owner alone where there is none; SQLite gives its -wal and -shm the mode of the database. */
export function makePrivateFile(file: string): void {
  closeSync(openSync(file, 'a', fileMode));
}

/**
 * Takes from others what they may do with a store. A folder that holds other things beside the store stays as it is itself.
 * @returns whether others could read something of it
 */
export function closeToOthers(folder: string): boolean {
  if (process.getuid === undefined) return false;
  const user = process.getuid();
  let opened = false;
  /** Files first, their folder last: one that was interrupted is done again. */
  const close = (path: string): void => {
    const { uid, mode } = lstatSync(path);
    const kind = mode & 0o170000;
    const isFolder = kind === 0o040000;
    // links, and what else there may be, are not the store's
    if (uid !== user || (mode & others) === 0 || (!isFolder && kind !== 0o100000)) return;
    if (isFolder) for (const name of readdirSync(path)) close(join(path, name));
    chmodSync(path, mode & (isFolder ? folderMode : fileMode));
    opened = true;
  };
  try {
    const names = readdirSync(folder);
    for (const name of names.filter((each) => own.test(each))) close(join(folder, name));
    if (names.every((name) => own.test(name))) close(folder);
  } catch {
    // files come and go under other processes, and some file systems know no modes: the next opening tries again
  }
  return opened;
}
