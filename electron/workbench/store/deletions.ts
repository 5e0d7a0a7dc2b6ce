/**
 * Removes what is deleted permanently, in the background: rows in pieces, then files, then the run's own row, which says until then that
 * something is left. A process that ends meanwhile leaves the rest to the next one that opens the store or deletes a run.
 */
import { setTimeout } from 'node:timers/promises';
import type { Removal } from './removal.ts';
import type { RunFolders } from './run-folders.ts';
import type { Runs } from './runs.ts';

/** What deletions work with. */
export interface DeletionOptions {
  runs: Pick<Runs, 'forgotten' | 'remove'>;
  removal: Removal;
  /** Folders of a run's files. */
  folders: readonly RunFolders[];
  /** Does what writes, now or once no other process writes. */
  write: <T>(work: () => T) => Promise<T>;
}

/** The deletions of a store. */
export interface Deletions {
  /** Removes all that is deleted permanently; one call at a time works, the others wait for it. */
  finish: () => Promise<void>;
  /** Stops after the piece at hand. */
  close(): void;
}

/** Shortest pause between two pieces, in milliseconds. */
const shortestPause = 5;

/** Makes it; nothing is removed yet. */
export function createDeletions({ runs, removal, folders, write }: DeletionOptions): Deletions {
  const closing = new AbortController();
  const { signal } = closing;
  let working: Promise<void> | null = null;

  async function removeAll(): Promise<void> {
    // asked anew each time: another run may have been deleted meanwhile
    for (let next = runs.forgotten()[0]; next && !signal.aborted; next = runs.forgotten()[0]) {
      const { run, key } = next;
      for (;;) {
        const start = performance.now();
        if (!(await write(() => removal.piece(key)))) break;
        // half of the time is left to those who wait
        await setTimeout(Math.max(shortestPause, performance.now() - start), undefined, { signal });
      }
      for (const each of folders) await each.clearFolder(run, () => signal.aborted);
      if (!signal.aborted) await write(() => runs.remove(run));
    }
  }

  async function work(): Promise<void> {
    await Promise.resolve();
    try {
      await removeAll();
    } catch (error) {
      // what is left is marked, and removed when the store is opened again
      if (!signal.aborted) throw error;
    } finally {
      // in the same turn as the last look, so that no run that is deleted meanwhile is missed
      working = null;
    }
  }

  return {
    finish: () => (working ??= work()),
    close: () => closing.abort(),
  };
}
