/**
 * TensorFlow set up out of a real wheel, which VALLEYWALK_TEST_WHEEL names, and computing in a trainer. Needs prebuilt/tensorflow
 * (`npm run build:tensorflow`); continuous integration has both.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { seconds } from '../../../build/machine.ts';
import type { WorkbenchInfo } from '../../../shared/workbench-info.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import { openTest, realTrainer, runOver } from '../testing/open.ts';
import { makeEnvironment, packagesOf } from './testing.ts';

const wheel = process.env['VALLEYWALK_TEST_WHEEL'];
const resources = fileURLToPath(new URL('../../../resources', import.meta.url));
const why = wheel ? '' : ' (skipped: VALLEYWALK_TEST_WHEEL names no wheel of TensorFlow)';

// continuous integration names another library by hand
beforeEach(() => void vi.stubEnv('VALLEYWALK_TENSORFLOW', ''));
afterEach(() => void vi.unstubAllEnvs());

it.skipIf(!wheel)(
  `a run computes on TensorFlow out of a wheel, then out of an environment${why}`,
  async () => {
    const folder = temporaryFolder();
    const workbench = openTest(join(folder.path, 'store'), { resources, fork: realTrainer });
    const ask = (name: string, parameters: object): Promise<unknown> => workbench.handle(name, parameters);
    const backend = async (): Promise<WorkbenchInfo['backends'][number]> =>
      ((await ask('workbench.info', {})) as WorkbenchInfo).backends.find(({ name }) => name === 'tensorflow')!;
    try {
      expect(await backend()).toMatchObject({ available: false });
      await ask('setups.install', { setup: 'tensorflow', wheel });
      expect(await backend()).toMatchObject({
        available: true,
        device: expect.stringContaining('by TensorFlow') as string,
      });
      // told by the library itself, and not by the wheel's name
      expect((await backend()).versions['tensorflow']).toBe(/-(\d+\.\d+\.\d+)-/.exec(wheel!)![1]);
      const experiment = {
        name: 'on TensorFlow',
        data: { train: 300, validation: 100 },
        model: { hidden: [12] },
        optimizer: { batchSize: 50 },
        length: { epochs: 1 },
      };
      const { run } = (await ask('runs.start', { experiment, backend: 'tensorflow' })) as { run: string };
      expect(await runOver(workbench, run, seconds(120))).toMatchObject({
        status: 'finished',
        environment: { backend: 'tensorflow' },
      });

      // an environment into which the same libraries were installed
      const place = join(folder.path, 'environment');
      const python = makeEnvironment(place);
      const libraries = join(packagesOf(place), 'tensorflow');
      mkdirSync(libraries);
      const { openWheel, takeFromWheel } = await import('./wheel.ts');
      const how = { signal: new AbortController().signal, progress: (): void => undefined };
      const names = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
      const files = names.map((name) => [`tensorflow/${name}`, join(libraries, name)]);
      await takeFromWheel(
        await openWheel(wheel!, how.signal),
        Object.fromEntries(files) as Record<string, string>,
        how,
      );
      await ask('setups.install', { setup: 'tensorflow', python });
      expect(await backend()).toMatchObject({ available: true });
      rmSync(libraries, { recursive: true });
      // asked anew: the store is opened by another process
      const later = openTest(join(folder.path, 'store'), { resources, fork: realTrainer });
      try {
        const { backends } = (await later.handle('workbench.info', {})) as WorkbenchInfo;
        expect(backends.find(({ name }) => name === 'tensorflow')!.reason).toContain(
          `libtensorflow_cc.so.2, taken from ${python}, is not there any more; "valleywalk setup tensorflow" sets it up again`,
        );
      } finally {
        await later.close();
      }
      await ask('setups.remove', { setup: 'tensorflow' });
      expect(await backend()).toMatchObject({ available: false });
    } finally {
      await workbench.close();
      folder.remove();
    }
  },
  seconds(300),
);
