/** Setups in the settings: Pythons are looked for, one that does not do is named with the reason, and what is typed is refused by a sentence. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seconds } from '../../build/machine.ts';
import { expect, test } from '../window.ts';

test('the settings look for Pythons, say what each has, and why a path cannot be used', async ({ workbench }) => {
  const { page } = workbench;
  await page.getByRole('link', { name: 'Settings' }).first().click();
  await expect(page.getByTestId('backend-cpu')).toBeChecked({ timeout: seconds(60) });
  await page.getByTestId('setups').locator('summary').first().click();
  const row = page.getByTestId('setup-tensorflow');
  await row.getByRole('button', { name: 'Look for Pythons' }).click();
  await expect(row.getByRole('button', { name: 'Look again' })).toBeVisible({ timeout: seconds(120) });
  // a page that is loaded again shows what was answered as that, and looks anew when it is told to
  await page.reload();
  await page.getByTestId('setups').locator('summary').first().click();
  await expect(row.getByRole('button', { name: 'Look again' })).toBeVisible();
  await row.getByText('cannot be used').click();
  await expect(row.getByText('it has no tensorflow').first()).toBeVisible();
  const path = row.getByLabel('Path of a Python or a wheel for tensorflow');
  const wheel = join(workbench.folder, 'some.whl');
  writeFileSync(wheel, 'no archive');
  await path.fill(wheel);
  await path.press('Enter');
  await expect(row.getByRole('alert')).toContainText(/is not in .*npm run build:tensorflow|no archive/);
});

test('what is being done can be cancelled', async ({ workbench: { page, folder } }) => {
  const python = join(folder, 'python3');
  writeFileSync(python, '#!/bin/sh\nexec sleep 1000\n');
  chmodSync(python, 0o755);
  await page.getByRole('link', { name: 'Settings' }).first().click();
  await expect(page.getByTestId('backend-cpu')).toBeChecked({ timeout: seconds(60) });
  await page.getByTestId('setups').locator('summary').first().click();
  const row = page.getByTestId('setup-pytorch');
  const path = row.getByLabel('Path of a Python for pytorch');
  await path.fill(python);
  await path.press('Enter');
  await expect(row.getByRole('status').filter({ hasText: `asking ${python}` })).toBeVisible();
  await row.getByTestId('setup-cancel').click();
  await expect(row.getByText('Setup pytorch was cancelled; nothing was changed')).toHaveRole('status');
  await expect(row.getByRole('alert')).toHaveCount(0);
});
