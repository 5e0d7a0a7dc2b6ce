import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blankSummary } from '../../../shared/blank-records.ts';
import { datasetSchema } from '../../../shared/datasets.ts';
import type { Dataset } from '../../../shared/datasets.ts';
import { experimentSchema } from '../../../shared/experiment.ts';
import { epochColumns, fromColumns, iterationColumns, runRecordSchema } from '../../../shared/records.ts';
import type { EpochRecord, IterationRecord } from '../../../shared/records.ts';
import { answerTo, unmeasuredResolution } from '../../../shared/resolution.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { applicationId, checkRuntime, openDatabase } from './database.ts';
import { storeError } from './errors.ts';
import { migrate, migrations } from './migrations/index.ts';
import { slowLog } from './slow-log.ts';
import { openStore } from './store.ts';

let folder: TemporaryFolder;
let file: string;
beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder.path, 'valleywalk.sqlite');
});
afterEach(() => folder.remove());

const columnsOf = (sqlite: Sqlite.Database, table: string): string[] =>
  (sqlite.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name);

describe('migrations', () => {
  it('are numbered without a gap', () => {
    migrations.forEach(({ name }, index) =>
      expect(name).toMatch(new RegExp(`^${String(index + 1).padStart(4, '0')}-`)),
    );
    const files = readdirSync(new URL('migrations', import.meta.url)).filter(
      (name) => /^\d/.test(name) && !name.endsWith('.test.ts'),
    );
    expect(files.sort()).toEqual(migrations.map(({ name }) => `${name}.ts`));
  });

  it('make tables whose columns are the records’', () => {
    const sqlite = new Sqlite(':memory:');
    migrate(sqlite, migrations);
    const tables = sqlite.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
    for (const gone of ['iterations', 'slices', 'epochs', 'curvature', 'times', 'packs', 'record_checksums'])
      expect(tables).not.toContain(gone);
    expect(columnsOf(sqlite, 'series')).toEqual(['run_key', 'record', 'quantity', 'start', 'checksum', 'numbers']);
    // a study's name stands in its own table, and the sequence is that of the keys
    const ofRuns = Object.keys(runRecordSchema.omit({ study_name: true, sequence: true }).shape);
    expect(columnsOf(sqlite, 'runs')).toEqual(expect.arrayContaining(ofRuns));
    expect(columnsOf(sqlite, 'parameter_files')).toEqual(['run_key', 'iteration', 'file', 'sha256', 'bytes']);
    sqlite.close();
  });

  it('0008-run-notes keeps the runs of a store written before, without tags and notes', () => {
    const sqlite = new Sqlite(file);
    for (const { sql } of migrations.slice(0, 2)) sqlite.exec(sql);
    sqlite.pragma(`application_id = ${applicationId}`);
    sqlite.pragma('user_version = 2');
    sqlite
      .prepare(
        "INSERT INTO runs (run, name, status, experiment, seed, created_at, iterations_total, summary, backend, updated_at) VALUES ('old', 'Old', 'finished', ?, 1, 'then', 10, ?, 'cpu', 'then')",
      )
      .run(JSON.stringify(experimentSchema.parse({})), JSON.stringify(blankSummary()));
    sqlite.close();
    const store = openStore(folder.path);
    expect(runRecordSchema.parse(store.runs.get('old').record)).toMatchObject({
      name: 'Old',
      tags: [],
      notes: '',
      archived: false,
      baseline: false,
    });
    store.close();
  });

  it('0010-resume keeps the runs, their records and the numbers of deleted runs', async () => {
    const sqlite = new Sqlite(file);
    sqlite.pragma('foreign_keys = ON');
    for (const { sql } of migrations.slice(0, 9)) sqlite.exec(sql);
    sqlite.pragma(`application_id = ${applicationId}`);
    sqlite.pragma('user_version = 9');
    const insert = sqlite.prepare(
      `INSERT INTO runs (run, name, status, experiment, seed, created_at, iterations_total, summary, backend, updated_at)
       VALUES (?, 'old', ?, '{"name":"old"}', 1, 'then', 60, '{}', 'cpu', 'then')`,
    );
    for (const [run, status] of [
      ['a', 'finished'],
      ['b', 'stopped'],
      ['c', 'failed'],
    ])
      insert.run(run, status);
    sqlite.exec("DELETE FROM runs WHERE run = 'c'");
    sqlite.exec('INSERT INTO iterations (run_key, iteration, epoch, batch_loss) VALUES (2, 0, 1, 2.5)');
    sqlite.close();
    const store = openStore(folder.path);
    expect(store.runs.list().map(({ record }) => [record.run, record.status, record.checkpoint_iteration])).toEqual([
      ['b', 'stopped', null],
      ['a', 'finished', null],
    ]);
    expect([...store.records.iterations(store.runs.key('b'), 0).batch_loss]).toEqual([2.5]);
    const { record } = store.create({
      experiment: experimentSchema.parse({}),
      iterationsTotal: 60,
      parameters: 1,
      backend: 'cpu',
    });
    expect(store.runs.key(record.run)).toBe(4);
    store.transaction(() => store.runs.change(record.run, { status: 'paused' }));
    // records still go with their run
    store.delete(['b'], true);
    await store.finishDeletions();
    store.close();
    const after = new Sqlite(file, { readonly: true });
    for (const table of ['chunks', 'series'])
      expect(after.prepare(`SELECT count(*) FROM ${table}`).pluck().get(), table).toBe(0);
    after.close();
  });

  it('0002-dataset-formats keeps the data sets of a store written before', () => {
    const sqlite = new Sqlite(file);
    sqlite.exec(migrations[0]!.sql);
    sqlite.pragma(`application_id = ${applicationId}`);
    sqlite.pragma('user_version = 1');
    const checksum = 'c'.repeat(64);
    sqlite
      .prepare("INSERT INTO datasets VALUES ('old', 'Old “one”', 'idx', ?, ?, 20, 2, 3, 1, 2, ?, NULL)")
      .run('/a "b"/images', '/a "b"/labels', checksum);
    sqlite.close();
    const store = openStore(folder.path);
    const old: Dataset = {
      id: 'old',
      title: 'Old “one”',
      format: 'idx',
      files: ['/a "b"/images', '/a "b"/labels'],
      count: 20,
      height: 2,
      width: 3,
      channels: 1,
      classes: 2,
      classNames: null,
      normalisation: { mean: [0.5], std: [1] },
      checksum,
      bundled: false,
      licence: null,
    };
    expect(store.datasets.list()).toEqual([datasetSchema.parse(old)]);
    const colourful: Dataset = {
      ...old,
      id: 'new',
      format: 'cifar-10',
      classNames: ['cat', 'dog'],
      normalisation: { mean: [0.1, 0.2, 0.3], std: [1, 2, 3] },
      licence: 'CC0',
    };
    store.datasets.insert(colourful);
    expect(store.datasets.list()).toEqual([colourful, old]);
    store.close();
    const after = new Sqlite(file, { readonly: true });
    expect(after.pragma('user_version', { simple: true })).toBe(migrations.length);
    after.close();
  });

  it('0003 and 0007 keep runs of a store written before, whose experiments have the settings of today', () => {
    const sqlite = new Sqlite(file);
    for (const { sql } of migrations.slice(0, 2)) sqlite.exec(sql);
    sqlite.pragma(`application_id = ${applicationId}`);
    sqlite.pragma('user_version = 2');
    const experiment = {
      optimizer: { kind: 'sgd', learningRate: 0.1, batchSize: 50, microBatch: null, momentum: 0, weightDecay: 0 },
    };
    sqlite
      .prepare(
        `INSERT INTO runs (key, run, name, status, experiment, seed, created_at, iterations_total, summary, backend, updated_at)
         VALUES (1, 'old', 'Old', 'finished', ?, 1, 'then', 2, '{"batch_loss":2}', 'cpu', 'then')`,
      )
      .run(JSON.stringify(experiment));
    sqlite.exec('INSERT INTO iterations (run_key, iteration, epoch, learning_rate) VALUES (1, 0, 1, 0.1)');
    sqlite.exec('INSERT INTO epochs VALUES (1, 1, 60, 1, 1, 1, 1, 1, 3, 40, 30, 20, NULL)');
    sqlite.close();
    const store = openStore(folder.path);
    const { record } = store.runs.get('old');
    expect(runRecordSchema.parse(record)).toEqual(record);
    expect(record.experiment.optimizer).toMatchObject({ batchSize: 50, schedule: { kind: 'constant' } });
    expect(record.summary).toMatchObject({ batch_loss: 2, noise_deviation: null });
    const iterations = store.records.iterations(1, 0);
    expect([...iterations.learning_rate, ...iterations.noise_deviation]).toEqual([0.1, NaN]);
    const epochs = store.records.epochs(1);
    expect([...epochs.barriers, ...epochs.barriers_above_noise, ...epochs.probed_iterations]).toEqual([3, NaN, 40]);
    expect(store.records.curvature(1, 0).iteration).toHaveLength(0);
    expect(record.experiment.probes.hessian).toEqual({ method: 'none' });
    store.close();
  });

  it('0015-paces forgets paces that do not say what they were measured on', () => {
    const sqlite = new Sqlite(file);
    for (const { sql } of migrations.slice(0, 14)) sqlite.exec(sql);
    sqlite.pragma(`application_id = ${applicationId}`);
    sqlite.pragma('user_version = 14');
    sqlite.exec("INSERT INTO paces VALUES ('cpu', 'update', 1, 'now')");
    sqlite.close();
    const store = openStore(folder.path);
    expect(store.paces.of('cpu')).toEqual([]);
    store.close();
  });

  it('0028-paces-of-choices forgets paces that count no activations and optimisers, and no speeds', () => {
    const sqlite = new Sqlite(file);
    migrate(sqlite, migrations.slice(0, 27));
    sqlite.pragma(`application_id = ${applicationId}`);
    sqlite.pragma('user_version = 27');
    sqlite.exec("INSERT INTO paces VALUES ('cpu', 'mlp', 'update', 12, 2e7, 1e10, 'now')");
    sqlite.exec("INSERT INTO speeds VALUES ('cpu', 'mlp', 'a', 4, 200000, 'now', 2000)");
    sqlite.close();
    const store = openStore(folder.path);
    expect(store.paces.of('cpu')).toEqual([]);
    expect(store.speeds.list()).toHaveLength(1);
    store.close();
  });

  it('0016-evaluated-examples tells how many examples slow devices had evaluated', () => {
    const sqlite = new Sqlite(file);
    for (const { sql } of migrations.slice(0, 15)) sqlite.exec(sql);
    sqlite.pragma(`application_id = ${applicationId}`);
    sqlite.pragma('user_version = 15');
    sqlite.exec(
      "INSERT INTO speeds VALUES ('cpu', 'mlp', 'a', 4, 200000, 'now'), ('webgpu', 'mlp', 'b', 9000, 40, 'now')",
    );
    sqlite.close();
    const store = openStore(folder.path);
    expect(store.speeds.list()).toMatchObject([
      { backend: 'cpu', examples_per_second: 200_000, evaluated_examples: 2000 },
      { backend: 'webgpu', examples_per_second: 40, evaluated_examples: 200 },
    ]);
    store.close();
  });

  it('0018-resolution answers the questions about the slices of a store written before by what float32 holds', () => {
    const sqlite = new Sqlite(file);
    for (const { sql } of migrations.slice(0, 17)) sqlite.exec(sql);
    sqlite.pragma(`application_id = ${applicationId}`);
    sqlite.pragma('user_version = 17');
    sqlite
      .prepare(
        `INSERT INTO runs (key, run, name, status, experiment, seed, created_at, iterations_total, summary, backend, updated_at)
         VALUES (1, 'old', 'Old', 'finished', '{}', 1, 'then', 9, ?, 'cpu', 'then')`,
      )
      .run(JSON.stringify({ barriers: 4, interior_floors: 3, convex_slices: 4, bounces: 3, distance: 2 }));
    // as the walk recorded them: losses, standard error, cosine, and what it said of convexity
    const old: [losses: (number | null)[], error: number | null, cosine: number | null, convex: 0 | 1 | null][] = [
      [[1, 1 + 1e-7, 1], null, null, 1],
      [[1, 1.5, 1], null, 0.5, 0],
      [[1, 0.5, 1], null, -0.5, 1],
      [[2, 1.5, 1], null, -0.5, 1],
      [[1, 0.99, 1], 0.01, -0.5, 1],
      [[1, 0.9, 1], 0.01, -0.5, 1],
      [[1, null, 1], null, -0.5, null],
      [[1, 1 - 1e-7, 1], null, -0.5, 1],
      [[0, 1, 0.9], null, -0.5, 0],
    ];
    const iteration = sqlite.prepare(
      `INSERT INTO iterations (run_key, iteration, epoch, gradient_cosine, loss_before, loss_after, floor_loss, floor_alpha, barrier_height, convex, bounce)
       VALUES (1, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const point = sqlite.prepare('INSERT INTO slices VALUES (1, ?, ?, ?, 0.5, ?)');
    old.forEach(([losses, error, cosine, convex], t) => {
      const [before, middle, after] = losses as [number, number | null, number];
      const lost = middle === null;
      const inside = !lost && middle < Math.min(before, after);
      const floor = lost ? null : Math.min(before, middle, after);
      const height = lost ? null : Math.max(0, middle - Math.max(before, after));
      const place = lost ? null : losses.indexOf(floor) / 2;
      const bounce = lost || cosine === null ? null : Number(inside && cosine < 0);
      iteration.run(t, cosine, before, after, floor, place, height, convex, bounce);
      losses.forEach((loss, k) => point.run(t, k / 2, loss, error));
    });
    sqlite.exec('INSERT INTO iterations (run_key, iteration, epoch, batch_loss) VALUES (1, 9, 1, 2.5)');
    sqlite.exec(
      `INSERT INTO epochs (run_key, epoch, iterations, barriers, barriers_above_noise, probed_iterations, interior_floors, convex_slices)
       VALUES (1, 0, 0, 0, 0, 0, 0, 0), (1, 1, 10, 2, 1, 9, 4, 6)`,
    );
    sqlite.close();

    const store = openStore(folder.path);
    const records = fromColumns<IterationRecord>(iterationColumns, store.records.iterations(1, 0));
    const asked = ['interior_floor', 'barrier', 'convex', 'bounce'] as const;
    const said = records.map((each) => asked.map((flag) => answerTo(each, flag)?.[0] ?? '–').join(''));
    // yes, no, below, – not asked
    expect(said).toEqual(['bbb–', 'nynn', 'ynyy', 'nnbn', 'bbbb', 'ynyy', '––––', 'bbbb', 'nynn', '––––']);
    expect(records[1]!.loss_resolution).toBeCloseTo(unmeasuredResolution([1, 1.5, 1]), 20);
    expect(records[4]!.loss_resolution).toBeCloseTo(unmeasuredResolution([1]), 20);
    expect([records[6]!.loss_resolution, records[9]!.loss_resolution]).toEqual([null, null]);
    // what was measured stays
    expect(records[0]!.barrier_height).toBeCloseTo(1e-7, 15);
    const counts = {
      barriers: 2,
      interior_floors: 2,
      convex_slices: 2,
      unresolved_slices: 4,
    };
    const [, first] = fromColumns<EpochRecord>(epochColumns, store.records.epochs(1));
    expect(first).toMatchObject({ ...counts, barriers_above_noise: 2, probed_iterations: 9 });
    expect(store.runs.get('old').record.summary).toMatchObject({ ...counts, bounces: 2, distance: 2 });
    expect(store.summary('old')).toMatchObject({ ...counts, bounces: 2, probed_iterations: 9 });
    store.close();
  });

  it('are applied once, and marked', () => {
    openStore(folder.path).close();
    openStore(folder.path).close();
    const sqlite = new Sqlite(file, { readonly: true });
    expect(sqlite.pragma('user_version', { simple: true })).toBe(migrations.length);
    expect(sqlite.pragma('application_id', { simple: true })).toBe(applicationId);
    expect(sqlite.pragma('journal_mode', { simple: true })).toBe('wal');
    sqlite.close();
  });
});

describe('a store that cannot be used', () => {
  const refuses = (message: RegExp | string): void => {
    let thrown: unknown;
    try {
      openStore(folder.path).close();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ name: 'ValleywalkError', kind: 'store' });
    expect((thrown as Error).message).toMatch(message);
  };

  it('written by a newer Valleywalk is left as it is', () => {
    openStore(folder.path).close();
    const sqlite = new Sqlite(file);
    sqlite.pragma(`user_version = ${migrations.length + 1}`);
    sqlite.close();
    const before = readFileSync(file);
    refuses(/written by a newer Valleywalk .* nothing was changed .* update Valleywalk/);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  it('of another program is left as it is', () => {
    const sqlite = new Sqlite(file);
    sqlite.exec('CREATE TABLE bookmarks (url TEXT)');
    sqlite.close();
    const before = readFileSync(file);
    refuses(/is a database of another program; nothing was changed/);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('that is no database', () => {
    writeFileSync(file, 'This is a letter, not a database. '.repeat(100));
    refuses(/valleywalk\.sqlite is not a run store \(it is not an SQLite database\)/);
  });

  it('that is damaged', () => {
    openStore(folder.path).close();
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0xa5, 100, 8000));
    refuses(/valleywalk\.sqlite is damaged .* restore it from a backup/);
  });

  it('whose folder is a file', () => {
    const inside = folder.path;
    writeFileSync(join(inside, 'file'), '');
    folder = { ...folder, path: join(inside, 'file') };
    refuses(/because a file is in its place; choose another store folder/);
    folder = { ...folder, path: join(inside, 'file', 'deeper') };
    refuses(/because a file is in its place; choose another store folder/);
    folder = { ...folder, path: inside };
  });

  it('whose database is a folder', () => {
    mkdirSync(file);
    refuses(/valleywalk\.sqlite cannot be used/);
  });

  it('names what to do for the errors that a test cannot bring about', () => {
    const coded = (code: string): Error => Object.assign(new Error('told so'), { code });
    expect(storeError(coded('SQLITE_FULL'), 'F').message).toBe(
      'the disk that holds F is full; free some space and try again',
    );
    expect(storeError(coded('SQLITE_BUSY'), 'F').message).toContain('kept busy by another program');
    expect(storeError(coded('EACCES'), 'F').message).toContain('F cannot be written');
    expect(storeError(coded('SQLITE_READONLY'), 'F').message).toContain('F cannot be written');
  });
});

describe('checkRuntime', () => {
  it('refuses a Node on which better-sqlite3 would crash the process', () => {
    expect(() => checkRuntime({ napi: '10', node: '24.0.0' })).not.toThrow();
    expect(() => checkRuntime({ napi: '9', node: '20.18.0' })).toThrow(/needs Node 22\.14 or newer .* Node 20\.18\.0/);
    expect(() => checkRuntime({})).toThrow(/Node-API unknown/);
  });
});

describe('openDatabase', () => {
  it('lets two connections write in turn and notice each other', () => {
    const slow = slowLog(join(folder.path, 'debug.log'));
    const [one, two] = [openDatabase(folder.path, slow), openDatabase(folder.path, slow)];
    const before = one.dataVersion();
    one.transaction(() => one.prepare("INSERT INTO settings VALUES ('one', '1')").run());
    expect(one.dataVersion()).toBe(before);
    two.transaction(() => two.prepare("INSERT INTO settings VALUES ('two', '2')").run());
    expect(one.dataVersion()).not.toBe(before);
    expect(one.prepare('SELECT * FROM settings').all()).toHaveLength(2);
    expect(() =>
      one.transaction(() => {
        one.prepare('DELETE FROM settings').run();
        throw new Error('changed my mind');
      }),
    ).toThrow('changed my mind');
    expect(one.prepare('SELECT * FROM settings').all()).toHaveLength(2);
    one.close();
    two.close();
  });

  it('writes slow statements into the debug log, and only those', () => {
    const log = join(folder.path, 'debug.log');
    openDatabase(folder.path, slowLog(log, 10_000)).close();
    expect(existsSync(log)).toBe(false);
    const database = openDatabase(folder.path, slowLog(log, 0));
    database.prepare('SELECT *\n  FROM settings').all();
    database.close();
    expect(readFileSync(log, 'utf8')).toMatch(/^\d{4}-.*Z \d+\.\d ms SELECT \* FROM settings$/m);
  });
});
