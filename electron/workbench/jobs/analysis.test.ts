/** How the queue of analyses shares the cores with runs. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { AnalysisRecord } from '../../../shared/analyses/index.ts';
import type { RunRecord } from '../../../shared/records.ts';
import type { TrainerCommand } from '../../../shared/trainer-messages.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { Fork } from '../../processes/child.ts';
import { openTest, realTrainer, runOver, until } from '../testing/open.ts';
import { walkPatience } from '../testing/training.ts';

it.skipIf(availableParallelism() === 1)('an analysis has all cores, or half of them beside a run', async () => {
  const folder = temporaryFolder();
  const sent: TrainerCommand[] = [];
  const fork: Fork = () => {
    const child = realTrainer();
    const send = child.send.bind(child);
    child.send = (message) => {
      sent.push(message as TrainerCommand);
      send(message);
    };
    return child;
  };
  const workbench = openTest(join(folder.path, 'store'), { fork });
  const walk = async (iterations: number): Promise<string> =>
    (
      (await workbench.handle('runs.start', {
        experiment: {
          data: { train: 200, validation: 50 },
          model: { hidden: [8] },
          optimizer: { batchSize: 50 },
          length: { iterations },
          probes: { interpolation: { points: 4, windows: [{ firstIterations: 3 }] } },
          keepParameters: 'windows',
        },
      })) as RunRecord
    ).run;
  try {
    const run = await walk(4);
    await runOver(workbench, run, walkPatience);
    const threadsOf = async (): Promise<number | null> => {
      const { analysis } = (await workbench.handle('analyses.start', {
        run,
        request: { kind: 'plane', settings: { resolution: 21 } },
      })) as AnalysisRecord;
      const now = (): AnalysisRecord => workbench.handlers['analyses.get']({ analysis }) as AnalysisRecord;
      await until(() => now().status === 'finished', walkPatience);
      const reported = (sent.findLast(({ type }) => type === 'analyse') as TrainerCommand & { type: 'analyse' })
        .threads;
      expect(now().threads).toBe(reported);
      return reported;
    };
    expect(await threadsOf()).toBe(availableParallelism());
    const beside = await walk(50_000);
    expect(await threadsOf()).toBe(Math.max(1, Math.floor(availableParallelism() / 2)));
    await workbench.handle('runs.stop', { run: beside });
    await runOver(workbench, beside, walkPatience);
  } finally {
    await workbench.close();
    folder.remove();
  }
});
