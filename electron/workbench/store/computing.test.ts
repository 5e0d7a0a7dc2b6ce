import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { backupFolder } from './backup.ts';
import { applicationId, databaseName } from './database.ts';
import { migrations } from './migrations/index.ts';
import { claim, ownersFolder } from './owners.ts';
import type { Owner } from './owners.ts';
import { openStore } from './store.ts';

let folder: TemporaryFolder;
let file: string;
let owner: Owner;
beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder.path, databaseName);
  owner = claim(ownersFolder(folder.path));
});
afterEach(() => {
  owner.release();
  folder.remove();
});

/** A run of an older store, with what matters here. */
interface OldRun {
  status: string;
  owner?: string;
  pid?: number;
  asked?: number;
}

/** Writes a store as an older Valleywalk has it while it is open. */
function writeOld(runs: readonly OldRun[], version = 23): Sqlite.Database {
  const sqlite = new Sqlite(file);
  sqlite.pragma('journal_mode = WAL');
  for (const { sql } of migrations.slice(0, version)) sqlite.exec(sql);
  sqlite.pragma(`application_id = ${applicationId}`);
  sqlite.pragma(`user_version = ${version}`);
  const insert = sqlite.prepare(
    `INSERT INTO runs (key, run, name, status, experiment, seed, created_at, iterations_total, summary, backend, updated_at, owner, owner_pid, stop_requested)
     VALUES (?, ?, 'Old', ?, '{}', 1, 'then', 9, '{}', 'cpu', 'then', ?, ?, ?)`,
  );
  runs.forEach(({ status, owner: token = null, pid = null, asked = 0 }, at) =>
    insert.run(at + 1, `run-${at + 1}`, status, token, pid, asked),
  );
  return sqlite;
}

const addAnalysis = (sqlite: Sqlite.Database, status: string, token: string | null): void =>
  void sqlite
    .prepare(
      `INSERT INTO analyses (analysis, run_key, kind, settings, status, created_at, owner) VALUES ('one', 1, 'plane', '{}', ?, 'then', ?)`,
    )
    .run(status, token);

const versionOf = (): unknown => {
  const sqlite = new Sqlite(file, { readonly: true });
  try {
    return sqlite.pragma('user_version', { simple: true });
  } finally {
    sqlite.close();
  }
};

/** What the store is refused with; it is as it was, and no backup was made. */
function refusal(): string {
  const before = versionOf();
  const owners = readdirSync(ownersFolder(folder.path));
  try {
    openStore(folder.path).close();
  } catch (error) {
    expect(error).toMatchObject({ name: 'ValleywalkError', kind: 'store' });
    expect(versionOf()).toBe(before);
    expect(existsSync(backupFolder(folder.path))).toBe(false);
    expect(readdirSync(ownersFolder(folder.path))).toEqual(owners);
    return (error as Error).message;
  }
  throw new Error('it was not refused');
}

const sentence = (what: string, version = 23): string =>
  `the run store ${file} has to be brought up to date (from version ${version} to ${migrations.length}), and an older Valleywalk works with it: ${what}; what it computes would be lost, so nothing was changed; let that end or stop it there, close that Valleywalk, and open the store again`;

describe('an older store that another process computes in is not brought up to date', () => {
  it('while a run is computed: which, and by whom, is said', () => {
    writeOld([{ status: 'finished' }, { status: 'running', owner: owner.token, pid: 4711 }]).close();
    expect(refusal()).toBe(sentence('process 4711 computes run run-2 (Old)'));
  });

  it('nor while that process has others queued, which it would go on to; what is asked to stop is none of them', () => {
    const mine = { owner: owner.token, pid: 4711 };
    writeOld([
      { status: 'queued', ...mine },
      { status: 'queued', ...mine, asked: 1 },
      { status: 'running', ...mine, asked: 2 },
    ]).close();
    expect(refusal()).toBe(sentence('process 4711 computes run run-3 (Old), process 4711 has queued run run-1 (Old)'));
  });

  it('nor while it computes an analysis, of which no process number is known', () => {
    const sqlite = writeOld([{ status: 'finished' }]);
    addAnalysis(sqlite, 'running', owner.token);
    sqlite.close();
    expect(refusal()).toBe(sentence('another process computes an analysis (plane) of run run-1 (Old)'));
  });

  it('and many are counted', () => {
    writeOld(Array.from({ length: 7 }, () => ({ status: 'queued', owner: owner.token, pid: 12 }))).close();
    expect(refusal()).toBe(
      sentence(`${[1, 2, 3].map((run) => `process 12 has queued run run-${run} (Old)`).join(', ')}, and 4 more`),
    );
  });

  it('of the first version too, which knew no analyses', () => {
    writeOld([{ status: 'running', owner: owner.token, pid: 4711 }], 1).close();
    expect(refusal()).toBe(sentence('process 4711 computes run run-1 (Old)', 1));
  });

  it('until that process ends, however it does: then what it left is interrupted', async () => {
    const token = 'a'.repeat(24);
    const lock = join(ownersFolder(folder.path), token);
    mkdirSync(ownersFolder(folder.path), { recursive: true });
    const child = fork(fileURLToPath(new URL('testing/hold-lock.ts', import.meta.url)), [lock], { execArgv: [] });
    await once(child, 'message');
    // the older Valleywalk has it open
    const sqlite = writeOld([{ status: 'running', owner: token, pid: child.pid! }]);
    addAnalysis(sqlite, 'queued', token);
    expect(refusal()).toBe(
      sentence(
        `process ${child.pid} computes run run-1 (Old), process ${child.pid} has queued an analysis (plane) of run run-1 (Old)`,
      ),
    );
    sqlite.close();
    child.kill('SIGKILL');
    await once(child, 'exit');
    openStore(folder.path).close();
    expect(versionOf()).toBe(migrations.length);
    const after = new Sqlite(file, { readonly: true });
    expect(after.prepare('SELECT status FROM runs UNION ALL SELECT status FROM analyses').pluck().all()).toEqual([
      'interrupted',
      'interrupted',
    ]);
    after.close();
  });
});

it('a live process whose runs are over, and runs whose process is gone, keep no store from being brought up to date', () => {
  const sqlite = writeOld([
    { status: 'finished', owner: owner.token, pid: 4711 },
    { status: 'paused', owner: owner.token, pid: 4711 },
    { status: 'running', owner: 'b'.repeat(24), pid: 4712 },
    { status: 'queued' },
  ]);
  addAnalysis(sqlite, 'finished', owner.token);
  sqlite.close();
  openStore(folder.path).close();
  expect(versionOf()).toBe(migrations.length);
});
