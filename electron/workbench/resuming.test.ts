/** Trainers that are killed, with real training: what goes on equals what was never disturbed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { seconds } from '../../build/machine.ts';
import type { RunRecord, TimeColumns } from '../../shared/records.ts';
import { temporaryFolder } from '../datasets/testing.ts';
import type { TemporaryFolder } from '../datasets/testing.ts';
import type { Child } from '../processes/child.ts';
import { openTest, realTrainer, recordEvents, runOver, until } from './testing/open.ts';
import type { Workbench } from './workbench.ts';

/**
 * Long enough for a checkpoint on the way, and to be killed well before its end on a fast machine too: checkpoints at the ends of
 * epochs are at least two seconds apart.
 */
const experiment = {
  name: 'killed',
  data: { train: 600, validation: 100, augment: true },
  model: { hidden: [40], batchNorm: true },
  optimizer: { batchSize: 50, learningRate: 0.1, momentum: 0.9 },
  length: { epochs: 160 },
  probes: { interpolation: { points: 10, windows: [{ firstIterations: 2000 }] } },
  keepParameters: 'epochs',
};

let folder: TemporaryFolder;
let workbench: Workbench;
let child: Child;
beforeEach(() => {
  folder = temporaryFolder();
  workbench = openTest(join(folder.path, 'store'), { fork: () => (child = realTrainer()) });
});
afterEach(async () => {
  await workbench.close();
  folder.remove();
});

it('a killed trainer leaves a run that goes on bit for bit', { timeout: seconds(300) }, async () => {
  const start = async (): Promise<string> => ((await workbench.handle('runs.start', { experiment })) as RunRecord).run;
  const get = (run: string): RunRecord => workbench.handlers['runs.get']({ run }) as RunRecord;
  const all = async (run: string): Promise<unknown> => ({
    iterations: await workbench.handle('runs.iterations', { run }),
    slices: await workbench.handle('runs.slices', { run }),
    epochs: await workbench.handle('runs.epochs', { run }),
    kept: (
      (await workbench.handle('runs.export', {
        runs: [run],
        directory: join(folder.path, run),
        formats: ['safetensors'],
      })) as { files: string[] }
    ).files.map((file) => readFileSync(file).toString('base64')),
  });
  const reported = recordEvents(workbench);
  const killed = await start();
  await until(() => get(killed).checkpoint_iteration !== null, 120_000);
  const from = get(killed).checkpoint_iteration!;
  await until(() => get(killed).iterations_done > from + 3, 60_000);
  child.kill();
  expect(await runOver(workbench, killed)).toMatchObject({ status: 'failed', checkpoint_iteration: from });
  expect(from).toBeGreaterThan(0);
  await workbench.handle('runs.resume', { run: killed });
  await runOver(workbench, killed, 200_000);
  expect(get(killed)).toMatchObject({ status: 'finished', iterations_done: 1920 });
  expect(reported.filter(({ name }) => name === 'run.rewound')).toHaveLength(1);
  const whole = await start();
  await runOver(workbench, whole, 200_000);
  expect(await all(killed)).toEqual(await all(whole));
  expect(get(killed).summary).toEqual(get(whole).summary);
  // time goes on where the checkpoint left it
  const { iteration, elapsed_seconds } = workbench.handlers['runs.times']({ run: killed }) as TimeColumns;
  expect(iteration.at(-1)).toBe(1919);
  expect(elapsed_seconds[0]).toBeGreaterThan(0);
  expect([...elapsed_seconds]).toEqual([...elapsed_seconds].sort((a, b) => a - b));
});
