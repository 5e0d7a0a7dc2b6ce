/** How long runs take to start here, beside what they compute: a process, its libraries, the data set, the first calls, and the end. */
import type { Store } from '../store/store.ts';

/** Seconds to start and to end a run on a typical 2-core machine, where none has finished here yet. */
export const typicalStart = 3;

/** Runs that are enough, the newest. */
const enough = 9;

/** When a run began, what its trainer told and when it ended, in milliseconds of one clock; null where it did not. */
export interface RunTimes {
  /** It was begun. */
  began: number;
  /** Its trainer had all that it computes with: its libraries, the data, the network. */
  ready: number | null;
  /** Its trainer last told how far it was, which it does once everything is computed. */
  told: number | null;
  /** Its trainer told that it had ended. */
  ended: number;
}

/**
 * Seconds that a run took to start and to end. What lies between is none of it: updates, evaluations and derivatives, but also checkpoints,
 * kept files, records that waited for the store and time that the machine slept, which are long in long runs.
 */
export function startSeconds({ began, ready, told, ended }: RunTimes): number | null {
  if (ready === null || told === null) return null;
  return Math.max(0, ready - began + ended - told) / 1000;
}

/** What a run of a backend is estimated to take to start and to end: the median of the newest runs that finished here. */
export function startOf({ runs }: Pick<Store, 'runs'>, backend: string): number {
  const starts = runs.starts(backend, enough).sort((a, b) => a - b);
  return starts[Math.floor((starts.length - 1) / 2)] ?? typicalStart;
}
