/** Runs side by side, and runs deleted. */
import { seedRun } from '../seed.ts';
import { expect, test } from '../window.ts';

test('two runs are compared on any metric, with what differs in their settings', async ({ workbench }) => {
  const a = await seedRun(workbench.store, ['name=slow', 'optimizer.learningRate=0.05']);
  const b = await seedRun(workbench.store, ['name=fast', 'optimizer.learningRate=0.5']);
  const { page } = workbench;
  // a run made in the terminal shows in an open window
  await expect(page.getByTestId('runs-table')).toContainText('fast');
  const table = page.getByTestId('runs-table');
  for (const name of ['slow', 'fast'])
    await table.getByRole('row').filter({ hasText: name }).getByRole('checkbox').first().click({ force: true });
  await page.getByRole('button', { name: 'Compare' }).first().click();
  await expect(page).toHaveURL(new RegExp(`(?=.*${a})(?=.*${b})`));
  const differences = page.getByTestId('compare-differences');
  await expect(differences).toContainText('Learning rate');
  await expect(differences).toContainText('0.05');
  await expect(differences).toContainText('0.5');
  await expect(page.locator('canvas').first()).toBeVisible();
});

test('a run is deleted only after a yes', async ({ workbench }) => {
  await seedRun(workbench.store, ['name=doomed']);
  const { page } = workbench;
  const row = page.getByTestId('runs-table').getByRole('row').filter({ hasText: 'doomed' });
  await row.getByRole('checkbox').first().click({ force: true });
  await page
    .getByRole('button', { name: /^Delete/ })
    .first()
    .click();
  await page
    .getByRole('button', { name: /^(Cancel|Keep)/ })
    .last()
    .click();
  await expect(row).toBeVisible();
  await page
    .getByRole('button', { name: /^Delete/ })
    .first()
    .click();
  await page
    .getByRole('button', { name: /^Delete/ })
    .last()
    .click();
  await expect(page.getByTestId('quick-walk')).toBeVisible();
});

test('an address of a run that is not there says so', async ({ workbench }) => {
  const { page } = workbench;
  await page.evaluate(() => {
    location.hash = '#/runs/20000101-000000-none';
  });
  await expect(page.getByText(/no run|not there|does not exist/i).first()).toBeVisible();
});
