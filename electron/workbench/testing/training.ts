/** A workbench with the real trainer, for tests. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import type { RunRecord } from '../../../shared/records.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import type { Workbench } from '../workbench.ts';
import { openTest, realTrainer, runOver } from './open.ts';

/** Milliseconds that a tiny walk may take on an idle machine; `until` gives a busy one more. */
export const walkPatience = 60_000;

/** A workbench of each test's own. */
export interface Training {
  readonly workbench: Workbench;
  /** A path inside a folder that goes with the test. */
  path: (...parts: string[]) => string;
  /** Closes the workbench and opens its store again. */
  reopen: () => Promise<void>;
  /** Makes a request. @throws as the request does */
  ask: <T>(name: string, parameters: object) => Promise<T>;
  /** Starts an experiment and returns the run's id. */
  start: (experiment: object) => Promise<string>;
  /** Walks an experiment to its end, which is to be `finished`, and returns the run's id. */
  walked: (experiment: object) => Promise<string>;
}

/** Opens a workbench with the real trainer before each test of a file, and closes it afterwards. */
export function useTraining(): Training {
  let folder: TemporaryFolder;
  let workbench: Workbench;
  const open = (): Workbench => openTest(join(folder.path, 'store'), { fork: realTrainer });
  beforeEach(() => {
    folder = temporaryFolder();
    workbench = open();
  });
  afterEach(async () => {
    await workbench.close();
    folder.remove();
  });
  const ask = async <T>(name: string, parameters: object): Promise<T> =>
    (await workbench.handle(name, parameters)) as T;
  const start = async (experiment: object): Promise<string> => (await ask<RunRecord>('runs.start', { experiment })).run;
  return {
    get workbench() {
      return workbench;
    },
    path: (...parts) => join(folder.path, ...parts),
    async reopen() {
      await workbench.close();
      workbench = open();
    },
    ask,
    start,
    async walked(experiment) {
      const run = await start(experiment);
      expect((await runOver(workbench, run, walkPatience)).status).toBe('finished');
      return run;
    },
  };
}
