/** Iterations, slices, epochs, curvature and times: in as record batches, out as columns; series.ts keeps them. */
import {
  curvatureColumns,
  epochColumns,
  iterationColumns,
  sliceColumns,
  smallestRank,
  timeColumns,
} from '../../../shared/records.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import { lineReach } from '../../../shared/line-settings.ts';
import type { EpochColumns, IterationColumns, SliceColumns } from '../../../shared/records.ts';
import type { CurvatureColumns, TimeColumns } from '../../../shared/records.ts';
import type { RecordBatch } from '../../../shared/trainer-messages.ts';
import type { Database } from './database.ts';
import { prepareRemoval } from './removal.ts';
import type { Removal } from './removal.ts';
import { prepareSeries } from './series.ts';
import type { RecordKind } from './series.ts';

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
   * @throws ValleywalkError kind `store` when an iteration, slice point or epoch is there already
   */
  append(key: number, batch: RecordBatch): void;
  /** Iterations from `from` on, in order; all quantities, or those that are asked for, without touching the others. */
  iterations<Q extends keyof IterationColumns = keyof IterationColumns>(
    key: number,
    from: number,
    quantities?: readonly Q[],
  ): Pick<IterationColumns, Q>;
  /** Slice points of the iterations from `from` up to, not including, `to`, by iteration and alpha. */
  slices<Q extends keyof SliceColumns = keyof SliceColumns>(
    key: number,
    from: number,
    to: number,
    quantities?: readonly Q[],
  ): Pick<SliceColumns, Q>;
  /** Epochs in order; all quantities, or those that are asked for. */
  epochs<Q extends keyof EpochColumns = keyof EpochColumns>(
    key: number,
    quantities?: readonly Q[],
  ): Pick<EpochColumns, Q>;
  /** What tells whether a run has other iterations, epochs or eigenvalues than before: equal for equal ones, as a resumed run computes them again. */
  revision(key: number): string;
  /** Eigenvalues from an iteration on, by iteration and rank. */
  curvature(key: number, from: number): CurvatureColumns;
  /** Times, by iteration. */
  times(key: number): TimeColumns;
  /** Seconds that a run has been computed; 0 before its first iteration, null where they were not kept. */
  elapsed(key: number): number | null;
  /** Removes the iterations from one on, their slices, curvature and times, and the epochs after one. Call it inside a transaction. */
  rewind(key: number, iteration: number, epoch: number): void;
  /** Removes much in pieces. */
  readonly removal: Removal;
  /** How far the records of a run reach. */
  reach(key: number): Watermark;
  /** The records after a watermark, at most `limit` iterations and as many slice points for each, and the new watermark. */
  after(key: number, mark: Watermark, limit: number): { batch: RecordBatch; mark: Watermark };
  /** Whether a run has slices, epochs or eigenvalues, and both ends of the spectrum; and the fit of targets that are real numbers. */
  has(key: number): { slices: boolean; epochs: boolean; curvature: boolean; bothEnds: boolean; fit: boolean };
}

/** Before the first record. */
export const beginning: Watermark = {
  iteration: -1,
  sliceIteration: -1,
  // beyond every place of a line
  sliceAlpha: lineReach.to + 1,
  epoch: -1,
  curvature: -1,
  time: -1,
};

/** The kinds of records by their names in a batch. */
export const recordKinds = {
  iterations: { places: ['iteration'], quantities: iterationColumns },
  slices: { places: ['iteration', 'alpha'], quantities: sliceColumns },
  epochs: { places: ['epoch'], quantities: epochColumns },
  curvature: { places: ['iteration', 'rank'], quantities: curvatureColumns },
  times: { places: ['iteration'], quantities: timeColumns },
} as const satisfies Record<keyof RecordBatch, RecordKind>;
/** The name of a kind of records. */
type RecordName = keyof typeof recordKinds;
const recordNames = Object.keys(recordKinds) as RecordName[];

/** Beyond every place. */
const end = Number.MAX_SAFE_INTEGER;

/** Prepares the statements on records. @param kinds what is declared; tests declare more */
export function prepareRecords(
  database: Database,
  kinds: Readonly<Record<RecordName, RecordKind>> = recordKinds,
): Records {
  const series = prepareSeries(database, kinds);
  /** Reads in one transaction, so that nobody changes what is read meanwhile. */
  const read = (key: number, name: RecordName, from: number, to: number, quantities?: readonly string[]): unknown =>
    database.snapshot(() => series.read(key, name, from, to, quantities ?? kinds[name].quantities));
  const rewind = (key: number, iteration: number, epoch: number): void => {
    for (const name of recordNames) series.cut(key, name, name === 'epochs' ? epoch + 1 : iteration);
  };
  /** Records from a place on: whole chunks of them, until there are `limit`; by then perhaps more. */
  const some = <C>(key: number, name: RecordName, from: number, limit: number): C => {
    let rows = 0;
    let to = from;
    for (const chunk of series.chunks(key, name, from, end)) {
      if (rows > limit) break;
      // the first may begin before what is wanted
      rows += chunk.start < from ? 0 : chunk.rows;
      to = chunk.last + 1;
    }
    return read(key, name, from, to) as C;
  };
  /** The last value of a quantity; null where there is none, or it is damaged: who wants to read it is told that. */
  const lastOf = (key: number, name: RecordName, quantity: string): number | null => {
    const last = series.last(key, name);
    try {
      const value = last && series.read(key, name, last.last, end, [quantity])[quantity]!.at(-1);
      return value === undefined || Number.isNaN(value) ? null : value;
    } catch (error) {
      if (error instanceof ValleywalkError) return null;
      throw error;
    }
  };
  const reached = database.prepare<{ record: string; last: number; rows: number }>(
    `SELECT record, max(last) AS last, sum(rows) AS rows FROM chunks
     WHERE run_key = ? AND record IN ('iterations', 'epochs', 'curvature') GROUP BY record`,
  );
  const lastPlace = (key: number, name: RecordName): number => series.last(key, name)?.last ?? -1;

  return {
    append(key, batch) {
      for (const name of recordNames) series.append(key, name, batch[name]);
    },
    removal: prepareRemoval(database, { reach: (key) => lastPlace(key, 'iterations'), rewind }),
    rewind,
    iterations: ((key: number, from: number, quantities?: readonly string[]) =>
      read(key, 'iterations', from, end, quantities)) as Records['iterations'],
    slices: ((key: number, from: number, to: number, quantities?: readonly string[]) =>
      read(key, 'slices', from, to, quantities)) as Records['slices'],
    epochs: ((key: number, quantities?: readonly string[]) =>
      read(key, 'epochs', 0, end, quantities)) as Records['epochs'],
    revision: (key) =>
      reached
        .all(key)
        .map(({ record, last, rows }) => `${record} ${last} ${rows}`)
        .join(),
    curvature: (key, from) => read(key, 'curvature', from, end) as CurvatureColumns,
    times: (key) => read(key, 'times', 0, end) as TimeColumns,
    elapsed: (key) =>
      database.snapshot(() => lastOf(key, 'times', 'elapsed_seconds') ?? (series.last(key, 'iterations') ? null : 0)),
    reach: (key) =>
      database.snapshot(() => ({
        iteration: lastPlace(key, 'iterations'),
        epoch: lastPlace(key, 'epochs'),
        curvature: lastPlace(key, 'curvature'),
        time: lastPlace(key, 'times'),
        sliceIteration: lastPlace(key, 'slices'),
        sliceAlpha: lastOf(key, 'slices', 'alpha') ?? beginning.sliceAlpha,
      })),
    after: (key, mark, limit) =>
      database.snapshot(() => {
        const points = some<SliceColumns>(key, 'slices', Math.max(0, mark.sliceIteration), limit * 101);
        const first = points.iteration.findIndex(
          (iteration, row) => iteration > mark.sliceIteration || points.alpha[row]! > mark.sliceAlpha,
        );
        const batch: RecordBatch = {
          iterations: cut(some<IterationColumns>(key, 'iterations', mark.iteration + 1, limit), 0, limit),
          slices: cut(points, first === -1 ? points.iteration.length : first, limit * 101),
          epochs: read(key, 'epochs', mark.epoch + 1, end) as EpochColumns,
          curvature: read(key, 'curvature', mark.curvature + 1, end) as CurvatureColumns,
          times: read(key, 'times', mark.time + 1, end) as TimeColumns,
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
      }),
    has: (key) =>
      database.snapshot(() => {
        // a chunk without rows only tells that some were lost before records were series
        const any = (name: RecordName): boolean => series.chunks(key, name, 0, end).some(({ rows }) => rows > 0);
        const ranks = series.read(key, 'curvature', 0, end, ['rank']).rank!;
        return {
          slices: any('slices'),
          epochs: any('epochs'),
          curvature: any('curvature'),
          bothEnds: ranks.includes(smallestRank),
          fit: series.read(key, 'epochs', 0, end, ['train_r_squared']).train_r_squared!.some(Number.isFinite),
        };
      }),
  };
}

/** At most `limit` rows of columns, from one on. */
function cut<C extends object>(columns: C, from: number, limit: number): C {
  return Object.fromEntries(
    Object.entries(columns as Record<string, Float64Array>).map(([name, column]) => [
      name,
      column.subarray(from, from + limit),
    ]),
  ) as C;
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
