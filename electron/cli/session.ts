/** What every command starts with: the workbench on the chosen store, and errors turned into sentences and exit codes. */
import { ValleywalkError } from '../../shared/protocol.ts';
import { defaultStore } from '../files/places.ts';
import { programPlaces } from '../files/program.ts';
import { nodeFork } from '../processes/node.ts';
import { openWorkbench } from '../workbench/workbench.ts';
import type { Workbench } from '../workbench/workbench.ts';

/** Exit codes of the terminal contract. */
export const exit = { finished: 0, failed: 1, badInput: 2, stopped: 130 } as const;

/** Option that every command with a store has. */
export interface StoreOption {
  store?: string;
}

/** Opens the workbench on the store given or the user's own. @throws ValleywalkError kind `store`. */
function open(options: StoreOption): Workbench {
  const places = programPlaces();
  return openWorkbench({
    store: options.store ?? defaultStore(),
    resources: places.resources,
    version: places.version,
    runtime: `Node ${process.versions.node}`,
    fork: nodeFork(places.trainer),
  });
}

/** Runs a command's work on a workbench and closes it whatever happens. */
export async function withWorkbench<T>(options: StoreOption, work: (workbench: Workbench) => Promise<T>): Promise<T> {
  const workbench = open(options);
  try {
    return await work(workbench);
  } finally {
    await workbench.close();
  }
}

/** Writes an error to standard error: its sentence, then one line per problem with the field's path. */
export function report(error: unknown): number {
  if (!(error instanceof ValleywalkError)) {
    console.error(
      `valleywalk: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return exit.failed;
  }
  console.error(`valleywalk: ${error.message}`);
  for (const { path, message } of error.problems) console.error(`  ${path === '' ? '' : `${path}: `}${message}`);
  return error.kind === 'input' || error.kind === 'missing' ? exit.badInput : exit.failed;
}
