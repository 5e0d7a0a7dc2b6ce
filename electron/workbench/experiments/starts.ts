/** How long runs take to start here, beside what they compute: a process, its libraries, the data set, and the end. */
import type { Store } from '../store/store.ts';

/** Seconds to start and to end a run on a typical 2-core machine, where none has finished here yet. */
export const typicalStart = 3;

/** Runs that are looked at, the newest first, and how many of them are enough. */
const looked = 40;
const enough = 9;

/**
 * Seconds that runs of a backend took here from their start to their end beside what they computed: the median of the newest that finished.
 * One that was paused stands far above the others and changes it little.
 * @returns null where none has finished
 */
export function measuredStart({ runs, records }: Pick<Store, 'runs' | 'records'>, backend: string): number | null {
  const starts: number[] = [];
  for (const { key, started_at, finished_at } of runs.lastFinished(backend, looked)) {
    const computed = records.elapsed(key);
    const whole = (Date.parse(finished_at) - Date.parse(started_at)) / 1000;
    // no times are kept of runs that walked along imported points; a clock that was set may say anything
    if (computed !== null && computed > 0 && whole >= computed) starts.push(whole - computed);
    if (starts.length === enough) break;
  }
  if (starts.length === 0) return null;
  return starts.sort((a, b) => a - b)[Math.floor((starts.length - 1) / 2)]!;
}

/** What a run of a backend is estimated to take to start. */
export function startOf(store: Pick<Store, 'runs' | 'records'>, backend: string): number {
  return measuredStart(store, backend) ?? typicalStart;
}
