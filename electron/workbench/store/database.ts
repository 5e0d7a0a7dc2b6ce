/** Opens the SQLite file of a store: checks what it is, brings its schema up to date, times its statements. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { ValleywalkError } from '../../../shared/errors.ts';
import { makeFolder } from '../../files/folder.ts';
import { hasNodeApi, neededNode, neededNodeApi } from '../../processes/node-api.ts';
import { howToGoBack, listBackups, makeBackup } from './backup.ts';
import type { Backup } from './backup.ts';
import { defineRowChecksum, keepRowChecksums, sumAllRows } from './checksums.ts';
import { refuseWhileComputing } from './computing.ts';
import { storeError } from './errors.ts';
import { lockingOf } from './locks.ts';
import type { Locking } from './locks.ts';
import { migrate, migrations } from './migrations/index.ts';
import { folderMode, makePrivateFile } from './private.ts';
import { openToRead, readOnlyError } from './read-only.ts';
import type { SlowLog } from './slow-log.ts';

/** Name of the database in a store's folder. */
export const databaseName = 'valleywalk.sqlite';

/** Marks an SQLite file as a Valleywalk store ('VWLK'). */
export const applicationId = 0x56574c4b;

/** Values that SQLite takes. */
export type Value = number | string | null | Uint8Array;

/** A prepared statement whose every execution is timed. */
interface Statement<Row> {
  /** Executes it; returns how many rows changed. */
  run(...values: Value[]): number;
  get(...values: Value[]): Row | undefined;
  all(...values: Value[]): Row[];
  /** Rows as arrays of values. */
  raw(...values: Value[]): Value[][];
}

/** An open database. */
export interface Database {
  readonly file: string;
  /** Nothing in it can be changed. */
  readonly readOnly: boolean;
  /** Its write lock. */
  readonly lock: Locking;
  prepare<Row = unknown>(sql: string): Statement<Row>;
  /** Runs `work` in one transaction that takes the write lock at once; rolls back when it throws. */
  transaction: <T>(work: () => T) => T;
  /** Runs `work`, which only reads, in one transaction: all of it sees the same moment. Waits for nobody. */
  snapshot: <T>(work: () => T) => T;
  /** As `transaction`, and returns only when it, and everything before it, is on the disk: no loss of power takes it back. */
  durably: <T>(work: () => T) => T;
  /** A number that changes when another connection has written. */
  dataVersion: () => number;
  close(): void;
}

/**
 * Refuses runtimes on which better-sqlite3 would crash the process.
 * @param versions as in `process.versions`
 * @throws ValleywalkError kind `store`
 */
export function checkRuntime(versions: { napi?: string | undefined; node?: string | undefined }): void {
  if (hasNodeApi(versions.napi)) return;
  throw new ValleywalkError(
    'store',
    `the run store needs ${neededNode} (Node-API ${neededNodeApi}); this is Node ${versions.node ?? 'of an unknown version'} with Node-API ${versions.napi ?? 'unknown'}; start Valleywalk with a newer Node, or name one in VALLEYWALK_NODE`,
  );
}

/** Where a store says what takes its time: a line on standard error, unless a host has a better place. */
type Announce = (sentence: string) => void;

/** See {@link Announce}. */
const announceInTerminal: Announce = (sentence) => void process.stderr.write(`valleywalk: ${sentence}\n`);

/**
 * Opens or makes the database in a store folder and applies the migrations that it lacks, after a backup of what is there (backup.ts).
 * @param announce is told what takes long, and where the backup is
 * @throws ValleywalkError kind `store`: a runtime too old, a folder or file that cannot be used, not an SQLite database, a
 *   database of another program, a store written by a newer Valleywalk, an older store that another process computes in, a backup that
 *   cannot be made, or a migration that fails (the store is left as it is in all of them).
 */
export function openDatabase(folder: string, slow: SlowLog, announce = announceInTerminal): Database {
  checkRuntime(process.versions);
  const file = join(folder, databaseName);
  try {
    makeFolder(folder, folderMode);
  } catch (error) {
    throw storeError(error, folder);
  }
  checkGone(folder, file);
  let sqlite: Sqlite.Database | undefined;
  try {
    makePrivateFile(file);
    sqlite = new Sqlite(file, { timeout: 1000 });
    const opened = sqlite;
    // in one transaction: another process may be making the store between two of its questions
    const version = opened.transaction(() => checkKind(opened, file))();
    // a table that is made anew must not take the rows that refer to it along
    sqlite.pragma('foreign_keys = OFF');
    defineRowChecksum(sqlite);
    // before the first write, so that a store whose migration is refused or fails keeps its bytes
    if (version > 0) bringUpToDate(sqlite, file, announce);
    sqlite.pragma('journal_mode = WAL');
    sqlite.pragma('synchronous = NORMAL');
    bringUpToDate(sqlite, file, announce);
    sqlite.pragma('foreign_keys = ON');
    keepRowChecksums(sqlite);
    return wrap(sqlite, file, slow, lockingOf(sqlite, folder));
  } catch (error) {
    sqlite?.close();
    throw storeError(error, file);
  }
}

/**
 * Opens the database of a store folder that cannot be written.
 * @throws ValleywalkError kind `store`: as {@link openDatabase}, and for a store that would have to be brought up to date
 */
export function openReadOnly(folder: string, slow: SlowLog): Database {
  checkRuntime(process.versions);
  const file = join(folder, databaseName);
  let sqlite: Sqlite.Database | undefined;
  try {
    sqlite = openToRead(file);
    const version = checkKind(sqlite, file);
    if (version < migrations.length)
      throw new ValleywalkError(
        'store',
        `this store is read-only, and was written by an older Valleywalk (store version ${version}; this one needs ${migrations.length}): it has to be brought up to date before it can be read; allow writing to ${folder}, or copy the folder and open the copy`,
      );
    return wrap(sqlite, file, slow, lockingOf(sqlite, folder), true);
  } catch (error) {
    sqlite?.close();
    throw storeError(error, file);
  }
}

/** Refuses other programs' databases and newer stores before anything is written. @returns the store's version, 0 for a new one */
function checkKind(sqlite: Sqlite.Database, file: string): number {
  const version = sqlite.pragma('user_version', { simple: true }) as number;
  const application = sqlite.pragma('application_id', { simple: true }) as number;
  const { tables } = sqlite.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number };
  if (application !== applicationId && (tables > 0 || version > 0 || application !== 0))
    throw new ValleywalkError(
      'store',
      `${file} is a database of another program; nothing was changed in it; move it aside or choose another store folder`,
    );
  if (version > migrations.length)
    throw new ValleywalkError(
      'store',
      `${file} was written by a newer Valleywalk (store version ${version}; this one knows ${migrations.length}); nothing was changed in it; update Valleywalk, or choose another store folder`,
    );
  return version;
}

/**
 * Refuses to begin a new database where the old one is gone: opening would take the files of its runs for left over and remove them, and
 * SQLite would remove its log.
 */
function checkGone(folder: string, file: string): void {
  const size = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size(file) > 0) return;
  const any = (name: string): boolean => {
    try {
      return readdirSync(join(folder, name)).length > 0;
    } catch {
      return false;
    }
  };
  const [newest] = listBackups(folder);
  if (!newest && size(`${file}-wal`) === 0 && !any('parameters') && !any('checkpoints')) return;
  throw new ValleywalkError(
    'store',
    `${file} is ${existsSync(file) ? 'empty' : 'gone'}, though what belongs to it lies beside; nothing was touched; ` +
      (newest
        ? `${newest.file} is its backup; ${howToGoBack(newest, file)}; or move the folder ${folder} aside to begin anew`
        : `restore it from a backup, or move the folder ${folder} aside to begin anew`),
  );
}

/**
 * Brings an older store up to date, after a backup: in one transaction, so that two processes opening a store do not race and one of them
 * makes the backup.
 * @throws SqliteError where another process holds the lock; openStore waits for it
 */
function bringUpToDate(sqlite: Sqlite.Database, file: string, announce: Announce): void {
  if (sqlite.pragma('user_version', { simple: true }) === migrations.length) return;
  let backup: Backup | undefined;
  const apply = sqlite.transaction(() => {
    const version = checkKind(sqlite, file);
    if (version === migrations.length) return;
    if (version > 0) refuseWhileComputing(sqlite, file, version, migrations.length);
    if (version > 0) backup = makeBackup(sqlite, file, announce);
    // before, too: a migration may leave out what belongs to nothing
    checkReferences(sqlite, file);
    migrate(sqlite, migrations.slice(version), announce);
    sumAllRows(sqlite);
    checkReferences(sqlite, file);
    sqlite.pragma(`application_id = ${applicationId}`);
    sqlite.pragma(`user_version = ${migrations.length}`);
  });
  try {
    apply.immediate();
  } catch (error) {
    if (!backup) throw error;
    throw new ValleywalkError(
      'store',
      `the run store ${file} could not be brought up to date: ${storeError(error, file).message}. It is as it was: the Valleywalk that wrote it (store version ${backup.version}) opens it; ${backup.file} is a backup of it`,
    );
  }
  if (backup)
    announce(
      `the run store ${file} was brought up to date, from version ${backup.version} to ${migrations.length}; ${howToGoBack(backup, file)}`,
    );
}

/** @throws ValleywalkError kind `store` where records belong to no run */
function checkReferences(sqlite: Sqlite.Database, file: string): void {
  if ((sqlite.pragma('foreign_key_check') as unknown[]).length > 0)
    throw new ValleywalkError(
      'store',
      `${file} holds records of runs that are not there, so it could not be brought up to date; nothing was changed in it; restore it from a backup, or choose another store folder`,
    );
}

/** A connection that is only read, as the parts of a store use one; nothing is logged. */
export function wrapToRead(sqlite: Sqlite.Database, file: string): Database {
  return wrap(sqlite, file, { timed: (_, work) => work(), write: () => undefined }, lockingOf(sqlite, file));
}

/** A connection as the parts of a store use one. */
function wrap(sqlite: Sqlite.Database, file: string, slow: SlowLog, lock: Locking, readOnly = false): Database {
  const whole = sqlite.transaction((work: () => unknown) => work());
  /** Does a write of its own, or a part of the transaction that is under way. */
  const write = <T>(work: () => T): T => {
    if (readOnly) throw readOnlyError(dirname(file));
    if (sqlite.inTransaction) return work();
    lock.before();
    const result = work();
    lock.wrote();
    return result;
  };
  const dataVersion = sqlite.prepare('PRAGMA data_version').pluck();
  return {
    file,
    readOnly,
    lock,
    prepare<Row>(sql: string): Statement<Row> {
      const statement = sqlite.prepare<Value[], Row>(sql);
      const raw = statement.reader ? sqlite.prepare<Value[], Value[]>(sql).raw() : null;
      return {
        run: (...values) => write(() => slow.timed(sql, () => statement.run(...values).changes)),
        get: (...values) => slow.timed(sql, () => statement.get(...values)),
        all: (...values) => slow.timed(sql, () => statement.all(...values)),
        raw: (...values) => slow.timed(sql, () => raw!.all(...values)),
      };
    },
    transaction: <T>(work: () => T) => write(() => whole.immediate(work) as T),
    snapshot: <T>(work: () => T) => (sqlite.inTransaction ? work() : (whole.deferred(work) as T)),
    durably<T>(work: () => T) {
      sqlite.pragma('synchronous = FULL');
      try {
        return write(() => whole.immediate(work) as T);
      } finally {
        sqlite.pragma('synchronous = NORMAL');
      }
    },
    dataVersion: () => dataVersion.get() as number,
    close: () => {
      if (!sqlite.open) return;
      try {
        if (!readOnly) sqlite.pragma('optimize');
      } catch {
        // it writes, and a full disk must not keep the store from closing
      }
      sqlite.close();
    },
  };
}
