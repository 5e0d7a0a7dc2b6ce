/** What every command starts with: the workbench on the chosen store, and errors turned into sentences and exit codes. */
import { appendFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cutInMiddle, faultsText, messageLength } from '../../shared/bounded.ts';
import { ValleywalkError } from '../../shared/errors.ts';
import type { ErrorKind } from '../../shared/errors.ts';
import type { Parameters, Publish, RequestName, Result } from '../../shared/protocol.ts';
import { oneLine, visibleLines } from '../../shared/visible.ts';
import { expandHome } from '../files/home.ts';
import { defaultStore } from '../files/places.ts';
import { programPlaces } from '../files/program.ts';
import { nodeFork } from '../processes/node.ts';
import { fileMode } from '../workbench/store/private.ts';
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
    notice: tell,
  });
  workbench.subscribe((event, payload) => {
    const message = event === 'store.waiting' ? (payload as { message: string | null }).message : null;
    // a bar may stand in this line of a terminal
    if (message !== null) tellText(`${process.stderr.isTTY ? '\n' : ''}${oneLine(message)}`);
  });
  try {
    return await work({
      store,
      ask: (name, parameters) => workbench.handle(name, parameters) as Promise<Result<typeof name>>,
      subscribe: (listener) => workbench.subscribe(listener),
      workbench,
    });
  } catch (error) {
    logWhole(error, store);
    throw error;
  } finally {
    await workbench.close();
  }
}

/** Exit code by the kind of an error. */
const codes: Readonly<Record<ErrorKind, number>> = {
  input: exit.badInput,
  missing: exit.badInput,
  store: exit.failed,
  internal: exit.failed,
  cancelled: exit.stopped,
};

/** Faults that are told a line each; the rest is counted. */
const mostFaults = 10;
/** Lines of a message, or of where an internal error arose. */
const mostLines = 12;

/**
 * Writes an error to standard error: its sentence, then one line per problem with the field's path. Each is of a length that a person
 * reads; where that leaves something out, the whole is written into the store's log, and which file that is is told.
 * @returns the exit code
 */
export function report(error: unknown): number {
  const log = logs.get(error as object);
  const rest = log === undefined ? '' : `\n  the whole message: ${log}`;
  if (!(error instanceof ValleywalkError)) {
    tellText(`valleywalk: internal error: ${shortLines(wholeOf(error))}${rest}`);
    return exit.failed;
  }
  const { message, problems } = error;
  const inside = faultsText(problems);
  // several faults stand on lines of their own, and not in the sentence as well
  const apart = problems.length > 1 && message.endsWith(inside);
  tellText(`valleywalk: ${shortLines(apart ? message.slice(0, -inside.length).trimEnd() : message)}`);
  const reported = problems.filter((problem) => apart || !message.includes(problem.message));
  for (const problem of reported.slice(0, mostFaults)) tell(`  ${faultsText([problem])}`);
  if (reported.length > mostFaults) tell(`  and ${(reported.length - mostFaults).toLocaleString('en')} more`);
  if (rest !== '') tellText(rest.slice(1));
  return codes[error.kind];
}

/** The first lines of a message, together at most {@link messageLength} characters. */
function shortLines(text: string): string {
  const lines = text.split('\n');
  const more = lines.length - mostLines;
  return cutInMiddle(
    [...lines.slice(0, mostLines), ...(more > 0 ? [`… ${more} more lines`] : [])].join('\n'),
    messageLength,
  );
}

/** Everything that an error says. */
function wholeOf(error: unknown): string {
  if (!(error instanceof ValleywalkError))
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [error.message, ...error.problems.map(({ path, message }) => `  ${path} ${message}`)].join('\n');
}

/** Where the whole of an error stands that is told shortened. */
const logs = new WeakMap<object, string>();

/** Writes an error into the store's log where telling it would leave something out. */
function logWhole(error: unknown, store: string): void {
  const whole = wholeOf(error);
  const reported = error instanceof ValleywalkError ? error.problems.length > mostFaults : false;
  if (!reported && whole.length <= messageLength && whole.split('\n').length <= mostLines) return;
  const file = join(store, 'debug.log');
  try {
    appendFileSync(file, `${new Date().toISOString()} ${visibleLines(whole)}\n`, { mode: fileMode });
    if (typeof error === 'object' && error !== null) logs.set(error, file);
  } catch {
    // a log that cannot be written must not hide the error
  }
}
