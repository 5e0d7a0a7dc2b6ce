import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import Sqlite from 'better-sqlite3';
import { join } from 'node:path';
import { experimentSchema } from '../../../shared/experiment.ts';
import { fromColumns, iterationColumns, sliceColumns } from '../../../shared/records.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { batchOf, iterationOf, sliceOf } from '../testing/batches.ts';
import { pack, packed, unpack } from './packs.ts';
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
const packsInFile = (): number[] => {
  const file = new Sqlite(join(folder.path, 'valleywalk.sqlite'), { readonly: true });
  try {
    return file.prepare("SELECT start FROM packs WHERE kind = 'slices' ORDER BY start").pluck().all() as number[];
  } finally {
    file.close();
  }
};

const probed = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index).filter((t) => t % 2 === 0);

it('any columns come back from their bytes, wherever these begin', () => {
  const column = (rows: number) =>
    fc.oneof(
      fc.array(fc.double(), { minLength: rows, maxLength: rows }),
      fc.constant<number[]>(Array.from({ length: rows }, () => NaN)),
    );
  const columns = fc.nat(20).chain((rows) => fc.array(column(rows), { minLength: 1, maxLength: 6 }));
  fc.assert(
    fc.property(columns, fc.nat(7), (values, offset) => {
      const before = values.map((one) => Float64Array.from(one));
      const bytes = pack(before);
      const moved = new Uint8Array(bytes.length + offset);
      moved.set(bytes, offset);
      expect(unpack(moved.subarray(offset), before.length)).toEqual(before);
      expect(unpack(bytes, before.length + 1)).toBeNull();
      expect(unpack(bytes.subarray(0, bytes.length - 1), before.length)).toBeNull();
    }),
  );
});

it('any range reads the same from packs as it was written, after any batches and rewinds', () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ append: fc.integer({ min: 1, max: 1800 }) }) },
    { weight: 1, arbitrary: fc.record({ rewind: fc.double({ min: 0, max: 1, noNaN: true }) }) },
    { weight: 1, arbitrary: fc.record({ append: fc.constant(packed) }) },
  );
  const range = fc.tuple(fc.nat(5000), fc.nat(5000));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 5 }), fc.array(range, { maxLength: 4 }), (steps, ranges) => {
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
        const slices = fromColumns(sliceColumns, store.records.slices(key, from, from + length));
        expect(slices).toEqual(
          probed(Math.min(from, end), Math.max(from, to))
            .flatMap(sliceOf)
            .filter(({ iteration }) => iteration < end),
        );
        const iterations = fromColumns(iterationColumns, store.records.iterations(key, from));
        expect(iterations).toEqual(
          Array.from({ length: Math.max(0, end - from) }, (_, row) => iterationOf(from + row)),
        );
      }
    }),
    { numRuns: 12 },
  );
});

it('a run goes on after it was rewound to the very end of a pack', () => {
  const { key } = create();
  const append = (from: number, count: number): void =>
    store.transaction(() => store.records.append(key, batchOf(from, count)));
  append(0, packed + 1);
  store.transaction(() => store.records.rewind(key, packed, packed / 10));
  append(packed, packed + 1);
  expect(packsInFile()).toEqual([0, packed]);
  expect(store.records.iterations(key, 0).iteration).toHaveLength(2 * packed + 1);
});

it('long ranges are read from packs, short ones and what is not packed from rows', () => {
  const { key } = create();
  store.transaction(() => store.records.append(key, batchOf(0, 3 * packed)));
  const file = new Sqlite(join(folder.path, 'valleywalk.sqlite'));
  file.exec('DELETE FROM slices WHERE iteration >= 500');
  file.close();
  expect(store.records.slices(key, 0, 2 * packed).iteration.at(-1)).toBe(2 * packed - 2);
  expect(store.records.slices(key, 0, 3 * packed).iteration.at(-1)).toBe(2 * packed - 2);
  expect(store.records.slices(key, 0, packed - 1).iteration.at(-1)).toBe(498);
});

it('what a migration has unpacked is packed again when the store is opened', () => {
  const { run, key } = create();
  store.transaction(() => store.records.append(key, batchOf(0, 2 * packed + 5)));
  store.runs.change(run, {
    status: 'finished',
    finished_at: '2026-11-22T15:30:12.000Z',
    owner: null,
    iterations_done: 2 * packed + 5,
  });
  const before = store.records.iterations(key, 0);
  store.close();
  const file = new Sqlite(join(folder.path, 'valleywalk.sqlite'));
  file.exec("DELETE FROM packs WHERE kind = 'iterations'");
  file.close();
  store = openStore(folder.path);
  const again = new Sqlite(join(folder.path, 'valleywalk.sqlite'), { readonly: true });
  const starts = again.prepare("SELECT start FROM packs WHERE kind = 'iterations' ORDER BY start").pluck().all();
  again.close();
  expect(starts).toEqual([0, packed]);
  expect(store.records.iterations(key, 0)).toEqual(before);
});

it('a thousand iterations are packed once the next has come, and the packs go with a rewind and with their run', async () => {
  const { run, key } = create();
  const append = (from: number, to: number): void =>
    store.transaction(() => store.records.append(key, batchOf(from, to - from)));
  append(0, packed);
  expect(packsInFile()).toEqual([]);
  append(packed, packed + 1);
  expect(packsInFile()).toEqual([0]);
  append(packed + 1, 3 * packed + 5);
  expect(packsInFile()).toEqual([0, packed, 2 * packed]);
  store.transaction(() => store.records.rewind(key, 2 * packed - 1, 0));
  expect(packsInFile()).toEqual([0]);
  store.runs.change(run, { status: 'finished', finished_at: '2026-11-22T15:30:12.000Z', owner: null });
  store.delete([run], true);
  await store.finishDeletions();
  expect(packsInFile()).toEqual([]);
});
