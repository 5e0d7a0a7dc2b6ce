/** Rows of iterations, slices, epochs, curvature and times: in as record batches, out as columns. */
import {
  curvatureColumns,
  epochColumns,
  iterationColumns,
  sliceColumns,
  timeColumns,
} from '../../../shared/records.ts';
import type { EpochColumns, EpochRecord, IterationColumns, IterationRecord } from '../../../shared/records.ts';
import type { Columns, CurvatureColumns, CurvatureRecord, SliceColumns, SliceRecord } from '../../../shared/records.ts';
import type { TimeColumns, TimeRecord } from '../../../shared/records.ts';
import type { RecordBatch } from '../../../shared/trainer-messages.ts';
import type { Database, Statement, Value } from './database.ts';

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
  /** Removes the iterations from one on, their slices, curvature and times, and the epochs after one. Call it inside a transaction. */
  rewind(key: number, iteration: number, epoch: number): void;
  /** How far the records of a run reach. */
  reach(key: number): Watermark;
  /** The records after a watermark, at most `limit` iterations and as many slice points for each, and the new watermark. */
  after(key: number, mark: Watermark, limit: number): { batch: RecordBatch; mark: Watermark };
  /** Whether a run has slices, epochs or eigenvalues. */
  has(key: number): { slices: boolean; epochs: boolean; curvature: boolean };
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

/** Prepares the statements on records. */
export function prepareRecords(database: Database): Records {
  const iterations = table<IterationRecord>(database, 'iterations', iterationColumns);
  const slices = table<SliceRecord>(database, 'slices', sliceColumns);
  const epochs = table<EpochRecord>(database, 'epochs', epochColumns);
  const curvature = table<CurvatureRecord>(database, 'curvature', curvatureColumns);
  const times = table<TimeRecord>(database, 'times', timeColumns);

  const iterationsFrom = iterations.select('iteration >= ? ORDER BY iteration');
  const slicesBetween = slices.select('iteration >= ? AND iteration < ? ORDER BY iteration, alpha');
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
  const has = database.prepare<{ slices: number; epochs: number; curvature: number }>(
    `SELECT EXISTS (SELECT 1 FROM slices WHERE run_key = ?) AS slices,
            EXISTS (SELECT 1 FROM epochs WHERE run_key = ?) AS epochs,
            EXISTS (SELECT 1 FROM curvature WHERE run_key = ?) AS curvature`,
  );

  return {
    append(key, batch) {
      iterations.insert(key, batch.iterations);
      slices.insert(key, batch.slices);
      epochs.insert(key, batch.epochs);
      curvature.insert(key, batch.curvature);
      times.insert(key, batch.times);
    },
    rewind(key, iteration, epoch) {
      for (const statement of rewound) statement.run(key, iteration);
      rewoundEpochs.run(key, epoch);
    },
    iterations: (key, from) => iterations.columns(iterationsFrom.raw(key, from)),
    slices: (key, from, to) => slices.columns(slicesBetween.raw(key, from, to)),
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
      const found = has.get(key, key, key)!;
      return { slices: found.slices === 1, epochs: found.epochs === 1, curvature: found.curvature === 1 };
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

/** Insert and select on a table whose columns are a record's keys, after `run_key`. */
function table<R extends object>(database: Database, name: string, keys: readonly (keyof R & string)[]) {
  const insert = database.prepare(
    `INSERT INTO ${name} (run_key, ${keys.join(', ')}) VALUES (?${', ?'.repeat(keys.length)})`,
  );
  return {
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
    select: (rest: string): Statement<unknown> =>
      database.prepare(`SELECT ${keys.join(', ')} FROM ${name} WHERE run_key = ? AND ${rest}`),
    columns(rows: Value[][]): Columns<R> {
      const columns = {} as Record<string, Float64Array>;
      keys.forEach((key, index) => {
        const column = new Float64Array(rows.length);
        for (let row = 0; row < rows.length; row++) column[row] = (rows[row]![index] as number | null) ?? NaN;
        columns[key] = column;
      });
      return columns as Columns<R>;
    },
  };
}
