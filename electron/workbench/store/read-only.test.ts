import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { experimentSchema } from '../../../shared/experiment.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { batchOf } from '../testing/batches.ts';
import { databaseName } from './database.ts';
import { readOnlySentence } from './read-only.ts';
import { openStore } from './store.ts';

/** Rights do not bind root: then somebody else looks. */
const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
const script = fileURLToPath(new URL('../testing/ask-store.ts', import.meta.url));
const canTry = process.platform !== 'win32' && spawnSync(process.execPath, ['--check', script], user).status === 0;

let folder: TemporaryFolder;
let store: string;
beforeEach(() => {
  folder = temporaryFolder();
  chmodSync(folder.path, 0o755);
  store = join(folder.path, 'store');
});
afterEach(() => {
  if (canTry) setModes(store, 0o755, 0o644);
  folder.remove();
});

/** Fills the store with a finished run and hands it over as a closed one, or as a process leaves it that is killed. */
function fill(how: 'closed' | 'killed'): string {
  const made = how === 'closed' ? store : `${store}-live`;
  const open = openStore(made);
  const { run } = open.create({
    experiment: experimentSchema.parse({ name: 'looked at' }),
    iterationsTotal: 20,
    parameters: 12,
    backend: 'cpu',
  }).record;
  open.transaction(() => open.records.append(open.runs.key(run), batchOf(0, 20)));
  open.runs.change(run, { status: 'finished', finished_at: '2026-11-22T15:30:12.000Z', owner: null });
  if (how === 'killed') cpSync(made, store, { recursive: true });
  open.close();
  return run;
}

function setModes(path: string, folderMode: number, fileMode: number): void {
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true, encoding: 'utf8' }))
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? folderMode : fileMode);
  chmodSync(path, folderMode);
}

/** Takes the right to write from everybody but root, whom it is given to. */
function close(): void {
  setModes(store, 0o555, 0o444);
  if (user.uid === undefined) return;
  for (const path of ['', ...readdirSync(store, { recursive: true, encoding: 'utf8' })])
    chownSync(join(store, path), user.uid, user.gid);
}

/** Makes requests of the store as somebody whom its rights bind. */
function ask(...requests: [string, unknown][]): { notices: string[]; answers: Record<string, unknown>[] } {
  const { stdout, stderr } = spawnSync(process.execPath, [script, store, JSON.stringify(requests)], {
    ...user,
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as ReturnType<typeof ask>;
}

/** What lies in the store, with its contents. */
const contents = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(store, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(store, name)).isFile())
      .map((name) => [name, readFileSync(join(store, name), 'base64')]),
  );
const copies = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('valleywalk-read-'));

describe.runIf(canTry)('a store that cannot be written', () => {
  for (const how of ['closed', 'killed', 'killed and without -shm'] as const)
    it(`left ${how} is looked at and exported, says so, and stays as it is`, () => {
      const run = fill(how === 'closed' ? 'closed' : 'killed');
      const has = readdirSync(store);
      if (how !== 'closed') expect(has).toEqual(expect.arrayContaining([`${databaseName}-wal`, `${databaseName}-shm`]));
      if (how === 'killed and without -shm') rmSync(join(store, `${databaseName}-shm`));
      close();
      const before = contents();
      const out = join(folder.path, 'out');
      mkdirSync(out);
      if (user.uid !== undefined) chownSync(out, user.uid, user.gid);
      const { notices, answers } = ask(
        ['runs.list', {}],
        ['runs.epochs', { run }],
        ['workbench.info', {}],
        ['runs.export', { runs: [run], directory: out, formats: ['json', 'csv'] }],
        ['claims.evaluate', { runs: [run] }],
      );
      expect(notices).toEqual([readOnlySentence]);
      expect(answers[0]).toMatchObject([{ run, name: 'looked at', status: 'finished' }]);
      expect(answers[1]).toMatchObject({ epoch: { 0: 1, 1: 2 } });
      expect(answers[2]).toMatchObject({ read_only: true, store });
      expect(answers[3]).toMatchObject({ files: { length: 5, 0: expect.stringContaining(out) as string } });
      expect(answers[4]).toHaveProperty('claims');
      expect(contents()).toEqual(before);
      expect(copies()).toEqual([]);
    });

  it('refuses what would change it, and says what to do', () => {
    const run = fill('closed');
    close();
    const { answers } = ask(
      ['runs.start', { experiment: { name: 'walk' } }],
      ['runs.delete', { runs: [run] }],
      ['runs.resume', { run }],
      ['runs.rename', { run, name: 'x' }],
      ['runs.import', { folder: '/nowhere' }],
      ['settings.change', { concurrentRuns: 2 }],
    );
    for (const answer of answers)
      expect(answer).toEqual({
        kind: 'store',
        message: `${readOnlySentence}; allow writing to ${store}, or copy the folder and open the copy`,
      });
  });

  it('of an older Valleywalk is told to be brought up to date elsewhere', () => {
    fill('closed');
    const sqlite = new Sqlite(join(store, databaseName));
    sqlite.pragma('user_version = 12');
    sqlite.close();
    close();
    const { answers } = ask(['runs.list', {}]);
    expect(answers).toEqual([
      {
        kind: 'store',
        message: expect.stringMatching(
          /read-only, and was written by an older Valleywalk \(store version 12; .* copy the folder and open the copy$/,
        ) as string,
      },
    ]);
  });

  it('because of its file alone is read too', () => {
    const run = fill('closed');
    close();
    chmodSync(store, 0o755);
    expect(ask(['runs.list', {}])).toMatchObject({ notices: [readOnlySentence], answers: [[{ run }]] });
    expect(readdirSync(store).filter((name) => name.startsWith(databaseName))).toEqual([databaseName]);
  });
});
