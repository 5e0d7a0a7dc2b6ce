/**
 * Stores that cannot be written: on a read-only file system, in somebody else's folder, or taken the right away from. They are opened to be
 * read. SQLite cannot read a database in WAL mode beside which it can make no files, unless its -wal and -shm are there; then a private
 * copy is read, which is the store as it is now.
 */
import { accessSync, constants, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { ValleywalkError } from '../../../shared/errors.ts';
import { copyDatabase } from './copy.ts';

/** What can be done with a read-only store. */
export const readOnlySentence = 'this store is read-only: runs can be looked at and exported, not started or changed';

/** The refusal of what would change a read-only store. @param folder of the store */
export function readOnlyError(folder: string): ValleywalkError {
  return new ValleywalkError(
    'store',
    `${readOnlySentence}; allow writing to ${folder}, or copy the folder and open the copy`,
  );
}

/** Whether a database is there but cannot be written, it or the files beside it. */
export function isReadOnly(file: string): boolean {
  if (!existsSync(file)) return false;
  const writable = (path: string): boolean => {
    try {
      accessSync(path, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  };
  return ![dirname(file), file, `${file}-wal`, `${file}-shm`].every((path) => !existsSync(path) || writable(path));
}

/** Whether an error says that something cannot be written. @param error of SQLite or the file system, or what was made of it */
export function isRefusal(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  return /^(SQLITE_READONLY|SQLITE_CANTOPEN|EACCES|EPERM|EROFS)/.test(String(code ?? cause?.code));
}

/** Opens a database for reading, without changing anything in its folder. @throws SqliteError or an error of the file system */
export function openToRead(file: string): Sqlite.Database {
  if (existsSync(`${file}-wal`) && existsSync(`${file}-shm`)) {
    let sqlite: Sqlite.Database | undefined;
    try {
      sqlite = new Sqlite(file, { readonly: true, fileMustExist: true });
      // the file is read only now
      sqlite.pragma('user_version');
      return sqlite;
    } catch (error) {
      sqlite?.close();
      if (!isRefusal(error)) throw error;
    }
  }
  return openCopy(file);
}

function openCopy(file: string): Sqlite.Database {
  const folder = mkdtempSync(join(tmpdir(), 'valleywalk-read-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, basename(file));
    if (!copyDatabase(file, copy))
      throw new ValleywalkError('store', `${file} is being written and cannot be read meanwhile; try again later`);
    const sqlite = new Sqlite(copy);
    // one file, which can go now: whatever becomes of this process, nothing is left
    sqlite.pragma('journal_mode = DELETE');
    sqlite.pragma('query_only = ON');
    if (process.platform === 'win32') process.on('exit', remove);
    else remove();
    return sqlite;
  } catch (error) {
    remove();
    throw error;
  }
}
