import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import Sqlite from 'better-sqlite3';
import { join } from 'node:path';
import { experimentSchema } from '../../../shared/experiment.ts';
import { fromColumns, iterationColumns, sliceColumns } from '../../../shared/records.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { batchFrom, batchOf, curvatureOf, iterationOf, sliceOf } from '../testing/batches.ts';
import { openDatabase } from './database.ts';
import { prepareRecords, recordKinds } from './records.ts';
import { chunkLength, decodeSeries, encodeSeries } from './chunks.ts';
import type { SeriesColumns } from './chunks.ts';
import { prepareSeries } from './series.ts';
import { slowLog } from './slow-log.ts';
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

const create = (): { run: string; key: number } => {
  const { run } = store.create({
    experiment: experimentSchema.parse({}),
    iterationsTotal: 10_000,
    parameters: 1,
    backend: 'cpu',
  }).record;
  return { run, key: store.runs.key(run) };
};

/** What stands in the file, asked by somebody else. */
function inFile<T>(sql: string): T[] {
  const file = new Sqlite(join(folder.path, 'valleywalk.sqlite'), { readonly: true });
  try {
    return file.prepare<[], T>(sql).pluck().all();
  } finally {
    file.close();
  }
}
const starts = (record: string): number[] =>
  inFile(`SELECT start FROM chunks WHERE record = '${record}' ORDER BY run_key, start`);

const probed = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index).filter((t) => t % 2 === 0);

it('any column comes back from its bytes, wherever these begin', () => {
  const column = fc
    .nat(20)
    .chain((rows) =>
      fc.oneof(
        fc.array(fc.double(), { minLength: rows, maxLength: rows }),
        fc.constant<number[]>(Array.from({ length: rows }, () => NaN)),
        fc.array(fc.constantFrom(0, 1, NaN), { minLength: rows, maxLength: rows }),
      ),
    );
  fc.assert(
    fc.property(column, fc.nat(7), (values, offset) => {
      const before = Float64Array.from(values);
      const bytes = encodeSeries(before);
      const moved = new Uint8Array(bytes.length + offset);
      moved.set(bytes, offset);
      expect(decodeSeries(moved.subarray(offset), before.length)).toEqual(before);
      expect(decodeSeries(bytes, before.length + 1)).toBeNull();
      expect(decodeSeries(bytes.subarray(0, bytes.length - 1), before.length)).toBeNull();
    }),
  );
});

it('any range reads as it was written, after any batches and rewinds', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ append: fc.integer({ min: 1, max: 1800 }) }) },
    { weight: 2, arbitrary: fc.record({ append: fc.integer({ min: 1, max: 9 }) }) },
    { weight: 1, arbitrary: fc.record({ rewind: fc.double({ min: 0, max: 1, noNaN: true }) }) },
    { weight: 1, arbitrary: fc.record({ append: fc.constant(chunkLength) }) },
  );
  const range = fc.tuple(fc.nat(5000), fc.nat(5000));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), fc.array(range, { maxLength: 4 }), (steps, ranges) => {
      const { key } = create();
      let end = 0;
      for (const one of steps)
        store.transaction(() => {
          if ('append' in one) {
            store.records.append(key, batchOf(end, one.append));
            end += one.append;
          } else {
            end = Math.floor(one.rewind * end);
            store.records.rewind(key, end, Math.floor(end / 10));
          }
        });
      for (const [from, length] of [[0, 5000] as const, ...ranges]) {
        const to = Math.min(end, from + length);
        const points = probed(Math.min(from, end), Math.max(from, to)).flatMap(sliceOf);
        const slices = fromColumns(sliceColumns, store.records.slices(key, from, from + length));
        expect(slices).toEqual(points.filter(({ iteration }) => iteration < end));
        const iterations = fromColumns(iterationColumns, store.records.iterations(key, from));
        expect(iterations).toEqual(
          Array.from({ length: Math.max(0, end - from) }, (_, row) => iterationOf(from + row)),
        );
        // some quantities alone are the same
        const some = store.records.iterations(key, from, ['height_after', 'noise_deviation']);
        expect(Object.keys(some)).toEqual(['height_after', 'noise_deviation']);
        expect([...some.height_after]).toEqual(iterations.map(({ height_after }) => height_after ?? NaN));
      }
    }),
    { numRuns: 12 },
  );
});

it('many small batches become one chunk a hundred iterations, and one a thousand', () => {
  const { key } = create();
  for (let t = 0; t < 250; t++) store.transaction(() => store.records.append(key, batchOf(t, 1)));
  expect(starts('iterations')).toEqual([0, 100, ...Array.from({ length: 50 }, (_, index) => 200 + index)]);
  expect(starts('slices')).toEqual([0, 100, ...probed(200, 250)]);
  for (let t = 250; t < 1003; t++) store.transaction(() => store.records.append(key, batchOf(t, 1)));
  expect(starts('iterations')).toEqual([0, 1000, 1001, 1002]);
  expect(starts('slices')).toEqual([0, 1000, 1002]);
  expect(inFile("SELECT rows FROM chunks WHERE record = 'slices' AND start = 0")).toEqual([1500]);
  expect(fromColumns(iterationColumns, store.records.iterations(key, 0))).toEqual(
    Array.from({ length: 1003 }, (_, t) => iterationOf(t)),
  );
});

it('a slice that comes in two batches is in one chunk, and eigenvalues may come in any order', () => {
  const { key } = create();
  const points = sliceOf(4);
  store.transaction(() => {
    store.records.append(key, batchFrom([], points.slice(0, 2)));
    store.records.append(key, batchFrom([], points.slice(2), [], curvatureOf(4).toReversed()));
  });
  expect(starts('slices')).toEqual([4]);
  expect(fromColumns(sliceColumns, store.records.slices(key, 0, 5))).toEqual(points);
  expect([...store.records.curvature(key, 0).rank]).toEqual([-1, 1, 2]);
  const twice = (): void => store.transaction(() => store.records.append(key, batchFrom([], points.slice(1, 2))));
  expect(twice).toThrow('slices of 4 came when those up to 4 were there');
  const doubled = batchFrom([iterationOf(7), iterationOf(7)]);
  expect(() => store.transaction(() => store.records.append(key, doubled))).toThrow('iterations of 7 came');
  expect(store.records.reach(key).iteration).toBe(-1);
});

it('a run goes on after it was rewound to the very end of a chunk', () => {
  const { key } = create();
  const append = (from: number, count: number): void =>
    store.transaction(() => store.records.append(key, batchOf(from, count)));
  append(0, chunkLength + 1);
  store.transaction(() => store.records.rewind(key, chunkLength, chunkLength / 10));
  append(chunkLength, chunkLength + 1);
  expect(starts('iterations')).toEqual([0, chunkLength, 2 * chunkLength]);
  expect(store.records.iterations(key, 0).iteration).toHaveLength(2 * chunkLength + 1);
});

it('chunks go with a rewind and with their run', async () => {
  const { run, key } = create();
  store.transaction(() => store.records.append(key, batchOf(0, 3 * chunkLength + 5)));
  store.transaction(() => store.records.rewind(key, 2 * chunkLength - 1, 0));
  expect(starts('slices')).toEqual([0, chunkLength]);
  expect(store.records.reach(key)).toMatchObject({ iteration: 1998, sliceIteration: 1998, sliceAlpha: 1, epoch: -1 });
  store.runs.change(run, { status: 'finished', finished_at: '2026-11-22T15:30:12.000Z', owner: null });
  store.delete([run], true);
  await store.finishDeletions();
  for (const table of ['chunks', 'series']) expect(inFile(`SELECT count(*) FROM ${table}`)).toEqual([0]);
});

it('what nobody measured takes no series, and is not read from one', () => {
  const { key } = create();
  const batch = batchOf(0, 10);
  store.transaction(() => store.records.append(key, batch));
  const series = inFile<string>("SELECT quantity FROM series WHERE record = 'iterations'");
  const measured = iterationColumns.filter((name) => !batch.iterations[name].every(Number.isNaN));
  expect(measured).not.toContain('noise_deviation');
  expect(series.toSorted()).toEqual(measured.toSorted());
  expect([...store.records.iterations(key, 8).noise_deviation]).toEqual([NaN, NaN]);
});

it('one quantity is read without touching the others', () => {
  const { key } = create();
  store.transaction(() => store.records.append(key, batchOf(0, 1500)));
  const file = new Sqlite(join(folder.path, 'valleywalk.sqlite'));
  file.exec("UPDATE series SET numbers = x'00' WHERE quantity NOT IN ('distance', 'iteration')");
  file.close();
  expect(store.records.iterations(key, 0, ['distance']).distance).toHaveLength(1500);
  // a range within a chunk needs the places, too
  expect([...store.records.iterations(key, 1498, ['distance']).distance]).toEqual(
    [1498, 1499].map((t) => iterationOf(t).distance),
  );
  expect(() => store.records.iterations(key, 0)).toThrow(/is damaged: .* of the iterations 0 to 999 of run/);
});

it('a quantity that is declared anew needs no column: runs of before read as not measured, and are gone on with', () => {
  const { key: old } = create();
  const { key: fresh } = create();
  store.transaction(() => store.records.append(old, batchOf(0, 5)));
  const declared = {
    ...recordKinds,
    iterations: {
      places: ['iteration'],
      quantities: [...iterationColumns, 'made_up'],
    },
  };
  const database = openDatabase(folder.path, slowLog(join(folder.path, 'debug.log')));
  const records = prepareRecords(database, declared);
  const measured = (from: number, count: number) => {
    const batch = batchOf(from, count);
    const made_up = Float64Array.from({ length: count }, (_, row) => (from + row) / 7);
    return { ...batch, iterations: { ...batch.iterations, made_up } };
  };
  database.transaction(() => {
    records.append(fresh, measured(0, 4));
    records.append(old, measured(5, 3));
  });
  const read = (key: number, from: number): number[] => [
    ...(records.iterations(key, from) as unknown as SeriesColumns).made_up!,
  ];
  expect(read(fresh, 0)).toEqual([0, 1 / 7, 2 / 7, 3 / 7]);
  expect(read(old, 0)).toEqual([NaN, NaN, NaN, NaN, NaN, 5 / 7, 6 / 7, 1]);
  // who does not know it leaves it where it is: merging and cutting keep it
  store.transaction(() => {
    for (let t = 8; t < 105; t++) store.records.append(old, batchOf(t, 1));
    store.records.rewind(old, 7, 0);
  });
  expect(starts('iterations')[0]).toBe(0);
  expect(read(old, 4)).toEqual([NaN, 5 / 7, 6 / 7]);
  expect(Object.keys(store.records.iterations(old, 0))).toEqual(iterationColumns);
  database.close();
});

it('what is read at once is of one moment, whatever others write meanwhile', () => {
  const { key } = create();
  store.transaction(() => store.records.append(key, batchOf(0, 50)));
  const database = openDatabase(folder.path, slowLog(join(folder.path, 'debug.log')));
  const series = prepareSeries(database, recordKinds);
  database.snapshot(() => {
    const before = series.chunks(key, 'iterations', 0, 100);
    store.transaction(() => store.records.rewind(key, 10, 1));
    expect(series.chunks(key, 'iterations', 0, 100)).toEqual(before);
    expect(series.read(key, 'iterations', 0, 100, ['distance']).distance).toHaveLength(50);
  });
  expect(series.read(key, 'iterations', 0, 100, ['distance']).distance).toHaveLength(10);
  database.close();
});

/** Spoils what is stored, by somebody else. */
function spoil(sql: string): void {
  const file = new Sqlite(join(folder.path, 'valleywalk.sqlite'));
  file.exec(sql);
  file.close();
}
const damages = {
  'a quantity that cannot be read': "UPDATE series SET numbers = x'00' WHERE quantity = 'distance'",
  'a quantity that is lost': "DELETE FROM series WHERE quantity = 'batch_loss'",
  'places that cannot be read': "UPDATE series SET numbers = x'c1' WHERE quantity = 'iteration'",
  'a list that is none': "UPDATE chunks SET quantities = '{'",
  'a number of rows that cannot be': "UPDATE chunks SET rows = -3 WHERE record = 'iterations'",
};

it.each(Object.entries(damages))(
  '%s keeps neither the store from opening nor its run from being set back',
  (_, sql) => {
    const { run, key } = create();
    const { key: sound } = create();
    store.runs.change(run, { status: 'running', started_at: '2026-11-22T15:30:12.000Z' });
    for (const each of [key, sound]) store.transaction(() => store.records.append(each, batchOf(0, 150)));
    store.close();
    spoil(sql.replace(/( WHERE |$)/, (where) => ` WHERE run_key = ${key}${where.trim() === '' ? '' : ' AND '}`));
    store = openStore(folder.path);
    expect(store.runs.get(run).record).toMatchObject({ status: 'interrupted', iterations_done: 150 });
    expect(() => store.records.iterations(key, 0)).toThrow(/is damaged: .* of the iterations 0 to 149 of run/);
    expect(store.records.iterations(sound, 0).iteration).toHaveLength(150);
    store.transaction(() => store.records.rewind(key, 100, 10));
    expect(store.records.reach(key).iteration).toBeLessThan(100);
    store.transaction(() => store.records.rewind(key, 0, -1));
    store.transaction(() => store.records.append(key, batchOf(0, 20)));
    expect(store.records.iterations(key, 0)).toEqual(batchOf(0, 20).iterations);
  },
);

it('what is damaged is neither merged nor does it end a run that computes', () => {
  const { key } = create();
  for (let from = 0; from < 90; from += 10) store.transaction(() => store.records.append(key, batchOf(from, 10)));
  spoil("UPDATE series SET numbers = x'00' WHERE quantity = 'distance' AND start = 30");
  for (let from = 90; from < 250; from += 10) store.transaction(() => store.records.append(key, batchOf(from, 10)));
  expect(store.records.reach(key).iteration).toBe(249);
  expect(() => store.records.iterations(key, 0)).toThrow(/distance of the iterations 30 to 39/);
  expect([...store.records.iterations(key, 100).iteration]).toHaveLength(150);
});
