import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { experimentSchema } from '../../../shared/experiment.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { isUnsound } from '../../../shared/store-check.ts';
import { batchOf } from '../testing/batches.ts';
import { openTest, until } from '../testing/open.ts';
import { checkStore } from './check.ts';
import { nextPiece, pieceMilliseconds, tablesOfRuns } from './removal.ts';
import { openStore } from './store.ts';
import type { Store } from './store.ts';

let folder: TemporaryFolder;
let store: Store;
beforeEach(() => {
  folder = temporaryFolder();
  store = openStore(folder.path);
});
afterEach(() => {
  store.close();
  folder.remove();
});

/** A run that is over, with records and files. */
function fill(iterations: number): { run: string; key: number } {
  const { run } = store.create({
    experiment: experimentSchema.parse({ name: 'long' }),
    iterationsTotal: iterations,
    parameters: 12,
    backend: 'cpu',
  }).record;
  const key = store.runs.key(run);
  store.transaction(() => store.records.append(key, batchOf(0, iterations)));
  store.runs.change(run, {
    status: 'stopped',
    finished_at: '2026-11-22T15:30:12.000Z',
    iterations_done: iterations,
    owner: null,
  });
  for (let file = 0; file < 5; file++)
    writeFileSync(join(store.parameters.makeFolder(run), `${file}.safetensors`), 'x');
  return { run, key };
}

/** How many rows a run has in all tables, as another connection sees them. */
function rowsOf(key: number): number {
  const sqlite = new Sqlite(store.file, { readonly: true });
  const count = (table: string): number =>
    sqlite.prepare(`SELECT count(*) FROM ${table} WHERE run_key = ?`).pluck().get(key) as number;
  const rows = Object.keys(tablesOfRuns).reduce((sum, table) => sum + count(table), 0);
  sqlite.close();
  return rows;
}

it('every table whose rows belong to a run is removed in pieces', () => {
  const sqlite = new Sqlite(store.file, { readonly: true });
  const tables = sqlite.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all() as string[];
  const ofRuns = tables.filter((table) =>
    (sqlite.pragma(`foreign_key_list(${table})`) as { table: string }[]).some((key) => key.table === 'runs'),
  );
  sqlite.close();
  expect(Object.keys(tablesOfRuns).sort()).toEqual(ofRuns.sort());
});

it('cuts a run back in pieces, each of which leaves a store that is as it was written', async () => {
  const { run } = fill(3500);
  let pieces = 0;
  for (let more = true; more; pieces++) {
    more = store.rewindPiece(run);
    if (pieces % 3 === 0) expect((await checkStore(folder.path)).findings.filter(isUnsound)).toEqual([]);
  }
  store.transaction(() => {
    store.rewind(run);
    store.runs.change(run, { iterations_done: 0 });
  });
  expect((await checkStore(folder.path)).findings.filter(isUnsound)).toEqual([]);
  expect(pieces).toBeGreaterThan(3);
});

it('the size of a piece follows the time that the last one took', () => {
  expect(nextPiece(1000, pieceMilliseconds)).toBe(1000);
  expect(nextPiece(1000, 2 * pieceMilliseconds)).toBe(500);
  expect(nextPiece(1000, 0)).toBe(4000);
  expect(nextPiece(1, 1e6)).toBe(1);
});

describe('deleting for good', () => {
  it('hides a run at once and removes it in pieces, between which other processes write', async () => {
    const { run, key } = fill(20_000);
    const other = new Sqlite(store.file, { timeout: 0 });
    store.delete([run], true);
    expect(store.runs.list()).toEqual([]);
    expect(store.runs.deleted()).toEqual([]);
    expect(() => store.restore([run])).toThrow('gone for good');
    const seen = new Set<number>();
    const writing = setInterval(() => {
      other.exec("INSERT OR REPLACE INTO settings VALUES ('other', '1')");
      seen.add(rowsOf(key));
    }, 1);
    await store.finishDeletions();
    clearInterval(writing);
    other.close();
    expect(seen.size).toBeGreaterThan(3);
    expect(rowsOf(key)).toBe(0);
    expect(store.runs.has(run)).toBe(false);
    expect(existsSync(store.parameters.folder(run))).toBe(false);
  });

  it('that was interrupted is hidden, and finished by the next that opens the store', async () => {
    const { run, key } = fill(20_000);
    const before = rowsOf(key);
    const child = fork(fileURLToPath(new URL('../testing/delete-run.ts', import.meta.url)), [folder.path, run], {
      execArgv: [],
    });
    // between two pieces, and no other piece until it is killed
    const between = new Sqlite(store.file, { timeout: 0 });
    for (let begun = false; !begun;) {
      await setTimeout(1);
      try {
        between.exec('BEGIN IMMEDIATE');
      } catch {
        continue;
      }
      begun = rowsOf(key) < before;
      if (!begun) between.exec('ROLLBACK');
    }
    child.kill('SIGKILL');
    await once(child, 'exit');
    between.close();
    expect(rowsOf(key)).toBeGreaterThan(0);
    expect(existsSync(store.parameters.folder(run))).toBe(true);
    expect(store.runs.list()).toEqual([]);
    const workbench = openTest(folder.path);
    expect(await workbench.handle('runs.list', {})).toEqual([]);
    expect(await workbench.handle('runs.list', { deleted: true })).toEqual([]);
    await until(() => !store.runs.has(run));
    expect(rowsOf(key)).toBe(0);
    expect(existsSync(store.parameters.folder(run))).toBe(false);
    await workbench.close();
  });

  it('stops when the store is closed, and goes on when it is opened', async () => {
    const { run, key } = fill(20_000);
    store.delete([run], true);
    const removing = store.finishDeletions();
    store.close();
    await removing;
    store = openStore(folder.path);
    expect(rowsOf(key)).toBeGreaterThan(0);
    await store.finishDeletions();
    expect(rowsOf(key)).toBe(0);
  });
});

describe('setting a run back', () => {
  it('far is done in pieces from its end, each of which leaves a shorter whole run', () => {
    const { run, key } = fill(10_000);
    let pieces = 0;
    let reach = store.records.reach(key).iteration;
    while (store.rewindPiece(run)) {
      pieces++;
      const now = store.records.reach(key);
      expect(now.iteration).toBeLessThan(reach);
      reach = now.iteration;
      const { iteration } = store.records.iterations(key, 0);
      expect([iteration.length, iteration.at(-1)]).toEqual([reach + 1, reach]);
      expect(now.sliceIteration).toBe(reach - (reach % 2));
      expect(now.epoch).toBe(-1);
    }
    expect(pieces).toBeGreaterThan(3);
    store.transaction(() => store.rewind(run));
    expect(rowsOf(key)).toBe(0);
  });
});
