/** Opens the database of a store to check it, and leaves no trace beside it. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { ValleywalkError } from '../../../shared/errors.ts';
import { logDamage } from './check-log.ts';
import { copyDatabase } from './copy.ts';
import { databaseName } from './database.ts';
import { isAlive } from './owners.ts';
import { folderMode } from './private.ts';

/** A database that is only read. */
interface Opened {
  /** What is wrong with the log, as a clause; null where nothing is. */
  damagedLog: string | null;
  sqlite: Sqlite.Database;
  close(): void;
}

/**
 * Opens the database without leaving a trace. Where a workbench has the store open, with it, through its log; otherwise a copy in a temporary
 * folder, since SQLite would make files beside the database, and put the log of a program that was killed into it.
 * @param copies a folder to make for that copy
 * @throws ValleywalkError kind `store` where it cannot be copied
 */
export function openQuietly(
  folder: string,
  file: string,
  copies = join(tmpdir(), `valleywalk-check-${randomUUID()}`),
): Opened {
  const owners = join(folder, 'owners');
  const alive =
    existsSync(owners) && readdirSync(owners).some((token) => /^[0-9a-f]{24}$/.test(token) && isAlive(owners, token));
  if (alive)
    try {
      const sqlite = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 5000 });
      return { damagedLog: null, sqlite, close: () => sqlite.close() };
    } catch {
      // on a disk that cannot be written nobody can have it open: copied below
    }
  const damagedLog = logDamage(`${file}-wal`);
  mkdirSync(copies, { mode: folderMode });
  const remove = (): void => rmSync(copies, { recursive: true, force: true });
  const copy = join(copies, databaseName);
  try {
    if (!copyDatabase(file, copy))
      throw new ValleywalkError('store', `${file} changes while it is copied; check it when nothing writes to it`);
    const sqlite = new Sqlite(copy, { fileMustExist: true });
    return {
      damagedLog,
      sqlite,
      close: () => {
        try {
          sqlite.close();
        } finally {
          remove();
        }
      },
    };
  } catch (error) {
    remove();
    if (error instanceof ValleywalkError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ValleywalkError(
      'store',
      code === 'ENOSPC'
        ? `${tmpdir()} has no room for a copy of ${file} (${Math.ceil(statSync(file).size / 1e6)} MB), which is checked so that nothing is written to the store; free some space, or name another folder in TMPDIR`
        : `${file} cannot be copied to be checked (${message}); allow reading it`,
    );
  }
}
