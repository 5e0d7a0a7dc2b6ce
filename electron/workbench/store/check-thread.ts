/** Asks a thread to check a store. */
import { Worker } from 'node:worker_threads';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { StoreCheck } from '../../../shared/store-check.ts';
import type { CheckOptions } from './check.ts';
import type { Checked } from './check-worker.ts';

/** Where the thread's code is: beside this file, or beside the bundle that holds it. */
function threadFile(): URL {
  const here = import.meta.url;
  if (here.endsWith('.ts')) return new URL('check-worker.ts', here);
  return new URL(here.includes('/chunks/') ? '../check-store.js' : 'check-store.js', here);
}

/**
 * Checks the store in a folder, in a thread.
 * @throws ValleywalkError as checkStore does, `internal` when the thread ends before it is done, and any error once it is aborted and the
 *   thread is gone
 */
export function checkInThread(folder: string, { progress, signal }: CheckOptions = {}): Promise<StoreCheck> {
  const thread = new Worker(threadFile(), { workerData: { folder } });
  const abort = (): void => thread.postMessage('abort');
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  return new Promise<StoreCheck>((resolve, reject) => {
    const lost = (why: string): void => reject(new ValleywalkError('internal', `the store cannot be checked: ${why}`));
    thread.on('message', (answer: Checked) => {
      if ('progress' in answer) progress?.(answer.progress);
      else if ('check' in answer) resolve(answer.check);
      else reject(new ValleywalkError(answer.kind, answer.message));
    });
    thread.on('error', (error) => lost(error instanceof Error ? error.message : String(error)));
    thread.on('exit', () => lost('its thread ended, perhaps for want of memory; try valleywalk doctor --check-store'));
  }).finally(() => signal?.removeEventListener('abort', abort));
}
