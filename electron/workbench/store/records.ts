/** Rows of iterations, slices, epochs, curvature and times: in as record batches, out as columns. */
import {
  curvatureColumns,
  epochColumns,
  iterationColumns,
  sliceColumns,
  smallestRank,
  timeColumns,
} from '../../../shared/records.ts';
import type { EpochColumns, EpochRecord, IterationColumns, IterationRecord } from '../../../shared/records.ts';
import type { Columns, CurvatureColumns, CurvatureRecord, SliceColumns, SliceRecord } from '../../../shared/records.ts';
import type { TimeColumns, TimeRecord } from '../../../shared/records.ts';
import type { RecordBatch } from '../../../shared/trainer-messages.ts';
import { recordTables, sumRecords } from './checksums.ts';
import type { RecordTable } from './checksums.ts';
import type { Database, Value } from './database.ts';
import { packed, preparePacks } from './packs.ts';
import type { Packable } from './packs.ts';
import { prepareRemoval } from './removal.ts';
import type { Removal } from './removal.ts';

/** How far somebody has read a run's records. */
export interface Watermark {
  /** Last iteration read; −1 before the first. */
  iteration: number;
  /** Last slice point read. */
  sliceIteration: number;
  sliceAlpha: number;
  /** Last epoch read; −1 before epoch 0. */
  epoch: number;
  /** Iteration of the last eigenvalues read; −1 before the first. Those of one iteration come together. */
  curvature: number;
  /** Iteration of the last time read; −1 before the first. */
  time: number;
}

/** The records of a store's runs; runs are given by their internal key. */
export interface Records {
  /**
   * Appends a batch. Call it inside a transaction.
   * @throws SqliteError when an iteration, slice point or epoch is there already
   */
  append(key: number, batch: RecordBatch): void;
  /** Iterations from `from` on, in order. */
  iterations(key: number, from: number): IterationColumns;
  /** Slice points of the iterations from `from` up to, not including, `to`, by iteration and alpha. */
  slices(key: number, from: number, to: number): SliceColumns;
  epochs(key: number): EpochColumns;
  /** Eigenvalues from an iteration on, by iteration and rank. */
  curvature(key: number, from: number): CurvatureColumns;
  /** Times, by iteration. */
  times(key: number): TimeColumns;
  /** Seconds that a run has been computed; 0 before its first iteration, null where they were not kept. */
  elapsed(key: number): number | null;
  /** Packs again what a migration has unpacked, a transaction a pack, so that nobody waits long. */
  repack: () => void;
  /** Removes the iterations from one on, their slices, curvature and times, and the epochs after one. Call it inside a transaction. */
  rewind(key: number, iteration: number, epoch: number): void;
  /** Removes much in pieces. */
  readonly removal: Removal;
  /** How far the records of a run reach. */
  reach(key: number): Watermark;
  /** The records after a watermark, at most `limit` iterations and as many slice points for each, and the new watermark. */
  after(key: number, mark: Watermark, limit: number): { batch: RecordBatch; mark: Watermark };
  /** Whether a run has slices, epochs or eigenvalues, and both ends of the spectrum. */
  has(key: number): { slices: boolean; epochs: boolean; curvature: boolean; bothEnds: boolean };
}

/** Before the first record. */
export const beginning: Watermark = {
  iteration: -1,
  sliceIteration: -1,
  sliceAlpha: 2,
  epoch: -1,
  curvature: -1,
  time: -1,
};

/** The columns of each table of records, without the run's key. */
export const recordKeys: Record<RecordTable, readonly string[]> = {
  iterations: iterationColumns,
  slices: sliceColumns,
  epochs: epochColumns,
  curvature: curvatureColumns,
  times: timeColumns,
};
const recordNames = Object.keys(recordTables) as RecordTable[];

/** Prepares the statements on records. */
export function prepareRecords(database: Database): Records {
  const iterations = table<IterationRecord>(database, 'iterations', iterationColumns);
  const slices = table<SliceRecord>(database, 'slices', sliceColumns);
  const epochs = table<EpochRecord>(database, 'epochs', epochColumns);
  const curvature = table<CurvatureRecord>(database, 'curvature', curvatureColumns);
  const times = table<TimeRecord>(database, 'times', timeColumns);

  const between = {
    iterations: iterations.select('iteration >= ? AND iteration < ? ORDER BY iteration'),
    slices: slices.select('iteration >= ? AND iteration < ? ORDER BY iteration, alpha'),
  };
  const allEpochs = epochs.select('true ORDER BY epoch');
  const curvatureFrom = curvature.select('iteration >= ? ORDER BY iteration, rank');
  const timesFrom = times.select('iteration >= ? ORDER BY iteration');
  const iterationsAfter = iterations.select('iteration > ? ORDER BY iteration LIMIT ?');
  const slicesAfter = slices.select('(iteration, alpha) > (?, ?) ORDER BY iteration, alpha LIMIT ?');
  const epochsAfter = epochs.select('epoch > ? ORDER BY epoch');
  const last = database.prepare<Record<'iteration' | 'epoch' | 'curvature' | 'time', number | null>>(
    `SELECT (SELECT max(iteration) FROM iterations WHERE run_key = ?) AS iteration,
            (SELECT max(epoch) FROM epochs WHERE run_key = ?) AS epoch,
            (SELECT max(iteration) FROM curvature WHERE run_key = ?) AS curvature,
            (SELECT max(iteration) FROM times WHERE run_key = ?) AS time`,
  );
  const lastSlice = database.prepare<{ iteration: number; alpha: number }>(
    'SELECT iteration, alpha FROM slices WHERE run_key = ? ORDER BY iteration DESC, alpha DESC LIMIT 1',
  );
  const elapsed = database.prepare<{ seconds: number | null; begun: number }>(
    `SELECT (SELECT max(elapsed_seconds) FROM times WHERE run_key = ?) AS seconds,
            EXISTS (SELECT 1 FROM iterations WHERE run_key = ?) AS begun`,
  );
  const rewound = [
    database.prepare('DELETE FROM iterations WHERE run_key = ? AND iteration >= ?'),
    database.prepare('DELETE FROM slices WHERE run_key = ? AND iteration >= ?'),
    database.prepare('DELETE FROM curvature WHERE run_key = ? AND iteration >= ?'),
    database.prepare('DELETE FROM times WHERE run_key = ? AND iteration >= ?'),
  ];
  const rewoundEpochs = database.prepare('DELETE FROM epochs WHERE run_key = ? AND epoch > ?');
  const packs = preparePacks(database);
  const has = database.prepare<{ slices: number; epochs: number; curvature: number; bothEnds: number }>(
    `SELECT EXISTS (SELECT 1 FROM slices WHERE run_key = ?) AS slices,
            EXISTS (SELECT 1 FROM epochs WHERE run_key = ?) AS epochs,
            EXISTS (SELECT 1 FROM curvature WHERE run_key = ?) AS curvature,
            EXISTS (SELECT 1 FROM curvature WHERE run_key = ? AND rank = ${smallestRank}) AS bothEnds`,
  );

  const sources = { iterations, slices, epochs, curvature, times };
  const sum = database.prepare(
    `INSERT INTO record_checksums (run_key, source, block, rows, checksum) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET rows = rows + excluded.rows, checksum = (checksum + excluded.checksum) % 4294967296`,
  );
  const unsum = database.prepare(
    `UPDATE record_checksums SET rows = rows - ?, checksum = (checksum - ? + 4294967296) % 4294967296
     WHERE run_key = ? AND source = ? AND block = ?`,
  );
  const emptied = database.prepare('DELETE FROM record_checksums WHERE run_key = ? AND rows <= 0');
  const summed = database.prepare<{ yes: number }>(
    `SELECT EXISTS (SELECT 1 FROM record_checksums WHERE run_key = ?) OR NOT EXISTS (
       ${recordNames.map((name) => `SELECT 1 FROM ${name} WHERE run_key = ?`).join(' UNION ALL ')}
     ) AS yes`,
  );
  /** Whether a run has checksums, or no records yet: one that began before there were any goes on without. */
  const isSummed = (key: number): boolean => summed.get(key, ...recordNames.map(() => key))!.yes === 1;
  const sumUp = (key: number, name: RecordTable, columns: readonly Float64Array[]): void => {
    for (const [block, { rows, checksum }] of sumRecords(sources[name].keys, columns, recordTables[name]))
      sum.run(key, name, block, rows, checksum);
  };
  const rowsFrom = Object.fromEntries(
    recordNames.map((name) => [name, sources[name].select(`${recordTables[name]} >= ?`)]),
  ) as Record<RecordTable, ReturnType<typeof iterations.select>>;
  /** Takes rows that are about to go, from an iteration on and of epochs after one, out of the checksums and the packs. */
  const letGo = (key: number, iteration: number, epoch: number): void => {
    if (isSummed(key))
      for (const name of recordNames) {
        const from = name === 'epochs' ? epoch + 1 : iteration;
        const columns = sources[name].arrays(rowsFrom[name].raw(key, from));
        for (const [block, { rows, checksum }] of sumRecords(sources[name].keys, columns, recordTables[name]))
          unsum.run(rows, checksum, key, name, block);
      }
    emptied.run(key);
    packs.removeFrom(key, iteration);
  };

  /** The columns of a pack, from rows. */
  const block = (key: number, from: number): Record<Packable, Float64Array[]> => ({
    iterations: iterations.arrays(between.iterations.raw(key, from, from + packed)),
    slices: slices.arrays(between.slices.raw(key, from, from + packed)),
  });
  const keepBlock = (key: number, from: number, columns: Record<Packable, Float64Array[]>): void => {
    for (const kind of ['iterations', 'slices'] as const) packs.keep(key, kind, from, columns[kind]);
  };
  /** Packs the iterations that ended with this batch: slices come before the next iteration, so they are all there. */
  const packEnded = (key: number, { iteration }: IterationColumns): void => {
    if (iteration.length === 0) return;
    const last = Math.floor(iteration.at(-1)! / packed);
    for (let end = Math.max(1, Math.ceil(iteration[0]! / packed)); end <= last; end++)
      keepBlock(key, (end - 1) * packed, block(key, (end - 1) * packed));
  };
  /** Columns of the iterations [from, to): from packs where there are some, from rows where not. */
  const read = <R extends object>(source: Source<R>, kind: Packable, key: number, from: number, to: number) => {
    const parts: Float64Array[][] = [];
    const rows = (low: number, high: number): void => {
      if (low < high) parts.push(source.arrays(between[kind].raw(key, low, high)));
    };
    let at = from;
    // little is read faster from its rows
    for (const start of to - from < packed ? [] : packs.starts(key, kind, from, to)) {
      const columns = packs.read(key, kind, start, source.keys.length);
      if (!columns) continue;
      rows(at, start);
      const end = Math.min(to, start + packed);
      parts.push(cut(columns, Math.max(at, start), end));
      at = end;
    }
    rows(at, to);
    return source.joined(parts);
  };

  return {
    append(key, batch) {
      const checked = isSummed(key);
      iterations.insert(key, batch.iterations);
      slices.insert(key, batch.slices);
      epochs.insert(key, batch.epochs);
      curvature.insert(key, batch.curvature);
      times.insert(key, batch.times);
      if (checked)
        for (const name of recordNames)
          sumUp(
            key,
            name,
            sources[name].keys.map((column) => (batch[name] as unknown as Record<string, Float64Array>)[column]!),
          );
      packEnded(key, batch.iterations);
    },
    repack() {
      for (const { key, iterations: count } of packs.lacking())
        for (let start = 0; start + packed < count; start += packed) {
          const columns = block(key, start);
          database.transaction(() => {
            // not one that another process has taken up or packed meanwhile
            if (packs.lacking().some((run) => run.key === key)) keepBlock(key, start, columns);
          });
        }
    },
    removal: prepareRemoval(database, letGo),
    rewind(key, iteration, epoch) {
      letGo(key, iteration, epoch);
      for (const statement of rewound) statement.run(key, iteration);
      rewoundEpochs.run(key, epoch);
    },
    iterations: (key, from) => read(iterations, 'iterations', key, from, Number.MAX_SAFE_INTEGER),
    slices: (key, from, to) => read(slices, 'slices', key, from, to),
    epochs: (key) => epochs.columns(allEpochs.raw(key)),
    curvature: (key, from) => curvature.columns(curvatureFrom.raw(key, from)),
    times: (key) => times.columns(timesFrom.raw(key, 0)),
    elapsed(key) {
      const { seconds, begun } = elapsed.get(key, key)!;
      return seconds ?? (begun === 1 ? null : 0);
    },
    reach(key) {
      const { iteration, epoch, curvature, time } = last.get(key, key, key, key)!;
      const slice = lastSlice.get(key);
      return {
        iteration: iteration ?? beginning.iteration,
        epoch: epoch ?? beginning.epoch,
        curvature: curvature ?? beginning.curvature,
        time: time ?? beginning.time,
        sliceIteration: slice?.iteration ?? beginning.sliceIteration,
        sliceAlpha: slice?.alpha ?? beginning.sliceAlpha,
      };
    },
    after(key, mark, limit) {
      const batch: RecordBatch = {
        iterations: iterations.columns(iterationsAfter.raw(key, mark.iteration, limit)),
        slices: slices.columns(slicesAfter.raw(key, mark.sliceIteration, mark.sliceAlpha, limit * 101)),
        epochs: epochs.columns(epochsAfter.raw(key, mark.epoch)),
        curvature: curvature.columns(curvatureFrom.raw(key, mark.curvature + 1)),
        times: times.columns(timesFrom.raw(key, mark.time + 1)),
      };
      return {
        batch,
        mark: {
          iteration: batch.iterations.iteration.at(-1) ?? mark.iteration,
          sliceIteration: batch.slices.iteration.at(-1) ?? mark.sliceIteration,
          sliceAlpha: batch.slices.alpha.at(-1) ?? mark.sliceAlpha,
          epoch: batch.epochs.epoch.at(-1) ?? mark.epoch,
          curvature: batch.curvature.iteration.at(-1) ?? mark.curvature,
          time: batch.times.iteration.at(-1) ?? mark.time,
        },
      };
    },
    has(key) {
      const found = has.get(key, key, key, key)!;
      return {
        slices: found.slices === 1,
        epochs: found.epochs === 1,
        curvature: found.curvature === 1,
        bothEnds: found.bothEnds === 1,
      };
    },
  };
}

/** A batch without any record. */
export function isEmpty(batch: RecordBatch): boolean {
  return (
    batch.iterations.iteration.length === 0 &&
    batch.slices.iteration.length === 0 &&
    batch.epochs.epoch.length === 0 &&
    batch.curvature.iteration.length === 0 &&
    batch.times.iteration.length === 0
  );
}

/** The rows of columns whose first is the iteration that lie in [from, to). */
function cut(columns: Float64Array[], from: number, to: number): Float64Array[] {
  const iteration = columns[0]!;
  const first = iteration.findIndex((value) => value >= from);
  const after = iteration.findIndex((value) => value >= to);
  if (first === 0 && after === -1) return columns;
  return columns.map((column) =>
    column.subarray(first === -1 ? column.length : first, after === -1 ? undefined : after),
  );
}

/** A table of records, see {@link table}. */
type Source<R extends object> = ReturnType<typeof table<R>>;

/** Insert and select on a table whose columns are a record's keys, after `run_key`. */
function table<R extends object>(database: Database, name: string, keys: readonly (keyof R & string)[]) {
  const insert = database.prepare(
    `INSERT INTO ${name} (run_key, ${keys.join(', ')}) VALUES (?${', ?'.repeat(keys.length)})`,
  );
  /** Rows as one array a column. */
  const arrays = (rows: Value[][]): Float64Array[] =>
    keys.map((_, index) => {
      const column = new Float64Array(rows.length);
      for (let row = 0; row < rows.length; row++) column[row] = (rows[row]![index] as number | null) ?? NaN;
      return column;
    });
  /** Columns from pieces, one after the other. */
  const joined = (parts: readonly Float64Array[][]): Columns<R> => {
    const rows = parts.reduce((sum, part) => sum + part[0]!.length, 0);
    const columns = keys.map((key, index) => {
      if (parts.length === 1) return [key, parts[0]![index]!];
      const column = new Float64Array(rows);
      let at = 0;
      for (const part of parts) {
        column.set(part[index]!, at);
        at += part[index]!.length;
      }
      return [key, column];
    });
    return Object.fromEntries(columns) as Columns<R>;
  };
  return {
    keys,
    arrays,
    joined,
    columns: (rows: Value[][]): Columns<R> => joined([arrays(rows)]),
    insert(key: number, columns: Columns<R>): void {
      const arrays = keys.map((column) => columns[column]);
      const values: Value[] = [key, ...keys.map(() => null)];
      for (let row = 0; row < arrays[0]!.length; row++) {
        for (let column = 0; column < arrays.length; column++) {
          const value = arrays[column]![row]!;
          values[column + 1] = Number.isFinite(value) ? value : null;
        }
        insert.run(...values);
      }
    },
    select: (rest: string) => database.prepare(`SELECT ${keys.join(', ')} FROM ${name} WHERE run_key = ? AND ${rest}`),
  };
}
