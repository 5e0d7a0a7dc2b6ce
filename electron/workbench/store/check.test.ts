import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { seconds } from '../../../build/machine.ts';
import { isUnsound } from '../../../shared/store-check.ts';
import type { StoreCheck } from '../../../shared/store-check.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { batchOf } from '../testing/batches.ts';
import { checkInThread } from './check-thread.ts';
import { checkStore } from './check.ts';
import { migrations } from './migrations/index.ts';
import { openStore } from './store.ts';
import { writeStore } from './testing/write-store.ts';

let made: TemporaryFolder;
let folder: TemporaryFolder;
let store: string;
let file: string;
let run: string;

beforeAll(() => {
  made = temporaryFolder();
  run = writeStore(made.path);
});
afterAll(() => made.remove());
beforeEach(() => {
  folder = temporaryFolder();
  store = join(folder.path, 'store');
  file = join(store, 'valleywalk.sqlite');
  cpSync(made.path, store, { recursive: true });
});
afterEach(() => folder.remove());

/** Every file below a folder with its bytes. */
function filesOf(root: string): Map<string, string> {
  return new Map(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(root, path), createHash('sha256').update(readFileSync(path)).digest('hex')]),
  );
}

function flip(path: string, at: number, bits = 0x10): void {
  const bytes = readFileSync(path);
  bytes[at]! ^= bits;
  writeFileSync(path, bytes);
}

/** Changes the bytes of a series of the long run, and nothing else. */
function change(where: string, work: (numbers: Buffer) => void): void {
  const sqlite = new Sqlite(file);
  const [row, ...others] = sqlite
    .prepare(`SELECT rowid, numbers FROM series WHERE run_key = 1 AND ${where}`)
    .raw()
    .all() as [number, Buffer][];
  expect(others).toEqual([]);
  work(row![1]);
  sqlite.prepare('UPDATE series SET numbers = ? WHERE rowid = ?').run(row![1], row![0]);
  sqlite.close();
}

/** Checks, and that nothing was written. */
async function checked(): Promise<StoreCheck> {
  const before = filesOf(store);
  const check = await checkStore(store);
  expect(filesOf(store)).toEqual(before);
  expect(check.sound).toBe(!check.findings.some(isUnsound));
  return check;
}

const reported = ({ findings }: StoreCheck): string[] =>
  findings.map(({ kind, where, what }) => `${kind}: ${where} ${what}`);

describe('whoever follows a check', () => {
  it('is told how far it is, to the end', async () => {
    const reported: number[] = [];
    await checkStore(store, { progress: (share) => reported.push(share) });
    expect(reported.length).toBeGreaterThan(3);
    expect(reported).toEqual([...reported].sort((a, b) => a - b));
    expect(reported[0]).toBeGreaterThan(0);
    expect(reported.at(-1)).toBe(1);
  });

  it('is told after each backup, and within the database after each table and run', async () => {
    const backups = join(store, 'backups');
    mkdirSync(backups);
    for (const number of ['0001', '0002']) {
      const backup = join(backups, `${number}-version-${migrations.length}-2026-01-01.sqlite`);
      cpSync(file, backup);
      writeFileSync(`${backup}.sha256`, createHash('sha256').update(readFileSync(backup)).digest('hex'));
    }
    const reported: number[] = [];
    const { backups: sound } = await checkStore(store, { progress: (share) => reported.push(share) });
    expect(sound).toHaveLength(2);
    // all three are of the same size, and nearly all that there is
    expect(reported[0]).toBeCloseTo(1 / 3, 1);
    expect(reported[1]).toBeCloseTo(2 / 3, 1);
    const within = reported.filter((share) => share > reported[1]! && share < 0.95);
    expect(new Set(within).size).toBeGreaterThan(8);
    expect(reported).toEqual([...reported].sort((a, b) => a - b));
    expect(reported.at(-1)).toBe(1);
  });

  it('can abort it between two files, and no copy of the database is left', async () => {
    const copies = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('valleywalk-check-'));
    const before = new Set(copies());
    const abort = new AbortController();
    let reported = 0;
    const checked = checkStore(store, { progress: () => ++reported === 2 && abort.abort(), signal: abort.signal });
    await expect(checked).rejects.toMatchObject({ name: 'AbortError' });
    expect(reported).toBe(2);
    // other tests beside this one may copy databases, too, and remove them
    await expect.poll(() => copies().filter((name) => !before.has(name)), { timeout: seconds(20) }).toEqual([]);
    const checkedInThread = checkInThread(store, { progress: () => undefined, signal: abort.signal });
    await expect(checkedInThread).rejects.toThrow();
  });
});

describe('a check in a thread', () => {
  it('that is aborted ends at once, whatever it has in hand, and leaves no copy of the database', async () => {
    const sqlite = new Sqlite(file);
    const large = 8 * 1024 ** 3;
    const name = sqlite.prepare('SELECT file FROM parameter_files WHERE run_key = 1').pluck().get() as string;
    sqlite.prepare('UPDATE parameter_files SET bytes = ? WHERE run_key = 1 AND file = ?').run(large, name);
    sqlite.close();
    // a file with a hole, whose bytes take seconds to read all the same
    truncateSync(join(store, 'parameters', run, name), large);
    const copies = (): string[] => readdirSync(tmpdir()).filter((each) => each.startsWith('valleywalk-check-'));
    const before = new Set(copies());
    const abort = new AbortController();
    const checked = checkInThread(store, { signal: abort.signal });
    checked.catch(() => undefined);
    await expect.poll(() => copies().some((each) => !before.has(each)), { timeout: seconds(20) }).toBe(true);
    await setTimeout(300);
    const asked = performance.now();
    abort.abort();
    await expect(checked).rejects.toMatchObject({ name: 'AbortError' });
    expect(performance.now() - asked).toBeLessThan(seconds(1.5));
    await expect.poll(() => copies().filter((each) => !before.has(each)), { timeout: seconds(20) }).toEqual([]);
  });
});

describe('a sound store', () => {
  it('is found sound, with what was checked', async () => {
    const check = await checked();
    expect(reported(check)).toEqual([]);
    expect(check).toMatchObject({ sound: true, version: migrations.length, runs: 2, files: 6, backups: [] });
    expect(check.rows).toBeGreaterThan(1230);
  });

  it('stays so after rewinding, renaming, deleting, restoring and going on', async () => {
    const opened = openStore(store);
    const key = opened.runs.key(run);
    opened.transaction(() => {
      opened.records.rewind(key, 1100, 110);
      opened.records.append(key, batchOf(1100, 150));
      opened.runs.change(run, { iterations_done: 1250, name: 'another name' });
    });
    const other = opened.runs.list().find(({ record }) => record.run !== run)!.record.run;
    opened.delete([other]);
    opened.restore([other]);
    opened.delete([other], true);
    // while it is open, too
    expect(reported(await checkStore(store))).toEqual([]);
    opened.close();
    expect(reported(await checked())).toEqual([]);
  });

  it('is none where there is nothing', async () => {
    await expect(checkStore(join(folder.path, 'elsewhere'))).rejects.toMatchObject({ kind: 'missing' });
  });

  it('is checked beside a process that writes to it, and after that was killed', async () => {
    const worker = fileURLToPath(new URL('../testing/hold-store.ts', import.meta.url));
    const child = fork(worker, [store]);
    await once(child, 'message');
    child.send({ append: 20 });
    await once(child, 'message');
    expect(reported(await checkStore(store))).toEqual([]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(0);
    const check = await checked();
    expect(reported(check)).toEqual([]);
    expect(check.runs).toBe(3);
  });
});

describe('real damage is found and told', () => {
  it('in a number of a record', async () => {
    change("quantity = 'batch_loss' AND start = 1000", (numbers) => {
      // the last bit of iteration 1100: the column is whole, and its last number is that of 1199
      numbers[numbers.length - 8 * 100]! ^= 1;
    });
    const check = await checked();
    expect(reported(check)).toEqual([
      `damaged: run ${run} has batch_loss of its iterations that is not what was written (iteration 1000 to 1199)`,
    ]);
    expect(check.findings[0]!.works).toContain('other quantities and iterations of this one, are as they were written');
  });

  it('in a page of an index', async () => {
    const sqlite = new Sqlite(file, { readonly: true });
    const root = sqlite
      .prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_runs_1'")
      .pluck()
      .get();
    sqlite.close();
    const bytes = readFileSync(file);
    flip(file, bytes.indexOf(run.slice(0, 8), ((root as number) - 1) * 4096) + 2, 1);
    const check = await checked();
    expect(check.sound).toBe(false);
    expect(reported(check).join('\n')).toMatch(/the database is not whole: .*sqlite_autoindex_runs_1/);
  });

  it('in a series that is no column any more: what needs it is refused by name, the rest is read', async () => {
    change("record = 'iterations' AND quantity = 'distance' AND start = 0", (numbers) => numbers.fill(0xc1, 0, 4));
    const check = await checked();
    expect(reported(check)).toEqual([
      `damaged: run ${run} has distance of its iterations that is not what was written (iteration 0 to 999)`,
    ]);
    expect(check.findings[0]!.works).toContain('what of this one needs no distance of these iterations, can be read');
    const opened = openStore(store);
    const key = opened.runs.key(run);
    expect(() => opened.records.iterations(key, 0)).toThrow(
      `${file} is damaged: distance of the iterations 0 to 999 of run ${run} cannot be read; valleywalk doctor --check-store`,
    );
    expect(opened.records.iterations(key, 1000).distance).toHaveLength(200);
    expect(opened.records.iterations(key, 0, ['path_length']).path_length).toHaveLength(1200);
    expect(opened.records.slices(key, 0, 1200).loss).toHaveLength(1800);
    opened.close();
  });

  it('in series and lists of them that are gone, or belong to nothing', async () => {
    const sqlite = new Sqlite(file);
    sqlite.exec("DELETE FROM series WHERE run_key = 1 AND quantity = 'train_loss'");
    sqlite.exec("DELETE FROM chunks WHERE run_key = 1 AND record = 'curvature'");
    sqlite.exec(
      "UPDATE chunks SET last = 1198, rows = 199 WHERE run_key = 1 AND record = 'iterations' AND start = 1000",
    );
    sqlite.exec("UPDATE series SET quantity = 'seconds' WHERE run_key = 2 AND quantity = 'elapsed_seconds'");
    sqlite.exec("UPDATE series SET record = 'things' WHERE run_key = 2 AND record = 'epochs'");
    sqlite.close();
    const text = reported(await checked()).join('\n');
    for (const part of [
      `run ${run} lacks train_loss of its epochs (epoch 1 to 120)`,
      `run ${run} has numbers of curvature from 5 on that no list tells`,
      `run ${run} has a list of iterations that is not what was written (iteration 1000 to 1198)`,
      'lacks elapsed_seconds of its times (iteration 0 to 29)',
      'has seconds of its times that no list tells (iteration 0 to 29)',
      'has things, which is no kind of record',
      'lacks train_loss of its epochs (epoch 1 to 3)',
    ])
      expect(text).toContain(part);
  });

  it('which stays found when the run goes on: no damage becomes what was written', async () => {
    change("record = 'iterations' AND quantity = 'batch_loss' AND start = 1000", (numbers) => {
      numbers[numbers.length - 8 * 100]! ^= 1;
    });
    const opened = openStore(store);
    opened.transaction(() => {
      // cut, and merged with what comes
      opened.records.rewind(opened.runs.key(run), 1150, 115);
      for (const from of [1150, 1160]) opened.records.append(opened.runs.key(run), batchOf(from, 10));
      opened.records.append(opened.runs.key(run), batchOf(1170, 900));
      opened.runs.change(run, { iterations_done: 2070 });
    });
    opened.close();
    expect(reported(await checked())).toEqual([
      `damaged: run ${run} has iterations that were not what was written when they were last written anew (iteration 1000 to 1999)`,
    ]);
  });

  it('of numbers that were exchanged for others of the same store', async () => {
    const sqlite = new Sqlite(file);
    sqlite.exec(
      `UPDATE series SET (numbers, checksum) = (SELECT numbers, checksum FROM series AS other
         WHERE other.run_key = 1 AND other.quantity = 'path_length' AND other.start = 0)
       WHERE run_key = 1 AND quantity = 'distance' AND record = 'iterations' AND start = 0`,
    );
    sqlite.close();
    expect(reported(await checked())).toEqual([
      `damaged: run ${run} has distance of its iterations that is not what was written (iteration 0 to 999)`,
    ]);
  });

  it('in a name and in JSON', async () => {
    const sqlite = new Sqlite(file);
    sqlite.exec("UPDATE runs SET notes = 'what I thinq of it' WHERE key = 2");
    sqlite.exec("UPDATE runs SET tags = '[\"paper' WHERE key = 1");
    sqlite.close();
    expect(reported(await checked()).join('\n')).toMatch(/runs is not what was written[^]*run .* cannot be read/);
  });

  it('in a checkpoint, a truncated parameter file, and a missing one', async () => {
    flip(join(store, 'checkpoints', run, 'checkpoint-1.safetensors'), 17);
    truncateSync(join(store, 'parameters', run, 'theta-0.safetensors'), 100);
    rmSync(join(store, 'parameters', run, 'theta-7.safetensors'));
    writeFileSync(join(store, 'parameters', run, 'mine.txt'), 'x');
    const check = await checked();
    expect(reported(check)).toEqual([
      `damaged: ${join(store, 'parameters', run, 'theta-0.safetensors')} has 100 bytes instead of 260`,
      `missing: ${join(store, 'parameters', run, 'theta-7.safetensors')} is not there`,
      `damaged: ${join(store, 'checkpoints', run, 'checkpoint-1.safetensors')} is not what was written (its SHA-256 is another)`,
      `left over: ${join(store, 'parameters', run, 'mine.txt')} is not among the files that run ${run} tells`,
    ]);
    expect(check.findings[2]).toMatchObject({
      works: `What run ${run} has recorded can be read and exported; it cannot be resumed from iteration 1198`,
      remedy: 'Restore the file, or run the experiment again: the same numbers come out',
    });
  });

  it('a truncated database, one of zeros, one that is gone, and a letter', async () => {
    truncateSync(file, 20_480);
    expect(reported(await checked()).join('\n')).toMatch(/the database (is not whole|cannot be read)/);
    writeFileSync(file, new Uint8Array(8192));
    expect((await checked()).sound).toBe(false);
    writeFileSync(file, 'This is a letter, not a database. '.repeat(100));
    expect(reported(await checked())).toEqual(['damaged: the database cannot be read (file is not a database)']);
    rmSync(file);
    expect(reported(await checked())).toEqual([`missing: ${file} is not there`]);
  });

  it('in the log of a process that was killed, flipped or emptied', async () => {
    const worker = fileURLToPath(new URL('../testing/hold-store.ts', import.meta.url));
    const child = fork(worker, [store]);
    await once(child, 'message');
    child.send({ append: 20 });
    await once(child, 'message');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const log = readFileSync(`${file}-wal`);
    flip(`${file}-wal`, 32 + 4120 * 2 + 200);
    expect(reported(await checked()).join('\n')).toMatch(/-wal is damaged at its page 3 of \d+, so that/);
    writeFileSync(`${file}-wal`, log.subarray(0, log.length - 100));
    expect(reported(await checked()).join('\n')).toMatch(/-wal ends within its page/);
    // what was only in the log is gone: the store is as it was before, and whole
    writeFileSync(`${file}-wal`, '');
    expect((await checked()).runs).toBe(2);
  });

  it('in a backup; and how to go back to one that is sound is told', async () => {
    const old = join(folder.path, 'old');
    mkdirSync(old);
    const sqlite = new Sqlite(join(old, 'valleywalk.sqlite'));
    for (const { sql } of migrations.slice(0, 17)) sqlite.exec(sql);
    sqlite.pragma(`application_id = ${0x56574c4b}`);
    sqlite.pragma('user_version = 17');
    sqlite.close();
    // an older store can be checked as far as it goes
    expect(reported(await checkStore(old))).toEqual([
      `not checked: the rows of the database are of store version 17; this Valleywalk checks those of version ${migrations.length}`,
    ]);
    openStore(old).close();
    const check = await checkStore(old);
    expect([check.sound, check.backups.length]).toEqual([true, 1]);
    writeFileSync(join(old, 'valleywalk.sqlite'), 'nothing');
    const damaged = await checkStore(old);
    expect(JSON.stringify(damaged.findings)).toContain('to go back to it, close Valleywalk, copy');
    flip(check.backups[0]!, 5000);
    expect(reported(await checkStore(old))[0]).toMatch(/backups.* is not what was written/);
  });
});

/** Everything that an export of a store has, as text. */
function everything(path: string): string {
  const opened = openStore(path);
  try {
    return JSON.stringify(
      [
        opened.runs.list().map(({ record }) => {
          const key = opened.runs.key(record.run);
          const { records } = opened;
          return [
            record,
            [
              records.iterations(key, 0),
              records.slices(key, 0, 2000),
              records.epochs(key),
              records.curvature(key, 0),
              records.times(key),
            ].map((columns) => Object.entries(columns).map(([name, values]) => [name, [...values]])),
            opened.parameters
              .list(key)
              .map(({ file }) => readFileSync(join(opened.parameters.folder(record.run), file), 'latin1')),
            readFileSync(
              join(opened.checkpoints.folder(record.run), opened.runs.get(record.run).checkpoint!.file),
              'latin1',
            ),
          ];
        }),
        opened.settings.get('concurrentRuns'),
        opened.figures.list(),
        opened.studies.list(),
        opened.datasets.list(),
        opened.speeds.list(),
        opened.paces.of('cpu'),
      ],
      (_, value: unknown) => (Number.isNaN(value) ? 'NaN' : value),
    );
  } finally {
    opened.close();
  }
}

describe('any one byte', () => {
  it('that is flipped in any file of a store is found, or changes nothing that is exported', async () => {
    const paths = [...filesOf(store).keys()].filter((path) => !path.startsWith('owners'));
    const whole = everything(join(made.path));
    let harmless = 0;
    await fc.assert(
      fc.asyncProperty(
        // half of them in the database, of which half in its first pages
        fc.oneof(fc.constant('valleywalk.sqlite'), fc.constantFrom(...paths)),
        fc.oneof(
          fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
          fc.double({ min: 0, max: 0.1, noNaN: true }),
        ),
        fc.integer({ min: 0, max: 7 }),
        async (path, place, bit) => {
          rmSync(store, { recursive: true, force: true });
          cpSync(made.path, store, { recursive: true });
          const at = Math.floor(place * statSync(join(store, path)).size);
          flip(join(store, path), at, 1 << bit);
          const check = await checkStore(store);
          if (!check.sound) return;
          harmless += 1;
          expect(everything(store), `${path} at byte ${at}, bit ${bit}`).toBe(whole);
        },
      ),
      // in the schema, where statements cannot even be prepared
      { numRuns: 60, examples: [['valleywalk.sqlite', 0.1, 0]] },
    );
    expect(harmless).toBeLessThan(60);
    expect(existsSync(store)).toBe(true);
  });
});
