/**
 * A Python that is lost in mid-run, with real training on the PyTorch that VALLEYWALK_PYTHON names: it is killed or stopped, its run ends
 * with the cause, and goes on from its checkpoint in another; and it ends with the run that it computes for. Linux only.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { seconds } from '../../build/machine.ts';
import type { RunRecord } from '../../shared/records.ts';
import { temporaryFolder } from '../datasets/testing.ts';
import { isThere } from '../processes/testing.ts';
import { openWatched, runOver, until } from './testing/open.ts';

const there = process.platform === 'linux' && Boolean(process.env['VALLEYWALK_PYTHON']);

const experiment = {
  name: 'in Python',
  data: { train: 40, validation: 10 },
  model: { hidden: [8] },
  optimizer: { batchSize: 20 },
  length: { iterations: 1_000_000 },
  probes: { interpolation: { points: 2, windows: [{ firstIterations: 1_000_000 }] } },
};

/** The Python that a trainer started. */
function pythonOf(trainer: number): number {
  const children = readFileSync(`/proc/${trainer}/task/${trainer}/children`, 'utf8').trim().split(' ').filter(Boolean);
  const found = children.filter((pid) => /worker\.py/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8')));
  expect(found).toHaveLength(1);
  return Number(found[0]);
}

it.skipIf(!there)(
  'a Python that is killed or stopped ends its run with the cause, and the run goes on from there; stopping the run ends it',
  async () => {
    const folder = temporaryFolder();
    const { workbench, trainer } = openWatched(join(folder.path, 'store'));
    try {
      const { run } = (await workbench.handle('runs.start', { experiment, backend: 'pytorch' })) as RunRecord;
      const get = (): RunRecord => workbench.handlers['runs.get']({ run }) as RunRecord;
      await until(() => (get().checkpoint_iteration ?? 0) > 0, 120_000);
      for (const [signal, words] of [
        ['SIGKILL', /^the backend pytorch \(.* by PyTorch.*\) failed while .*: Python was killed \(SIGKILL\)/],
        ['SIGSTOP', /^the backend pytorch \(.*\) failed while .*: Python gave no sign of life for 30 s and was ended/],
      ] as const) {
        const python = pythonOf(trainer());
        process.kill(python, signal);
        const failed = await runOver(workbench, run, 120_000);
        expect(failed).toMatchObject({ status: 'failed', environment: { backend: 'pytorch' } });
        expect(failed.error).toMatch(words);
        expect(failed.checkpoint_iteration).toBeGreaterThan(0);
        await until(() => !isThere(python));
        await workbench.handle('runs.resume', { run });
        await until(() => get().status === 'running' && get().iterations_done > failed.iterations_done, 120_000);
      }
      const python = pythonOf(trainer());
      await workbench.handle('runs.stop', { run });
      expect(await runOver(workbench, run, 60_000)).toMatchObject({ status: 'stopped', error: null });
      await until(() => !isThere(python));
      expect(readdirSync('/dev/shm').filter((name) => name.startsWith('valleywalk-'))).toEqual([]);
    } finally {
      await workbench.close();
      folder.remove();
    }
  },
  seconds(500),
);
