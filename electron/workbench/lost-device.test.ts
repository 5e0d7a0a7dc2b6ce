/**
 * A GPU driver that fails in mid-run, with real training on SwiftShader: its process is left hardly any memory while it computes, so that
 * the driver can allocate nothing. Linux only, and skipped where there is no driver named (build/vulkan.ts).
 */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { seconds } from '../../build/machine.ts';
import type { RunRecord } from '../../shared/records.ts';
import { temporaryFolder } from '../datasets/testing.ts';
import { starve } from '../processes/testing.ts';
import { openWatched, runOver, until } from './testing/open.ts';

const { VK_ICD_FILENAMES, VK_DRIVER_FILES } = process.env;
const swiftShader = process.platform === 'linux' && /swiftshader/i.test(VK_DRIVER_FILES ?? VK_ICD_FILENAMES ?? '');

const experiment = {
  name: 'starved',
  data: { train: 40, validation: 10 },
  model: { hidden: [8] },
  optimizer: { batchSize: 20 },
  length: { iterations: 100_000 },
  probes: { interpolation: { points: 2, windows: [{ firstIterations: 100_000 }] } },
};

it.skipIf(!swiftShader)(
  'a driver that fails ends its run with the cause, and the run goes on from there',
  async () => {
    const folder = temporaryFolder();
    const { workbench, trainer } = openWatched(join(folder.path, 'store'));
    try {
      const { run } = (await workbench.handle('runs.start', { experiment, backend: 'webgpu' })) as RunRecord;
      const get = (): RunRecord => workbench.handlers['runs.get']({ run }) as RunRecord;
      await until(() => (get().checkpoint_iteration ?? 0) > 0, 120_000);
      starve(trainer());
      const failed = await runOver(workbench, run, 120_000);
      expect(failed).toMatchObject({ status: 'failed', environment: { backend: 'webgpu' } });
      expect(failed.error).toContain('webgpu');
      const from = failed.checkpoint_iteration!;
      expect(from).toBeGreaterThan(0);
      expect(failed.iterations_done).toBeGreaterThanOrEqual(from);

      // nothing else was touched: the workbench answers, and another process of the same backend takes the run on
      await workbench.handle('runs.resume', { run });
      await until(() => get().status === 'running' && get().iterations_done > failed.iterations_done, 120_000);
      await workbench.handle('runs.stop', { run });
      expect(await runOver(workbench, run, 60_000)).toMatchObject({ status: 'stopped', error: null });
    } finally {
      await workbench.close();
      folder.remove();
    }
  },
  seconds(400),
);
