/** A table of one's own: added with its target named, chosen in the form, walked, and its figure exported. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seconds } from '../../build/machine.ts';
import { generatorFrom } from '../../electron/trainer/random/generator.ts';
import { addDataset, newExperimentOn } from '../datasets.ts';
import { expect, test } from '../window.ts';

/** Rows of a smooth function of three inputs, with noise. */
function table(rows: number): string {
  const draw = generatorFrom([1, 2, 3, 4]);
  const lines = Array.from({ length: rows }, () => {
    const [a, b, c] = [draw.uniform(), draw.uniform(), draw.uniform()];
    return [a, 100 * b, c, 20 * Math.sin(3 * a) + 5 * b + 0.2 * draw.uniform(), 7].map((x) => x.toFixed(4)).join(',');
  });
  return `area (km²),rooms,age,price (k€),year\n${lines.join('\n')}\n`;
}

test('a CSV table walks from the Data view to the figure', async ({ workbench }) => {
  const { page, folder } = workbench;
  const houses = join(folder, 'houses');
  mkdirSync(houses);
  writeFileSync(join(houses, 'houses.csv'), table(240));

  // the last column is the same in every row; the right one is named
  await addDataset(workbench, houses);
  await expect(page.getByText(/the target year is 7 in every row/)).toBeVisible();
  // the desktop has a dialog for it
  if (!workbench.electron) await expect(page.getByLabel('Folder or table')).toHaveValue(houses);
  await page.getByTestId('dataset-targets').fill('prize');
  await addDataset(workbench, houses);
  await expect(page.getByText(/has no column “prize” to take as a target; it has area, rooms/)).toBeVisible();
  await page.getByTestId('dataset-targets').fill('price');
  await addDataset(workbench, houses);
  await expect(page.getByText(/Added “houses”: 240 examples, 1 target: price \(k€\)/)).toBeVisible();
  const row = page.getByRole('row', { name: /^houses/ });
  await expect(row).toContainText('CSV table');
  await expect(row).toContainText('4 numbers');
  await page.getByLabel('Examples of houses').click();
  await expect(page.getByTestId('example-table').getByRole('row')).toHaveCount(11);

  await newExperimentOn(workbench, /houses/);
  await expect(page.getByText('240 rows of 4 numbers, 1 target: price (k€).')).toBeVisible();
  const fields = {
    'Training examples': '200',
    'Validation examples': '40',
    'Batch size': '20',
    'Learning rate': '0.05',
    'Interpolation points': '4',
  };
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
  await expect(page.getByText(/is cross-entropy, which is not taken of real numbers/).first()).toBeVisible();
  await page.locator('[data-path="loss.kind"] .el-select').click();
  await page.getByRole('option', { name: 'Squared error' }).click();
  await expect(page.getByTestId('estimate')).toContainText('10 iterations, 10 probed');
  await page.getByTestId('start-run').click();
  await expect(page.getByTestId('run-status')).toContainText(/finished/i, { timeout: seconds(60) });
  await expect(page.getByLabel('Summary').getByText('Validation R²')).toBeVisible();
  await expect(page.getByText('Loss and R² by epoch')).toBeVisible();
  await expect(page.getByTestId('chart-epoch-r-squared').locator('canvas, svg').first()).toBeVisible();
  await expect(page.getByTestId('chart-walk').locator('canvas, svg').first()).toBeVisible();
});
