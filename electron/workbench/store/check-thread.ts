/** Asks a thread to check a store. */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { StoreCheck } from '../../../shared/store-check.ts';
import type { CheckOptions } from './check.ts';
import type { Checked, CheckWork } from './check-worker.ts';

/** Where the thread's code is: beside this file, or beside the bundle that holds it. */
function threadFile(): URL {
  const here = import.meta.url;
  if (here.endsWith('.ts')) return new URL('check-worker.ts', here);
  return new URL(here.includes('/chunks/') ? '../check-store.js' : 'check-store.js', here);
}

/** Milliseconds in which an aborted thread may end by itself, and then in which it must have ended, but for what SQLite has in hand. */
const grace = 300;

/**
 * Checks the store in a folder, in a thread.
 * @throws ValleywalkError as checkStore does, `internal` when the thread ends before it is done, and any error once it is aborted: within
 *   twice the grace. A part that SQLite has in hand then goes on to its end, unheard; it only reads.
 */
export async function checkInThread(folder: string, { progress, signal }: CheckOptions = {}): Promise<StoreCheck> {
  signal?.throwIfAborted();
  // named here, since a thread that is ended cannot remove it
  const copies = join(tmpdir(), `valleywalk-check-${randomUUID()}`);
  const data: CheckWork = { folder, copies };
  const thread = new Worker(threadFile(), { workerData: data });
  const timers: NodeJS.Timeout[] = [];
  let abort = (): void => undefined;
  try {
    return await new Promise<StoreCheck>((resolve, reject) => {
      const lost = (why: string): void =>
        reject(new ValleywalkError('internal', `the store cannot be checked: ${why}`));
      abort = (): void => {
        thread.postMessage('abort');
        timers.push(
          setTimeout(() => void thread.terminate(), grace),
          setTimeout(() => reject(signal?.reason as Error), 2 * grace),
        );
      };
      signal?.addEventListener('abort', abort);
      thread.on('message', (answer: Checked) => {
        if ('progress' in answer) progress?.(answer.progress);
        // an aborted one has ended once its thread is gone
        else if (signal?.aborted) return;
        else if ('check' in answer) resolve(answer.check);
        else reject(new ValleywalkError(answer.kind, answer.message));
      });
      thread.on('error', (error) => {
        if (!signal?.aborted) lost(error instanceof Error ? error.message : String(error));
      });
      thread.on('exit', () => {
        try {
          rmSync(copies, { recursive: true, force: true });
        } catch {
          // of a folder for temporary files, which the system empties
        }
        if (signal?.aborted) reject(signal.reason as Error);
        else lost('its thread ended, perhaps for want of memory; try valleywalk doctor --check-store');
      });
    });
  } finally {
    for (const timer of timers) clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
