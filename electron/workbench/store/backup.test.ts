import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { backupDamage, backupFolder, howToGoBack, listBackups } from './backup.ts';
import { applicationId, openDatabase } from './database.ts';
import { migrations } from './migrations/index.ts';
import { slowLog } from './slow-log.ts';
import { openStore } from './store.ts';

let folder: TemporaryFolder;
let file: string;
beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder.path, 'valleywalk.sqlite');
});
afterEach(() => folder.remove());

/** Writes a store as an older Valleywalk did: one run with an iteration. */
function writeOld(version: number, path = file): void {
  const sqlite = new Sqlite(path);
  sqlite.pragma('journal_mode = WAL');
  for (const { sql } of migrations.slice(0, version)) sqlite.exec(sql);
  sqlite.pragma(`application_id = ${applicationId}`);
  sqlite.pragma(`user_version = ${version}`);
  sqlite.exec(
    `INSERT INTO runs (key, run, name, status, experiment, seed, created_at, iterations_total, summary, backend, updated_at)
     VALUES (1, 'old', 'Old', 'finished', '{}', 1, 'then', 9, '{}', 'cpu', 'then');
     INSERT INTO iterations (run_key, iteration, epoch, batch_loss) VALUES (1, 0, 1, 2.5)`,
  );
  sqlite.close();
}

const open = (said: string[] = []): void =>
  openDatabase(folder.path, slowLog(join(folder.path, 'debug.log')), (sentence) => said.push(sentence)).close();

const versionOf = (path: string): unknown => {
  const sqlite = new Sqlite(path, { readonly: true });
  try {
    return sqlite.pragma('user_version', { simple: true });
  } finally {
    sqlite.close();
  }
};

const complaint = (work: () => void): string => {
  try {
    work();
  } catch (error) {
    expect(error).toMatchObject({ name: 'ValleywalkError', kind: 'store' });
    return (error as Error).message;
  }
  throw new Error('it was not refused');
};

describe('before a migration', () => {
  it('the store is backed up, and how to go back is said', () => {
    writeOld(17);
    const said: string[] = [];
    open(said);
    const [backup, ...others] = listBackups(folder.path);
    expect(others).toEqual([]);
    expect(backup).toMatchObject({ number: 1, version: 17 });
    expect(said).toEqual([
      `the run store ${file} was brought up to date, from version 17 to ${migrations.length}; to go back to it, close Valleywalk, copy ${backup!.file} over ${file}, remove valleywalk.sqlite-wal and valleywalk.sqlite-shm where they are, and start the Valleywalk that wrote it (store version 17)`,
    ]);
    // it is what the store was
    const copy = new Sqlite(backup!.file, { readonly: true });
    expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(copy.prepare('SELECT batch_loss FROM iterations').all()).toEqual([{ batch_loss: 2.5 }]);
    copy.close();
    // and what was said works
    copyFileSync(backup!.file, file);
    expect(versionOf(file)).toBe(17);
    open();
    expect(versionOf(file)).toBe(migrations.length);
  });

  it.runIf(process.platform !== 'win32')('the backup is for nobody else to read', () => {
    writeOld(17);
    open();
    expect(statSync(backupFolder(folder.path)).mode & 0o777).toBe(0o700);
    expect(statSync(listBackups(folder.path)[0]!.file).mode & 0o777).toBe(0o600);
  });

  it('a new store and one that is up to date need none', () => {
    const said: string[] = [];
    open(said);
    open(said);
    expect([said, existsSync(backupFolder(folder.path))]).toEqual([[], false]);
  });

  it('the last two versions stay; what is no backup is left alone', () => {
    const kept: string[][] = [];
    for (const version of [14, 15, 16, 16, 17]) {
      for (const suffix of ['', '-wal', '-shm']) execFileSync('rm', ['-f', `${file}${suffix}`]);
      writeOld(version);
      if (version === 14) {
        mkdirSync(backupFolder(folder.path));
        writeFileSync(join(backupFolder(folder.path), 'notes.txt'), 'mine');
        writeFileSync(join(backupFolder(folder.path), '0000-version-1-2026-11-22.sqlite.part'), 'left over');
      }
      open();
      kept.push(listBackups(folder.path).map((backup) => `${backup.number}:${backup.version}`));
    }
    expect(kept).toEqual([['1:14'], ['2:15', '1:14'], ['3:16', '2:15'], ['4:16', '2:15'], ['5:17', '4:16']]);
    // each with its checksum
    expect(readdirSync(backupFolder(folder.path))).toHaveLength(5);
    expect(listBackups(folder.path).map(backupDamage)).toEqual([null, null]);
    expect(readFileSync(join(backupFolder(folder.path), 'notes.txt'), 'utf8')).toBe('mine');
  });
});

describe('a backup that cannot be made stops the migration', () => {
  const keepsItsBytes = (work: () => void): string => {
    const before = readFileSync(file);
    const message = complaint(work);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(versionOf(file)).toBe(17);
    expect(message).toMatch(/must be backed up before it is brought up to date, .*; nothing was changed in it$/);
    return message;
  };

  it('where a file is in the place of its folder', () => {
    writeOld(17);
    writeFileSync(backupFolder(folder.path), '');
    expect(keepsItsBytes(open)).toContain('is no folder');
  });

  it('of a store that is damaged', () => {
    writeOld(17);
    const bytes = readFileSync(file);
    // the root of the table of iterations
    const sqlite = new Sqlite(file, { readonly: true });
    const root = sqlite.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'iterations'").pluck().get() as number;
    sqlite.close();
    writeFileSync(file, bytes.fill(0xa5, (root - 1) * 4096, root * 4096));
    const message = keepsItsBytes(open);
    expect(message).toContain('it is damaged');
    expect(message).toContain('valleywalk doctor --check-store');
    expect(readdirSync(backupFolder(folder.path))).toEqual([]);
  });

  it('on a disk without room', ({ skip }) => {
    // a disk of its own: where none can be made (no Linux, no rights), there is nothing to fill
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=700k', 'tmpfs', folder.path], { stdio: 'ignore' });
    } catch {
      skip();
    }
    try {
      writeOld(17);
      const free = 700 * 1024 - statSync(file).size;
      writeFileSync(join(folder.path, 'large'), new Uint8Array(free - 40_960));
      const message = keepsItsBytes(open);
      expect(message).toMatch(/has no room for it \(1 MB are free\); free at least 1 MB there, or .* --store/);
      expect(readdirSync(backupFolder(folder.path))).toEqual([]);
    } finally {
      execFileSync('umount', [folder.path]);
    }
  });
});

describe('a migration that fails', () => {
  it('leaves the store as it was, and says where the backup is', () => {
    writeOld(17);
    const sqlite = new Sqlite(file);
    // the column that the next migration adds
    sqlite.exec('ALTER TABLE iterations ADD COLUMN loss_resolution REAL');
    sqlite.close();
    const before = readFileSync(file);
    const messages = [complaint(open), complaint(open)];
    expect(readFileSync(file).equals(before)).toBe(true);
    const [backup, ...others] = listBackups(folder.path);
    expect(others).toEqual([]);
    expect(messages[1]).toMatch(/could not be brought up to date: .*duplicate column/);
    expect(messages[1]).toContain('It is as it was: the Valleywalk that wrote it (store version 17) opens it');
    expect(messages[1]).toContain(`${backup!.file} is a backup of it`);
  });
});

describe('two processes that open an old store at once', () => {
  it('make one backup and both have it', async () => {
    writeOld(17);
    const worker = fileURLToPath(new URL('../testing/hold-store.ts', import.meta.url));
    const children = [0, 1].map(() => fork(worker, [folder.path], { silent: true }));
    try {
      await Promise.all(children.map((child) => once(child, 'message')));
      expect(listBackups(folder.path)).toHaveLength(1);
    } finally {
      for (const child of children) child.kill('SIGKILL');
    }
  });
});

describe('a database that is gone', () => {
  it.each(['gone', 'empty'])('%s, among the files of its runs, is not begun anew', (how) => {
    writeOld(17);
    open();
    mkdirSync(join(folder.path, 'parameters', 'old'), { recursive: true });
    writeFileSync(join(folder.path, 'parameters', 'old', 'a.safetensors'), 'numbers');
    if (how === 'empty') writeFileSync(file, '');
    else execFileSync('rm', [file]);
    const [backup] = listBackups(folder.path);
    expect(complaint(() => openStore(folder.path).close())).toBe(
      `${file} is ${how}, though what belongs to it lies beside; nothing was touched; ${backup!.file} is its backup; ${howToGoBack(backup!, file)}; or move the folder ${folder.path} aside to begin anew`,
    );
    expect(existsSync(join(folder.path, 'parameters', 'old', 'a.safetensors'))).toBe(true);
    expect(existsSync(file)).toBe(how === 'empty');
  });
});
