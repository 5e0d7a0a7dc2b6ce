/** live.json of a run: how far it is, written anew by its task now and then. */
import { rename, writeFile } from 'node:fs/promises';
import { fileMode } from '../store/private.ts';
import { asText } from './folder.ts';
import type { Attempt, Live } from './folder.ts';

/** Milliseconds between two writings at least. */
const interval = 2_000;

/** Begins to write it. What cannot be written is left out: nothing follows from it. */
export function liveFile(
  path: string,
  own: Attempt,
): {
  progress(report: { iterationsDone: number; progress: number; secondsLeft: number | null }): void;
  /** @param pieces of the run that are finished by then, if that can be told */
  end(end: NonNullable<Live['ended']>, pieces?: number): Promise<void>;
} {
  const now: Omit<Live, 'at'> = { ...own, iterations_done: 0, progress: 0, seconds_left: null, ended: null };
  let last = -Infinity;
  let writing: Promise<void> | null = null;
  const write = async (): Promise<void> => {
    last = performance.now();
    const beside = `${path}.part-${own.node}-${own.pid}`;
    try {
      await writeFile(beside, asText({ ...now, at: new Date().toISOString() }), { mode: fileMode });
      await rename(beside, path);
    } catch {
      // a full disk, most often, which the next piece tells
    }
  };
  return {
    progress({ iterationsDone, progress, secondsLeft }) {
      Object.assign(now, { iterations_done: iterationsDone, progress, seconds_left: secondsLeft });
      if (writing || performance.now() - last < interval) return;
      writing = write().finally(() => (writing = null));
    },
    async end({ status, message }, pieces) {
      await writing;
      if (pieces !== undefined) now.pieces = pieces;
      now.ended = { status, message };
      await write();
    },
  };
}
