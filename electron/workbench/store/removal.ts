/** Removes the rows of a run in pieces, each a transaction of its own, so that other processes get in between. */
import type { Database, Value } from './database.ts';

/** Milliseconds that a piece is to hold the write lock; the size of the next piece follows from how long the last one took. */
export const pieceMilliseconds = 40;

/** Tables whose rows belong to a run, and how many rows the first piece takes: few where a row is large. */
export const tablesOfRuns: Readonly<Record<string, number>> = {
  series: 8,
  chunks: 500,
  parameter_files: 500,
  analyses: 1,
};

/** Removes rows in pieces; runs are given by their internal key. */
export interface Removal {
  /** Removes a piece of a run's rows, in one transaction. @returns whether there may be more */
  piece: (key: number) => boolean;
  /**
   * Cuts a piece from the end of a run's records, down to an iteration at most, and the epochs after one. What stays is whole.
   * @returns whether there may be more than a piece left
   */
  cut: (key: number, iteration: number, epoch: number) => boolean;
}

/** How much to do in the next piece, from how long this one took; never more than four times as much. */
export function nextPiece(size: number, took: number): number {
  return Math.max(1, Math.round(size * Math.min(4, pieceMilliseconds / Math.max(took, 0.1))));
}

/** What cutting a run back works with. */
interface Cuttable {
  /** The last iteration of a run; −1 where there is none. */
  reach: (key: number) => number;
  /** Removes the records from an iteration on, and the epochs after one. */
  rewind: (key: number, iteration: number, epoch: number) => void;
}

/** Prepares the statements. */
export function prepareRemoval(database: Database, { reach, rewind }: Cuttable): Removal {
  const tables = Object.entries(tablesOfRuns).map(([table, size]) => ({
    size,
    statement: database.prepare(`DELETE FROM ${table} WHERE run_key = ? LIMIT ?`),
  }));
  let iterations = 50;
  const timed = <T>(work: () => T): { took: number; result: T } => {
    const start = performance.now();
    const result = database.transaction(work);
    return { took: performance.now() - start, result };
  };
  return {
    piece(key) {
      for (const table of tables) {
        const values: Value[] = [key, table.size];
        const { took, result: removed } = timed(() => table.statement.run(...values));
        const asked = table.size;
        if (removed === asked) table.size = nextPiece(asked, took);
        if (removed > 0) return true;
      }
      return false;
    },
    cut(key, iteration, epoch) {
      const last = reach(key);
      if (last - iteration < iterations) return false;
      const { took } = timed(() => rewind(key, last - iterations + 1, epoch));
      iterations = nextPiece(iterations, took);
      return true;
    },
  };
}
