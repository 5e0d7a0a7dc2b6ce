/** What SQLite and the file system say, as sentences for people. */
import { ValleywalkError } from '../../../shared/errors.ts';

/** An error of better-sqlite3 or the file system: both carry a code. */
function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}

/** Whether an error comes from SQLite. */
export function isSqliteError(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_');
}

/** Whether another process held the lock; also where {@link storeError} has told it already. */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error) || (error instanceof Error ? codeOf(error.cause) : ''));
}

/**
 * Turns an error of SQLite or the file system into a ValleywalkError of kind `store` that names the file and says what to
 * do; one of ours is returned as it is.
 */
export function storeError(error: unknown, file: string): ValleywalkError {
  if (error instanceof ValleywalkError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const reported = new ValleywalkError('store', sentence(codeOf(error), message, file));
  reported.cause = error;
  return reported;
}

function sentence(code: string, message: string, file: string): string {
  if (code.startsWith('SQLITE_CORRUPT'))
    return `the run store ${file} is damaged (${message}); move it aside or restore it from a backup, then start Valleywalk again`;
  if (code === 'SQLITE_NOTADB')
    return `${file} is not a run store (it is not an SQLite database); move it aside or choose another store folder`;
  if (code.startsWith('SQLITE_FULL') || code === 'ENOSPC')
    return `the disk that holds ${file} is full; free some space and try again`;
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return `the run store ${file} is kept busy by another program; close that program and try again`;
  if (code.startsWith('SQLITE_READONLY') || code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `${file} cannot be written (${message}); allow writing to it or choose another store folder`;
  if (code === 'ENOTDIR' || code === 'EEXIST')
    return `the store folder cannot be made at ${file}, because a file is in its place; choose another store folder`;
  return `the run store ${file} cannot be used (${message}); check the folder or choose another one`;
}
