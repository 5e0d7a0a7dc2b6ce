/**
 * Who owns a running run: a workbench process holds an exclusive lock on a small SQLite file of its own, named by a random
 * token. The operating system releases it however the process ends, so a lock that can be taken means that the owner is
 * gone; process numbers, which are used again, are for messages only.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { folderMode, makePrivateFile } from './private.ts';

/** Where the lock files of a store lie. @param store its folder */
export function ownersFolder(store: string): string {
  return join(store, 'owners');
}

/** This process's claim. */
export interface Owner {
  /** Name of the lock file. */
  readonly token: string;
  /** Gives the claim up and removes the lock file. */
  release(): void;
}

/** The claim of who only looks: no run is his. */
export const nobody: Owner = { token: '', release: () => undefined };

/** Takes a claim of its own in the folder. Call it, and {@link sweep}, inside a write transaction of the store. */
export function claim(folder: string): Owner {
  mkdirSync(folder, { recursive: true, mode: folderMode });
  const token = randomBytes(12).toString('hex');
  const file = join(folder, token);
  makePrivateFile(file);
  const lock = new Sqlite(file, { timeout: 0 });
  take(lock);
  return {
    token,
    release: () => {
      if (!lock.open) return;
      lock.close();
      rmSync(file, { force: true });
    },
  };
}

/** Whether the process that made a claim still runs; in doubt (the file is there but cannot be opened) it does. */
export function isAlive(folder: string, token: string): boolean {
  const file = join(folder, token);
  if (!existsSync(file)) return false;
  let lock: Sqlite.Database | undefined;
  try {
    lock = new Sqlite(file, { timeout: 0, fileMustExist: true });
    take(lock);
    return false;
  } catch {
    return true;
  } finally {
    lock?.close();
  }
}

/** Removes lock files whose owner is gone. */
export function sweep(folder: string): void {
  for (const token of readdirSync(folder))
    if (/^[0-9a-f]{24}$/.test(token) && !isAlive(folder, token)) rmSync(join(folder, token), { force: true });
}

/** Locks a lock file; nothing is ever written into it. @throws SqliteError when another process holds it */
function take(lock: Sqlite.Database): void {
  lock.pragma('journal_mode = MEMORY');
  lock.exec('BEGIN EXCLUSIVE');
}
