/** The paper's deep networks on CIFAR's format, from the form: a few iterations on a few images, each with its slice. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { seconds } from '../../build/machine.ts';
import { writeCifar } from '../../electron/datasets/testing.ts';
import { addDataset, newExperimentOn } from '../datasets.ts';
import { expect, test } from '../window.ts';

const networks: { architecture: string; settings: Record<string, string> }[] = [
  { architecture: 'VGG-11', settings: {} },
  { architecture: 'Residual network', settings: { Depth: '56' } },
];

for (const { architecture, settings } of networks)
  test(`${architecture} walks on CIFAR files, slices and all`, async ({ workbench }) => {
    const { page, folder } = workbench;
    const cifar = join(folder, 'cifar');
    mkdirSync(cifar);
    writeCifar(cifar, 'cifar-10', 20);
    await addDataset(workbench, cifar);
    await expect(page.getByRole('row', { name: /^cifar/ })).toContainText('CIFAR-10 binary');

    await newExperimentOn(workbench, /cifar/);
    await page.locator('[data-path="model.architecture"] .el-select').click();
    await page.getByRole('option', { name: architecture }).click();
    const fields = {
      ...settings,
      'Training examples': '60',
      'Validation examples': '20',
      'Batch size': '20',
      'Learning rate': '0.01',
      'Interpolation points': '2',
    };
    for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
    await expect(page.getByTestId('estimate')).toContainText('3 iterations, 3 probed');
    await page.getByTestId('start-run').click();
    await expect(page.getByTestId('run-status')).toContainText(/finished/i, { timeout: seconds(60) });

    // the last iteration is selected, its slice drawn, its floor told
    const inspector = page.getByTestId('inspector');
    await expect(inspector).toContainText('Iteration 2');
    await expect(inspector.locator('.slice').locator('canvas, svg').first()).toBeVisible();
    await expect(inspector).toContainText(/floor/i);
    await expect(page.getByTestId('chart-walk').locator('canvas, svg').first()).toBeVisible();
  });
