/** A table in the workbench: added, kept, refused with the wrong loss, run and exported. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Dataset } from '../../../shared/datasets.ts';
import type { RunRecord } from '../../../shared/records.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { openTest, realTrainer, runOver } from '../testing/open.ts';
import type { Workbench } from '../workbench.ts';

let folder: TemporaryFolder;
let workbench: Workbench;
beforeEach(() => {
  folder = temporaryFolder();
  workbench = openTest(join(folder.path, 'store'), { fork: realTrainer });
});
afterEach(async () => {
  await workbench.close();
  folder.remove();
});

it('is added with its targets, kept, and walked with squared error alone', async () => {
  const at = join(folder.path, 'houses');
  mkdirSync(at);
  const rows = Array.from({ length: 80 }, (_, row) => [
    row % 7,
    (row * row) % 11,
    (3 * (row % 7) + ((row * row) % 11)) / 4,
  ]);
  writeFileSync(join(at, 'houses.csv'), `rooms,age,price (k€)\n${rows.map((row) => row.join(',')).join('\n')}\n`);
  const added = (await workbench.handle('datasets.add', { folder: at, targets: ['price'] })) as Dataset;
  expect(added).toMatchObject({ id: 'houses', classes: null, targetColumns: [{ name: 'price', unit: 'k€' }] });
  const other = (await workbench.handle('datasets.add', { folder: at, targets: ['age'] })) as Dataset;
  expect(other.id).toBe('houses-2');
  await workbench.close();
  workbench = openTest(join(folder.path, 'store'), { fork: realTrainer });
  const kept = (await workbench.handle('datasets.list', {})) as Dataset[];
  expect(kept.filter(({ bundled }) => !bundled)).toEqual([added, other]);

  const experiment = {
    data: { set: 'houses', train: 60, validation: 20 },
    model: { hidden: [5] },
    optimizer: { batchSize: 10, learningRate: 0.1 },
    length: { epochs: 12 },
    probes: { interpolation: { points: 3, windows: [{ firstIterations: 4 }] } },
  };
  await expect(workbench.handle('runs.start', { experiment })).rejects.toMatchObject({
    problems: [
      {
        path: 'loss.kind',
        message:
          'is cross-entropy, which is not taken of real numbers, and the targets of this data set are real numbers; choose squared error, or another data set',
      },
    ],
  });
  const squared = { ...experiment, loss: { kind: 'squared-error' } };
  await expect(
    workbench.handle('runs.start', { experiment: { ...squared, data: { ...squared.data, augment: true } } }),
  ).rejects.toMatchObject({ problems: [{ path: 'data.augment' }] });
  const { run } = (await workbench.handle('runs.start', { experiment: squared })) as RunRecord;
  const record = await runOver(workbench, run);
  expect(record).toMatchObject({ status: 'finished', summary: { train_accuracy: null, validation_accuracy: null } });
  expect(record.summary.validation_r_squared).toBeGreaterThan(0.3);
  expect(record.summary.train_r_squared).toBeLessThan(1);

  const out = join(folder.path, 'out');
  const { files } = (await workbench.handle('runs.export', {
    runs: [run],
    directory: out,
    formats: ['csv', 'svg'],
  })) as { files: string[] };
  const names = files.map((name) => name.replaceAll('\\\\', '/'));
  expect(names.some((name) => name.endsWith('figures/validation-r-squared.svg'))).toBe(true);
  expect(names.some((name) => name.endsWith('validation-accuracy.svg'))).toBe(false);
  expect(
    readFileSync(
      names.find((name) => name.endsWith('epochs.csv'))!,
      'utf8',
    ),
  ).toContain('validation_r_squared');
});
