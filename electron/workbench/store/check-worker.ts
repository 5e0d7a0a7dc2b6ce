/** Checks a store in a thread: its database may take seconds to read, in which the workbench goes on answering. */
import { parentPort, workerData } from 'node:worker_threads';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { ErrorKind } from '../../../shared/errors.ts';
import type { StoreCheck } from '../../../shared/store-check.ts';
import { checkStore } from './check.ts';

/** What the thread tells: how far it is, then its answer. Any message to it aborts the check. */
export type Checked = { progress: number } | { check: StoreCheck } | { kind: ErrorKind; message: string };

/** What the thread is given: the store's folder, and the one to make where a copy of its database is needed. */
export interface CheckWork {
  folder: string;
  copies: string;
}

const { folder, copies } = workerData as CheckWork;
const abort = new AbortController();
parentPort?.once('message', () => abort.abort());
let answer: Checked;
try {
  const progress = (share: number): void => parentPort?.postMessage({ progress: share } satisfies Checked);
  answer = { check: await checkStore(folder, { progress, signal: abort.signal, copies }) };
} catch (error) {
  answer = {
    kind: error instanceof ValleywalkError ? error.kind : 'internal',
    message: error instanceof Error ? error.message : String(error),
  };
}
parentPort?.postMessage(answer);
// nothing else is waited for
parentPort?.close();
