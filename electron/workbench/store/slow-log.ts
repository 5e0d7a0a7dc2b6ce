/** A debug log of slow queries: they block every client of the workbench while they run. */
import { appendFileSync, renameSync, statSync } from 'node:fs';
import { fileMode } from './private.ts';

/** Times statements. */
export interface SlowLog {
  /** Runs `work` and writes a line when it took longer than the limit. */
  timed<T>(what: string, work: () => T): T;
  /** Writes a line about something that took long. @param took milliseconds */
  write(what: string, took: number): void;
}

/** Milliseconds above which a query is written down. */
const slowMilliseconds = 40;

/** Bytes above which the log is set aside as FILE.1 and begun anew. */
const largest = 1_000_000;

/**
 * Makes a log in a file, which is only written when something is slow.
 * @param limit milliseconds above which a query is written down
 */
export function slowLog(file: string, limit = slowMilliseconds): SlowLog {
  const write = (what: string, took: number): void => {
    const statement = what.replace(/\s+/g, ' ').trim().slice(0, 200);
    try {
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > largest) renameSync(file, `${file}.1`);
      appendFileSync(file, `${new Date().toISOString()} ${took.toFixed(1)} ms ${statement}\n`, { mode: fileMode });
    } catch {
      // a log that cannot be written must not fail the query
    }
  };
  return {
    write,
    timed(what, work) {
      const start = performance.now();
      const result = work();
      const took = performance.now() - start;
      if (took > limit) write(what, took);
      return result;
    },
  };
}
