/** The packaged application sets TensorFlow up out of a wheel, which VALLEYWALK_TEST_WHEEL names, and computes a run on it. */
import { seconds } from '../../build/machine.ts';
import { expect, test } from '../window.ts';

const wheel = process.env['VALLEYWALK_TEST_WHEEL'];

test('TensorFlow is set up out of a wheel, and a quick walk runs on it', async ({ workbench: { page } }) => {
  test.skip(!wheel, 'VALLEYWALK_TEST_WHEEL names no wheel of TensorFlow');
  test.setTimeout(seconds(600));
  await page.getByRole('link', { name: 'Settings' }).first().click();
  await expect(page.getByTestId('backend-cpu')).toBeChecked({ timeout: seconds(60) });
  await page.getByTestId('setups').locator('summary').first().click();
  const row = page.getByTestId('setup-tensorflow');
  const path = row.getByLabel('Path of a Python or a wheel for tensorflow');
  await path.fill(wheel!);
  await path.press('Enter');
  await expect(row.getByText(`Set up by "setup tensorflow" from ${wheel!}`)).toBeVisible({ timeout: seconds(180) });
  await page.getByTestId('backend-tensorflow').click({ timeout: seconds(60) });
  await expect(page.getByTestId('backend-tensorflow')).toBeChecked();
  await page.getByRole('link', { name: 'Runs' }).first().click();
  await page.getByTestId('quick-walk').click();
  await expect(page.getByTestId('run-backend-name')).toHaveText('on tensorflow', { timeout: seconds(60) });
  await expect(page.getByTestId('run-status')).toContainText(/finished/i, { timeout: seconds(300) });
});
