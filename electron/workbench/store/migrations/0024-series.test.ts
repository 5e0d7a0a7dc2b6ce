import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seconds } from '../../../../build/machine.ts';
import { fromColumns } from '../../../../shared/records.ts';
import { isUnsound } from '../../../../shared/store-check.ts';
import type { RecordBatch } from '../../../../shared/trainer-messages.ts';
import { temporaryFolder } from '../../../datasets/testing.ts';
import type { TemporaryFolder } from '../../../datasets/testing.ts';
import { batchOf, curvatureOf } from '../../testing/batches.ts';
import { until } from '../../testing/open.ts';
import { listBackups } from '../backup.ts';
import { checkStore } from '../check.ts';
import { applicationId, openDatabase } from '../database.ts';
import { beginning, recordKinds } from '../records.ts';
import { slowLog } from '../slow-log.ts';
import { openStore } from '../store.ts';
import { migrations } from './index.ts';

let folder: TemporaryFolder;
let file: string;
beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder.path, 'valleywalk.sqlite');
});
afterEach(() => folder.remove());

/** Runs of a store of version 23, by key: their records as rows, with real NULLs. */
function writeOld(runs: Record<number, RecordBatch>, status = 'stopped'): void {
  const sqlite = new Sqlite(file);
  sqlite.pragma('journal_mode = WAL');
  for (const { sql } of migrations.slice(0, 23)) sqlite.exec(sql);
  sqlite.pragma(`application_id = ${applicationId}`);
  sqlite.pragma('user_version = 23');
  const insert = sqlite.prepare(
    `INSERT INTO runs (key, run, name, status, experiment, seed, created_at, iterations_total, iterations_done, summary, backend, updated_at)
     VALUES (?, ?, 'Old', ?, '{}', 1, 'then', 9, ?, '{}', 'cpu', 'then')`,
  );
  sqlite.transaction(() => {
    for (const [key, batch] of Object.entries(runs)) {
      insert.run(key, `run-${key}`, status, (batch.iterations.iteration.at(-1) ?? -1) + 1);
      for (const table of Object.keys(recordKinds)) {
        const quantities = (sqlite.pragma(`table_info(${table})`) as { name: string }[])
          .map(({ name }) => name)
          .filter((name) => name !== 'run_key');
        const columns = batch[table as keyof RecordBatch] as unknown as Record<string, Float64Array>;
        const row = sqlite.prepare(
          `INSERT INTO ${table} (run_key, ${quantities.join(', ')}) VALUES (?${', ?'.repeat(quantities.length)})`,
        );
        for (let at = 0; at < columns[quantities[0]!]!.length; at++)
          row.run(key, ...quantities.map((name) => (Number.isFinite(columns[name]![at]) ? columns[name]![at] : null)));
      }
    }
  })();
  sqlite.close();
}

const withCurvature = (batch: RecordBatch): RecordBatch => {
  const records = [0, 1500].flatMap(curvatureOf);
  const curvature = Object.fromEntries(
    recordKinds.curvature.quantities.map((name) => [name, Float64Array.from(records, (each) => each[name]!)]),
  ) as RecordBatch['curvature'];
  return { ...batch, curvature };
};
const version = (): unknown => {
  const sqlite = new Sqlite(file, { readonly: true });
  try {
    return sqlite.pragma('user_version', { simple: true });
  } finally {
    sqlite.close();
  }
};
/** Opens the database as a store does. @returns what it said */
const open = (): string[] => {
  const said: string[] = [];
  openDatabase(folder.path, slowLog(join(folder.path, 'debug.log')), (sentence) => said.push(sentence)).close();
  return said;
};

/** Expects the records of a run to be what was written as rows. */
function expectRecords(key: number, batch: RecordBatch): void {
  const store = openStore(folder.path);
  const { records } = store;
  const read: RecordBatch = {
    iterations: records.iterations(key, 0),
    slices: records.slices(key, 0, 1e9),
    epochs: records.epochs(key),
    curvature: records.curvature(key, 0),
    times: records.times(key),
  };
  for (const name of Object.keys(recordKinds) as (keyof RecordBatch)[]) expect(read[name], name).toEqual(batch[name]);
  store.close();
}

it('brings every record of every run over, null as NaN, deleted runs too, and the store is sound', async () => {
  const long = withCurvature(batchOf(0, 2350));
  // an imported walk has no iterations in between, and may begin anywhere
  const gaps = batchOf(0, 30);
  for (const name of ['iterations', 'slices', 'times'] as const)
    gaps[name].iteration = gaps[name].iteration.map((t) => 700 * t + 5);
  writeOld({ 1: long, 4: gaps, 7: batchOf(0, 0), 9: batchOf(0, 40) });
  const sqlite = new Sqlite(file);
  sqlite.exec("UPDATE runs SET kind = 'imported' WHERE key = 4");
  sqlite.exec("UPDATE runs SET deleted_at = '2026-11-22T15:30:12.000Z' WHERE key = 9");
  sqlite.close();
  expect(open().at(-1)).toMatch(/was brought up to date, from version 23 to/);
  expectRecords(1, long);
  expectRecords(4, gaps);
  expectRecords(7, batchOf(0, 0));
  expectRecords(9, batchOf(0, 40));
  const check = await checkStore(folder.path);
  expect(check.findings.filter(isUnsound)).toEqual([]);
  const after = new Sqlite(file, { readonly: true });
  expect(after.prepare("SELECT count(*) FROM chunks WHERE record = 'iterations' AND run_key = 1").pluck().get()).toBe(
    3,
  );
  // the pages of the rows are free, for what comes next
  expect(after.pragma('freelist_count', { simple: true })).toBeGreaterThan(10);
  after.close();
});

it('goes on with a run from before as with any other', () => {
  writeOld({ 1: batchOf(0, 1050) });
  open();
  const store = openStore(folder.path);
  store.transaction(() => {
    store.records.rewind(1, 1030, 103);
    store.records.append(1, batchOf(1030, 80));
  });
  expect(fromColumns(recordKinds.iterations.quantities, store.records.iterations(1, 0))).toEqual(
    fromColumns(recordKinds.iterations.quantities, batchOf(0, 1110).iterations),
  );
  store.close();
});

describe('rows that were damaged before', () => {
  const earlier = fileURLToPath(new URL('../../testing/stores/schema-23/store', import.meta.url));

  it('are none in a store of version 23 that is sound: its checksums are understood', async () => {
    cpSync(earlier, folder.path, { recursive: true });
    expect(open()).toHaveLength(1);
    const check = await checkStore(folder.path);
    expect(check.findings.filter(isUnsound)).toEqual([]);
    expect(check.rows).toBeGreaterThan(2400);
  });

  it('are moved as they are, told, and found by every check from then on', async () => {
    cpSync(earlier, folder.path, { recursive: true });
    const sqlite = new Sqlite(file);
    const [run, key] = sqlite
      .prepare('SELECT run, key FROM runs JOIN iterations ON run_key = key WHERE iteration = 3 LIMIT 1')
      .raw()
      .get() as [string, number];
    sqlite.exec(`UPDATE iterations SET batch_loss = batch_loss * (1 + 1e-15) WHERE run_key = ${key} AND iteration = 3`);
    const changed = sqlite
      .prepare(`SELECT batch_loss FROM iterations WHERE run_key = ${key} AND iteration = 3`)
      .pluck()
      .get();
    sqlite.close();
    expect(open()[0]).toBe(
      `iterations 0 to 999 of run ${run} are not what was written; they were kept as they are, and valleywalk doctor --check-store goes on telling it`,
    );
    const store = openStore(folder.path);
    expect(store.records.iterations(key, 3).batch_loss[0]).toBe(changed);
    store.close();
    const found = (await checkStore(folder.path)).findings.filter(isUnsound);
    expect(found.map(({ where, what }) => `${where} ${what}`)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^run ${run} has iterations that were not what was written when they were last written anew \\(iteration 0 to`,
        ),
      ),
    ]);
  });

  it('are told where none of a block is left, by run and record, by every check and after the run goes on', async () => {
    cpSync(earlier, folder.path, { recursive: true });
    const sqlite = new Sqlite(file);
    const [run, key] = sqlite
      .prepare('SELECT run, key FROM runs JOIN curvature ON run_key = key ORDER BY key LIMIT 1')
      .raw()
      .get() as [string, number];
    const lost = ['slices', 'epochs', 'curvature', 'times'] as const;
    for (const record of lost) sqlite.exec(`DELETE FROM ${record} WHERE run_key = ${key}`);
    sqlite.close();
    expect(open().slice(0, -1)).toEqual(
      lost.map(
        (record) =>
          `${record} 0 to 999 of run ${run} are gone, all that were written; valleywalk doctor --check-store goes on telling it`,
      ),
    );
    const damaged = async (): Promise<string[]> =>
      (await checkStore(folder.path)).findings.filter(isUnsound).map(({ where, what }) => `${where} ${what}`);
    const reported = [...lost]
      .sort()
      .map((record): unknown => expect.stringMatching(new RegExp(`^run ${run} .*${record}`)));
    expect(await damaged()).toEqual(reported);
    // what is not there reads as nothing
    const store = openStore(folder.path);
    const { records } = store;
    expect(records.slices(key, 0, 1e9).alpha).toHaveLength(0);
    expect(records.epochs(key).epoch).toHaveLength(0);
    expect(records.curvature(key, 0).rank).toHaveLength(0);
    expect(records.times(key).iteration).toHaveLength(0);
    expect(records.iterations(key, 0).iteration).toHaveLength(12);
    expect(records.elapsed(key)).toBeNull();
    expect(records.has(key)).toEqual({ slices: false, epochs: false, curvature: false, bothEnds: false, fit: false });
    expect(records.after(key, beginning, 100).batch.iterations.iteration).toHaveLength(12);
    expect(store.summary(run).probed_iterations).toBeGreaterThan(0);
    store.transaction(() => {
      records.append(key, batchOf(12, 8));
      store.runs.change(run, { iterations_done: 20 });
    });
    expect(records.slices(key, 0, 1e9).iteration[0]).toBeGreaterThanOrEqual(12);
    store.close();
    expect(await damaged()).toEqual(reported);
  });

  it('in the middle of a long run, too, whose records before and after are as they were', () => {
    cpSync(earlier, folder.path, { recursive: true });
    const sqlite = new Sqlite(file);
    const [run, key] = sqlite.prepare("SELECT run, key FROM runs WHERE name = 'everything measured'").raw().get() as [
      string,
      number,
    ];
    // as if those of a thousand epochs had been there between
    sqlite.exec(`INSERT INTO record_checksums VALUES (${key}, 'epochs', 1, 1000, 7)`);
    const epochs = sqlite.prepare('SELECT epoch FROM epochs WHERE run_key = ?').pluck().all(key);
    sqlite.close();
    expect(open()[0]).toBe(
      `epochs 1000 to 1999 of run ${run} are gone, all that were written; valleywalk doctor --check-store goes on telling it`,
    );
    const store = openStore(folder.path);
    expect([...store.records.epochs(key).epoch]).toEqual(epochs);
    store.close();
  });

  it('are none in a run that is half removed; the removal is finished', async () => {
    cpSync(earlier, folder.path, { recursive: true });
    const sqlite = new Sqlite(file);
    const [run, key] = sqlite.prepare("SELECT run, key FROM runs WHERE name = 'everything measured'").raw().get() as [
      string,
      number,
    ];
    // a workbench of version 23 was killed between two pieces
    sqlite.exec(`UPDATE runs SET deleted_at = '2026-11-22T15:30:12.000Z', removed = 1 WHERE key = ${key};
      DELETE FROM slices WHERE run_key = ${key};
      DELETE FROM iterations WHERE run_key = ${key} AND iteration < 5;`);
    sqlite.close();
    expect(open()).toEqual([expect.stringContaining('was brought up to date')]);
    const after = new Sqlite(file, { readonly: true });
    const left = (table: string): unknown =>
      after.prepare(`SELECT count(*) FROM ${table} WHERE run_key = ?`).pluck().get(key);
    expect([left('chunks'), left('series')]).toEqual([0, 0]);
    const store = openStore(folder.path);
    expect(store.runs.forgotten()).toEqual([{ run, key }]);
    expect(left('parameter_files')).toBeGreaterThan(0);
    await store.finishDeletions();
    expect(store.runs.has(run)).toBe(false);
    expect(left('parameter_files')).toBe(0);
    expect(existsSync(store.parameters.folder(run))).toBe(false);
    store.close();
    after.close();
    expect((await checkStore(folder.path)).findings.filter(isUnsound)).toEqual([]);
  });

  it('and records that belong to no run stop it: the store is as it was', () => {
    writeOld({ 1: batchOf(0, 3) });
    const sqlite = new Sqlite(file);
    sqlite.pragma('foreign_keys = OFF');
    sqlite.exec('UPDATE times SET run_key = 5');
    sqlite.close();
    expect(open).toThrow(/holds records of runs that are not there, .* nothing was changed in it/);
    expect(version()).toBe(23);
  });
});

it(
  'that is killed leaves the old store whole, and is done by the next that opens it',
  { timeout: seconds(60) },
  async () => {
    const batch = batchOf(0, 20_000);
    writeOld({ 1: batch });
    const whole = join(folder.path, 'whole');
    mkdirSync(whole);
    cpSync(file, join(whole, 'valleywalk.sqlite'));
    const worker = fileURLToPath(new URL('../../testing/open-store.ts', import.meta.url));
    let killed = 0;
    // at several moments after the backup was made, from its first rows on
    for (const delay of [0, 40, 120, 300]) {
      const backups = listBackups(folder.path).map(({ number }) => number)[0] ?? 0;
      const child = fork(worker, [folder.path], { silent: true });
      const gone = once(child, 'exit');
      await until(() => (listBackups(folder.path)[0]?.number ?? 0) > backups);
      await setTimeout(delay);
      child.kill('SIGKILL');
      await gone;
      if (version() !== 23) break;
      killed += 1;
      const sqlite = new Sqlite(file, { readonly: true });
      expect(sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(sqlite.prepare('SELECT count(*) FROM iterations').pluck().get()).toBe(20_000);
      expect(sqlite.prepare('SELECT count(*) FROM slices').pluck().get()).toBe(30_000);
      expect(
        sqlite.prepare("SELECT count(*) FROM sqlite_schema WHERE name IN ('series', 'chunks')").pluck().get(),
      ).toBe(0);
      sqlite.close();
    }
    expect(killed).toBeGreaterThan(0);
    expectRecords(1, batch);
    expect(version()).toBe(migrations.length);
  },
);
