/** A chart becomes a figure: opened from its export, changed, undone, saved, exported and opened again from its file. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seedRun } from '../seed.ts';
import { expect, test } from '../window.ts';

test('a chart is opened in Figures, saved, exported and opened again from its PDF', async ({ workbench }) => {
  const run = await seedRun(workbench.store, ['name=small walk']);
  const { page } = workbench;
  await page.evaluate((to) => (location.hash = `#/runs/${to}`), run);
  await page.getByTestId('export-open').first().click();
  await page.getByTestId('open-in-figures').click();
  await expect(page.getByTestId('figure-preview')).toBeVisible();

  // a size of zero is named, and undone
  const width = page.getByRole('textbox', { name: 'Width' });
  await width.fill('0');
  await expect(page.getByText('size.width must be at least')).toBeVisible();
  await expect(page.getByTestId('figure-save')).toBeDisabled();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(width).toHaveValue('4.5');

  await page.getByTestId('panel-add').click();
  await page.getByTestId('figure-name').fill('two panels');
  await page.getByTestId('figure-save').click();
  await expect(
    page.getByText('Saved.').or(page.getByTestId('figure-save').and(page.locator(':disabled'))),
  ).toBeVisible();
  const { name, bytes } = await workbench.saved(() => page.getByTestId('figure-export').click());
  expect(name).toContain('two-panels.pdf');
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');

  await page.getByRole('link', { name: 'Figures' }).click();
  await expect(page.getByTestId('figures')).toContainText('two panels');
  const file = join(workbench.folder, 'two-panels.pdf');
  writeFileSync(file, bytes);
  await page.getByTestId('figure-file').setInputFiles(file);
  await expect(page.getByTestId('figure-name')).toHaveValue('two panels 2');
  await expect(page.getByTestId('figure-preview')).toBeVisible();
});

test('two quantities are chosen in the editor; a logarithmic axis goes with the quantity that can have none', async ({
  workbench,
}) => {
  const run = await seedRun(workbench.store, ['name=small walk']);
  const { page } = workbench;
  await page.evaluate((to) => (location.hash = `#/runs/${to}`), run);
  await page.getByTestId('export-open').first().click();
  await page.getByTestId('open-in-figures').click();
  const preview = page.getByTestId('figure-preview');
  await expect(preview).toBeVisible();
  const choose = async (label: string, option: string): Promise<void> => {
    await page.getByRole('combobox', { name: label, exact: true }).click();
    await page.getByRole('option', { name: option, exact: true }).click();
    // a list that is closing still offers what the next one does
    await expect(page.getByRole('option')).toHaveCount(0);
  };
  await choose('Chart', 'Gradient norm against batch loss, a point for each iteration');
  await choose('Horizontal', 'Distance from initialisation');
  await choose('Vertical', 'Height above the floor before the update');
  const across = page.getByTestId('panel-log-x');
  await across.click();
  await choose('Horizontal', 'Cosine of consecutive gradients');
  await expect(across).toHaveCount(0);
  await expect(page.getByTestId('panel-log-y')).toBeVisible();
  await expect(preview).toBeVisible();
  await expect(page.getByTestId('figure-save')).toBeEnabled();
});

test('a run that measures enough opens as the paper’s figure', async ({ workbench }) => {
  const run = await seedRun(workbench.store, [
    'optimizer={"kind":"gd","learningRate":0.1}',
    'length={"iterations":120}',
    'probes.interpolation.windows=[{"firstIterations":120}]',
  ]);
  const { page } = workbench;
  await page.evaluate((id) => (location.hash = `#/runs/${id}`), run);
  await page.getByTestId('paper-figure').click();
  await expect(page).toHaveURL(/figures\/new/);
  await expect(page.getByTestId('figure-name')).toHaveValue('GD walk');
  await expect(page.getByRole('radiogroup', { name: 'Panel', exact: true }).getByRole('radio')).toHaveCount(3);
  await expect(page.getByTestId('figure-preview')).toBeVisible();
});
