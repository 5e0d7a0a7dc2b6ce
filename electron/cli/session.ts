/** What every command starts with: the workbench on the chosen store, and errors turned into sentences and exit codes. */
import { resolve } from 'node:path';
import { ValleywalkError } from '../../shared/protocol.ts';
import type { Parameters, Publish, RequestName, Result } from '../../shared/protocol.ts';
import { expandHome } from '../files/home.ts';
import { defaultStore } from '../files/places.ts';
import { programPlaces } from '../files/program.ts';
import { nodeFork } from '../processes/node.ts';
import { openWorkbench } from '../workbench/workbench.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { tell, tellText } from './print.ts';

/** Exit codes of the terminal contract. */
export const exit = { finished: 0, failed: 1, badInput: 2, stopped: 130 } as const;

/** Option that every command with a store has. */
export interface StoreOption {
  store?: string;
}

/** A workbench as a command sees it: every request passes the protocol's border, as a window's does. */
export interface Terminal {
  /** Folder of the store, absolute. */
  readonly store: string;
  /** Sends a request. @throws ValleywalkError as the request says */
  ask: <N extends RequestName>(name: N, parameters: Parameters<N>) => Promise<Result<N>>;
  subscribe: (listener: Publish) => () => void;
  readonly workbench: Workbench;
}

/** The store that a command is for, absolute: the one given, or the user's own. */
export function storeFolder(options: StoreOption): string {
  return resolve(options.store === undefined ? defaultStore() : expandHome(options.store));
}

/**
 * Runs a command's work on the store given or the user's own, and closes the workbench whatever happens.
 * @throws ValleywalkError kind `store` when it cannot be opened, and what the work throws
 */
export async function withWorkbench<T>(options: StoreOption, work: (terminal: Terminal) => Promise<T>): Promise<T> {
  const places = programPlaces();
  const store = storeFolder(options);
  const workbench = openWorkbench({
    store,
    resources: places.resources,
    version: places.version,
    runtime: `Node ${process.versions.node}`,
    fork: nodeFork(places.trainer),
    notice: (message) => console.error(message),
  });
  workbench.subscribe((event, payload) => {
    const message = event === 'store.waiting' ? (payload as { message: string | null }).message : null;
    // a bar may stand in this line of a terminal
    if (message !== null) console.error(`${process.stderr.isTTY ? '\n' : ''}${message}`);
  });
  try {
    return await work({
      store,
      ask: (name, parameters) => workbench.handle(name, parameters) as Promise<Result<typeof name>>,
      subscribe: (listener) => workbench.subscribe(listener),
      workbench,
    });
  } finally {
    await workbench.close();
  }
}

/** Writes an error to standard error: its sentence, then one line per problem with the field's path. */
export function report(error: unknown): number {
  if (!(error instanceof ValleywalkError)) {
    tellText(`valleywalk: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return exit.failed;
  }
  tell(`valleywalk: ${error.message}`);
  const told = error.problems.filter(({ message }) => !error.message.includes(message));
  for (const { path, message } of told) tell(`  ${path === '' ? '' : `${path}: `}${message}`);
  return error.kind === 'input' || error.kind === 'missing' ? exit.badInput : exit.failed;
}
