/**
 * Waiting for the write lock of a store. SQLite lets one process write at a time, and better-sqlite3 blocks its process while it waits.
 * So what can be done again asks shortly and waits without blocking; only what is half done blocks, up to {@link longest}.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout } from 'node:timers/promises';
import type Sqlite from 'better-sqlite3';
import { isBusy } from './errors.ts';

/** Milliseconds that SQLite blocks for the lock: where the work can be repeated, and where it is half done. */
const [shortest, longest] = [20, 5000];

/** Milliseconds between two looks whether the lock is free, and after which those who wait say so. */
const [lookInterval, quiet] = [20, 1000];

/** Milliseconds that the opening of a store waits: another process may be bringing a large one up to date. */
const openingTimeout = 600_000;

/** What those who wait say. @param folder of the store */
function waitingSentence(folder: string): string {
  return `waiting for another Valleywalk process that writes to ${folder}`;
}

/** The write lock as one connection sees it. */
export interface Locking {
  /** Call it before each write outside of a transaction, and before each transaction. */
  before(): void;
  /** Call it after each. */
  wrote(): void;
  /** Tries work once that may find the lock taken (`SQLITE_BUSY`), which it then does soon, unless it has written before. */
  briefly: <T>(work: () => T) => T;
  /**
   * Does work, and again once the lock is free where it was taken before the work had written anything. Blocks nobody meanwhile.
   * @throws what the work throws; SqliteError when it was waited for in vain, see {@link Locking.giveUp}
   */
  patiently: <T>(work: () => T | Promise<T>) => Promise<T>;
  /** Resolves once no other process writes. @throws SqliteError after {@link Locking.giveUp} */
  free(): Promise<void>;
  /** Tells the sentence of those who wait, after a second, and null when nobody waits any more; the returned function ends it. */
  onWaiting(listener: (message: string | null, seconds: number) => void): () => void;
  /** From now on nobody waits: what finds the lock taken fails. */
  giveUp(): void;
}

/** What one piece of work has done. */
interface Attempt {
  wrote: boolean;
}

/** The attempt that the present code belongs to, through promises and callbacks. */
const attempts = new AsyncLocalStorage<Attempt>();

/** Watches the lock of a connection. @param folder of the store, for messages */
export function lockingOf(sqlite: Sqlite.Database, folder: string): Locking {
  const listeners = new Set<(message: string | null, seconds: number) => void>();
  let timeout = NaN;
  let waiting: Promise<void> | null = null;
  let givenUp = false;
  const block = (milliseconds: number): void => {
    if (milliseconds === timeout) return;
    sqlite.pragma(`busy_timeout = ${milliseconds}`);
    timeout = milliseconds;
  };
  const tell = (message: string | null, since: number): void => {
    for (const listener of listeners) listener(message, (performance.now() - since) / 1000);
  };
  /** Whether the lock can be had; an error that is none of the lock's is for the work itself to meet. */
  const canWrite = (): boolean => {
    block(0);
    try {
      sqlite.exec('BEGIN IMMEDIATE; ROLLBACK');
      return true;
    } catch (error) {
      if (isBusy(error) && givenUp) throw error;
      return !isBusy(error);
    }
  };
  async function wait(): Promise<void> {
    const since = performance.now();
    let reported = false;
    try {
      while (sqlite.open && !canWrite()) {
        if (!reported && performance.now() - since >= quiet) {
          reported = true;
          tell(waitingSentence(folder), since);
        }
        await setTimeout(lookInterval);
      }
    } finally {
      if (reported) tell(null, since);
    }
  }
  // forgotten only once it is kept: the first look may find the lock free at once
  const free = (): Promise<void> => (waiting ??= wait().finally(() => (waiting = null)));
  return {
    before: () => block(attempts.getStore()?.wrote === false ? shortest : longest),
    wrote() {
      const attempt = attempts.getStore();
      if (attempt) attempt.wrote = true;
    },
    briefly: (work) => attempts.run({ wrote: false }, work),
    async patiently(work) {
      for (;;) {
        const attempt: Attempt = { wrote: false };
        try {
          return await attempts.run(attempt, work);
        } catch (error) {
          if (!isBusy(error) || attempt.wrote || givenUp) throw error;
          await free();
        }
      }
    },
    free,
    onWaiting(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    giveUp: () => void (givenUp = true),
  };
}

/**
 * Does what opens a store, again and again while another process holds its lock. Blocks: nobody is served yet who could notice.
 * @param tell is told the sentence of those who wait, after a second
 */
export function untilFree<T>(folder: string, tell: (message: string) => void, work: () => T): T {
  const since = performance.now();
  let reported = false;
  for (;;) {
    try {
      return work();
    } catch (error) {
      const waited = performance.now() - since;
      if (!isBusy(error) || waited > openingTimeout) throw error;
      if (!reported && waited >= quiet) tell(waitingSentence(folder));
      reported ||= waited >= quiet;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lookInterval);
    }
  }
}
