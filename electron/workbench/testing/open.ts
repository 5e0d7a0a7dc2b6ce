/** Opens workbenches in temporary folders, for tests. */
import { fileURLToPath } from 'node:url';
import { deadline } from '../../../build/machine.ts';
import type { EventName, Payload } from '../../../shared/protocol.ts';
import { isOver } from '../../../shared/records.ts';
import type { RunRecord } from '../../../shared/records.ts';
import { nodeFork } from '../../processes/node.ts';
import { openWorkbench } from '../workbench.ts';
import type { Workbench, WorkbenchOptions } from '../workbench.ts';

/** resources/ of this checkout. */
export const resources = fileURLToPath(new URL('../../../resources', import.meta.url));

/** Starts the scripted trainer. */
export const fakeTrainer = nodeFork(fileURLToPath(new URL('fake-trainer.ts', import.meta.url)));

/** Starts the trainer that computes. */
export const realTrainer = nodeFork(fileURLToPath(new URL('../../trainer/entry.ts', import.meta.url)));

/** Opens a workbench with the scripted trainer. */
export function openTest(store: string, options: Partial<WorkbenchOptions> = {}): Workbench {
  return openWorkbench({ store, resources, fork: fakeTrainer, version: '0.0.0', watchInterval: 100, ...options });
}

/** Opens one with the trainer that computes, and tells the process that it started last. */
export function openWatched(store: string): { workbench: Workbench; trainer: () => number } {
  let pid = 0;
  const fork = (): ReturnType<typeof realTrainer> => {
    const child = realTrainer();
    pid = child.pid!;
    return child;
  };
  return { workbench: openTest(store, { fork }), trainer: () => pid };
}

/** An event as it was told. */
export type PublishedEvent = { [N in EventName]: { name: N; payload: Payload<N> } }[EventName];

/** Keeps every event. */
export function recordEvents(workbench: Workbench): PublishedEvent[] {
  const reported: PublishedEvent[] = [];
  workbench.subscribe((name, payload) => reported.push({ name, payload } as PublishedEvent));
  return reported;
}

/** Waits until a condition holds. @throws Error after `timeout` milliseconds of an idle machine, which are more on a busy one */
export async function until(condition: () => boolean, timeout = 20_000): Promise<void> {
  const over = deadline(timeout / 1000);
  while (!condition()) {
    if (over()) throw new Error('what the test waits for does not happen');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Waits until a run is over and returns it. */
export async function runOver(workbench: Workbench, run: string, timeout?: number): Promise<RunRecord> {
  const get = (): RunRecord => workbench.handlers['runs.get']({ run }) as RunRecord;
  await until(() => isOver(get().status), timeout);
  return get();
}
