/** Checks a store in a thread: its database may take seconds to read, in which the workbench goes on answering. */
import { parentPort, workerData } from 'node:worker_threads';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { ErrorKind } from '../../../shared/errors.ts';
import type { StoreCheck } from '../../../shared/store-check.ts';
import { checkStore } from './check.ts';

/** What the thread answers, once. */
export type Checked = { check: StoreCheck } | { kind: ErrorKind; message: string };

const { folder } = workerData as { folder: string };
let answer: Checked;
try {
  answer = { check: await checkStore(folder) };
} catch (error) {
  answer = {
    kind: error instanceof ValleywalkError ? error.kind : 'internal',
    message: error instanceof Error ? error.message : String(error),
  };
}
parentPort?.postMessage(answer);
