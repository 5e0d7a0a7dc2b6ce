/**
 * Backups that a store makes of its database by itself, before anything changes its form: STORE/backups/, the last two versions.
 * They are made by `VACUUM INTO`: a consistent copy of one moment, as SQLite's backup API makes, without its asynchrony, so that the write
 * lock is held from the first page of the backup to the end of the migration and no write of another process falls between them.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { ValleywalkError } from '../../../shared/errors.ts';
import { fileMode, folderMode } from './private.ts';

/** How many backups stay. */
const keptBackups = 2;

/** Bytes of a database that are copied and verified in about a second on a slow disk: more are announced. */
const bytesASecond = 50e6;

/** A backup: its file and what its name tells. */
export interface Backup {
  /** Absolute. */
  file: string;
  /** Counts the backups of a store; the greatest is the newest, whatever a clock says. */
  number: number;
  /** Version of the store in it, as its `user_version`. */
  version: number;
}

const named = /^(\d{4,})-version-(\d+)-\d{4}-\d{2}-\d{2}\.sqlite$/;

/** The folder of a store's backups. @param store the store's folder */
export function backupFolder(store: string): string {
  return join(store, 'backups');
}

/** The backups of a store, newest first; none where the folder is not there or cannot be read. */
export function listBackups(store: string): Backup[] {
  const folder = backupFolder(store);
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .map((name) => ({ name, match: named.exec(name) }))
    .filter(({ match }) => match !== null)
    .map(({ name, match }) => ({ file: join(folder, name), number: Number(match![1]), version: Number(match![2]) }))
    .sort((one, other) => other.number - one.number);
}

/** The file beside a backup that holds its SHA-256. */
function sumFile(file: string): string {
  return `${file}.sha256`;
}

/** SHA-256 of a file, read in pieces. @throws the file system's error */
export function sha256(file: string): string {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(1 << 20);
  const handle = openSync(file, 'r');
  try {
    for (let read = readSync(handle, piece); read > 0; read = readSync(handle, piece))
      hash.update(piece.subarray(0, read));
  } finally {
    closeSync(handle);
  }
  return hash.digest('hex');
}

/** What is wrong with a backup, as a clause; null where it is as it was made. */
export function backupDamage({ file }: Backup): string | null {
  try {
    const reported = readFileSync(sumFile(file), 'latin1').slice(0, 64);
    return sha256(file) === reported ? null : 'is not what was written, or its checksum is not';
  } catch (error) {
    return `cannot be checked (${(error as Error).message})`;
  }
}

/** How to go back to a backup, as a clause. */
export function howToGoBack({ file, version }: Backup, database: string): string {
  return (
    `to go back to it, close Valleywalk, copy ${file} over ${database}, remove ${basename(database)}-wal and ${basename(database)}-shm ` +
    `where they are, and start the Valleywalk that wrote it (store version ${version})`
  );
}

/**
 * Backs the database up, verifies the copy and removes the oldest backups. Call it while `sqlite` holds the write lock, before it has
 * written anything.
 * @param file the database's
 * @param announce is told before a copy that will take longer than about a second
 * @throws ValleywalkError kind `store`: what keeps it from being made and what to do; nothing of it is left then
 */
export function makeBackup(sqlite: Sqlite.Database, file: string, announce: (sentence: string) => void): Backup {
  const store = dirname(file);
  const folder = backupFolder(store);
  const version = sqlite.pragma('user_version', { simple: true }) as number;
  const bytes =
    (sqlite.pragma('page_count', { simple: true }) as number) *
    (sqlite.pragma('page_size', { simple: true }) as number);
  const number = (listBackups(store)[0]?.number ?? 0) + 1;
  const name = `${String(number).padStart(4, '0')}-version-${version}-${new Date().toISOString().slice(0, 10)}.sqlite`;
  const backup = { file: join(folder, name), number, version };
  const part = `${backup.file}.part`;
  try {
    mkdirSync(folder, { recursive: true, mode: folderMode });
    // of a process that was ended while it wrote; nobody else writes one: the write lock is ours
    for (const left of readdirSync(folder).filter((each) => each.endsWith('.part'))) rmSync(join(folder, left));
    checkRoom(folder, bytes);
    if (bytes > bytesASecond)
      announce(
        `the run store ${file} (${megabytes(bytes)}) is backed up to ${backup.file} before it is brought up to date; this takes about ${Math.ceil(bytes / bytesASecond)} s`,
      );
    // made beforehand, so that it is the user's alone from its first byte
    closeSync(openSync(part, 'wx', fileMode));
    chmodSync(part, fileMode);
    copyTo(file, part);
    verify(sqlite, part);
    // beside it as `sha256sum -c` reads it, and before it: a backup has a checksum
    writeFileSync(sumFile(backup.file), `${sha256(part)}  ${name}\n`, { mode: fileMode });
    renameSync(part, backup.file);
    flush(folder);
  } catch (error) {
    try {
      rmSync(part, { force: true });
      rmSync(sumFile(backup.file), { force: true });
    } catch {
      // the folder itself is out of order, as the error says
    }
    throw cannot(error, file, folder, bytes);
  }
  removeOld(store, backup);
  return backup;
}

/** Copies what is committed, by a connection of its own: VACUUM works in no transaction, and ours holds the write lock. */
function copyTo(file: string, part: string): void {
  const source = new Sqlite(file, { readonly: true, timeout: 5000 });
  try {
    source.prepare('VACUUM INTO ?').run(part);
  } finally {
    source.close();
  }
  flush(part);
}

/** Has a file, or the names in a folder, on the disk. */
function flush(path: string): void {
  let handle: number;
  try {
    handle = openSync(path, 'r');
  } catch (error) {
    // Windows opens no folders; its names are on the disk with the file
    if (['EISDIR', 'EPERM', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return;
    throw error;
  }
  try {
    fsyncSync(handle);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  } finally {
    closeSync(handle);
  }
}

/** Compares a copy with its source: sound, of the same kind and version, every table with as many rows. @throws Error */
function verify(source: Sqlite.Database, part: string): void {
  const copy = new Sqlite(part, { readonly: true, fileMustExist: true });
  try {
    const integrity = copy.pragma('integrity_check(1)', { simple: true }) as string;
    if (integrity !== 'ok') throw new Unsound(integrity);
    for (const pragma of ['application_id', 'user_version'])
      if (copy.pragma(pragma, { simple: true }) !== source.pragma(pragma, { simple: true }))
        throw new Unsound(`its ${pragma} is another`);
    const [here, there] = [tables(source), tables(copy)];
    if (here.join() !== there.join()) throw new Unsound('it has other tables');
    for (const table of here) {
      const [rows, copied] = [source, copy].map((each) =>
        each.prepare(`SELECT count(*) FROM "${table}"`).pluck().get(),
      );
      if (rows !== copied)
        throw new Unsound(`its table ${table} has ${String(copied)} rows instead of ${String(rows)}`);
    }
  } finally {
    copy.close();
  }
}

/** A copy that is not what was copied. */
class Unsound extends Error {}

function tables(sqlite: Sqlite.Database): string[] {
  return sqlite
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_stat*' ORDER BY name",
    )
    .pluck()
    .all();
}

/** A copy that would not fit is not begun. @throws Error with the code ENOSPC */
function checkRoom(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < bytes)
    throw Object.assign(new Error(`${megabytes(bavail * bsize)} are free`), { code: 'ENOSPC' });
}

/** Bytes in words, rounded up. */
function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`;
}

function cannot(error: unknown, file: string, folder: string, bytes: number): ValleywalkError {
  const code = (error as { code?: string }).code ?? '';
  const reason = error instanceof Error ? error.message : String(error);
  const said = (what: string): ValleywalkError =>
    new ValleywalkError(
      'store',
      `the run store ${file} must be backed up before it is brought up to date, and ${what}; nothing was changed in it`,
    );
  if (code === 'ENOSPC' || code.startsWith('SQLITE_FULL'))
    return said(
      `the disk that holds ${folder} has no room for it (${reason}); free at least ${megabytes(bytes)} there, or copy the store to a larger disk and name it with --store`,
    );
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' || error instanceof Unsound)
    return said(
      `${error instanceof Unsound ? 'the copy is not sound' : 'it is damaged'} (${reason}); valleywalk doctor --check-store tells what is damaged and what can be had back`,
    );
  if (
    ['EACCES', 'EPERM', 'EROFS'].includes(code) ||
    code.startsWith('SQLITE_READONLY') ||
    code.startsWith('SQLITE_CANTOPEN')
  )
    return said(
      `${folder} cannot be written (${reason}); allow writing there, or copy the store to where you may write and name it with --store`,
    );
  if (code === 'EEXIST' || code === 'ENOTDIR')
    return said(`${folder} is no folder (${reason}); move what is in its place aside`);
  return said(
    `the backup cannot be written to ${folder} (${reason}); mend that, or copy the store to another disk and name it with --store`,
  );
}

/**
 * Removes what is neither the backup just made nor among the newest; of several of one version, which are of attempts that failed, the
 * newest stays, so that they do not push an older version out.
 */
function removeOld(store: string, made: Backup): void {
  const versions = new Set<number>();
  for (const { file, version } of listBackups(store)) {
    const kept = !versions.has(version) && versions.size < keptBackups;
    versions.add(version);
    if (kept || file === made.file) continue;
    try {
      rmSync(file);
      rmSync(sumFile(file), { force: true });
    } catch {
      // in use, on Windows: the next backup tries again
    }
  }
}
