/** Backends in the settings: what computes, why the rest cannot, how fast it is here; and on a run, where it was computed. */
import { seconds } from '../../build/machine.ts';
import { expect, test } from '../window.ts';

test('the settings tell what computes, measure it, and say why the rest cannot be used', async ({ workbench }) => {
  const { page } = workbench;
  await page.getByRole('link', { name: 'Settings' }).first().click();
  await expect(page.getByTestId('backend-cpu')).toBeChecked({ timeout: seconds(60) });
  await page.getByTestId('measure').click();
  await expect(page.getByTestId('measure-cancel')).toBeVisible();
  await expect(page.getByTestId('measure')).toHaveText('Measure again', { timeout: seconds(120) });
  const speeds = await page
    .getByRole('table', { name: 'Backends' })
    .locator('tbody tr')
    .first()
    .locator('td.num')
    .all();
  expect(speeds).toHaveLength(4);
  for (const speed of speeds) await expect(speed).toHaveText(/^[\d.,]+$/);
  await page.getByText('cannot be used here').click();
  await expect(page.getByText('ONNX Runtime has no such provider').first()).toBeVisible();
});

test('a run says what computed it', async ({ workbench: { page } }) => {
  await page.getByTestId('quick-walk').click();
  await expect(page.getByTestId('run-backend-name')).toHaveText('on cpu', { timeout: seconds(60) });
});
