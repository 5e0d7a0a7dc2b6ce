/** The packaged application: its window opens, its workbench and trainer run from the package, a figure comes out. */
import { seconds } from '../../build/machine.ts';
import { expect, test } from '../window.ts';

test('a quick walk runs in the packaged window', async ({ workbench }) => {
  const { page, electron } = workbench;
  expect(await electron!.evaluate(({ app }) => app.isPackaged)).toBe(true);
  await page.getByTestId('quick-walk').click();
  await expect(page.getByTestId('run-status')).toContainText(/finished/i, { timeout: seconds(90) });
  await expect(page.getByTestId('chart-walk')).toBeVisible();
  await expect(page.getByTestId('epoch-table')).toBeVisible();
});
