/** Removes the rows of a run in pieces, each a transaction of its own, so that other processes get in between. */
import type { Database, Value } from './database.ts';

/** Milliseconds that a piece is to hold the write lock; the size of the next piece follows from how long the last one took. */
export const pieceMilliseconds = 40;

/** Tables whose rows belong to a run, and how many rows the first piece takes: few where a row is large. */
export const tablesOfRuns: Readonly<Record<string, number>> = {
  slices: 1000,
  iterations: 500,
  packs: 1,
  curvature: 500,
  times: 500,
  epochs: 500,
  record_checksums: 500,
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

/** @param letGo takes rows from an iteration on, and those of epochs after one, out of packs and checksums; called before they go */
export function prepareRemoval(
  database: Database,
  letGo: (key: number, iteration: number, epoch: number) => void,
): Removal {
  const tables = Object.entries(tablesOfRuns).map(([table, size]) => ({
    size,
    statement: database.prepare(`DELETE FROM ${table} WHERE run_key = ? LIMIT ?`),
  }));
  const ends = ['slices', 'iterations', 'curvature', 'times'].map((table) =>
    database.prepare(`DELETE FROM ${table} WHERE run_key = ? AND iteration >= ?`),
  );
  const epochs = database.prepare('DELETE FROM epochs WHERE run_key = ? AND epoch > ?');
  const last = database.prepare<{ last: number | null }>(
    'SELECT max(iteration) AS last FROM iterations WHERE run_key = ?',
  );
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
      const reach = last.get(key)!.last ?? -1;
      if (reach - iteration < iterations) return false;
      const from = reach - iterations + 1;
      const { took } = timed(() => {
        letGo(key, from, epoch);
        epochs.run(key, epoch);
        for (const statement of ends) statement.run(key, from);
      });
      iterations = nextPiece(iterations, took);
      return true;
    },
  };
}
