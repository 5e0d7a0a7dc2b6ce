/** From the first click to a figure: the quick walk, watched live, inspected, exported. */
import { seconds } from '../../build/machine.ts';
import { expect, test } from '../window.ts';

test('one click starts the quick walk; it is watched, inspected and exported', async ({ workbench }) => {
  const { page } = workbench;
  await page.getByTestId('quick-walk').click();
  // live: the status and the charts are there while it trains
  await expect(page.getByTestId('run-status')).toContainText(/running|queued/i);
  await expect(page.getByTestId('chart-walk').locator('canvas, svg').first()).toBeVisible();
  await expect(page.getByTestId('run-status')).toContainText(/finished/i, { timeout: seconds(90) });
  for (const chart of ['chart-walk', 'chart-heights', 'chart-cosine', 'chart-distance'])
    await expect(page.getByTestId(chart)).toBeVisible();
  await expect(page.getByTestId('epoch-table').locator('tbody tr, .el-table__row')).not.toHaveCount(0);

  // clicking an iteration shows its slice with the numbers
  const walk = page.getByTestId('chart-walk');
  const box = (await walk.boundingBox())!;
  await walk.click({ position: { x: box.width * 0.4, y: box.height * 0.5 } });
  const inspector = page.getByTestId('inspector');
  await expect(inspector).toContainText(/floor/i);
  await expect(inspector).toContainText(/α/);
  await expect(inspector).toContainText(/cos/i);

  // the figure of the hero chart, in every format, at the size asked for
  for (const format of ['svg', 'png', 'pdf', 'csv'] as const) {
    await page.getByTestId('export-open').first().click();
    await page.getByTestId('export-format').getByText(format.toUpperCase(), { exact: true }).click();
    const { name, bytes } = await workbench.saved(() => page.getByTestId('export-save').click());
    expect(name).toMatch(new RegExp(`\\.${format}$`));
    if (format === 'svg') {
      const text = bytes.toString('utf8');
      expect(text).toMatch(/^<svg|^<\?xml/);
      expect(text).toContain('<text');
      expect(text).toContain('Training loss');
    } else if (format === 'png') expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    else if (format === 'pdf') expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    else {
      const lines = bytes.toString('utf8').trim().split(/\r?\n/);
      // 40 probed iterations of eleven points, and the floors
      expect(lines.length).toBeGreaterThan(40 * 10);
      expect(lines[0]).toMatch(/iteration/);
    }
    await page.keyboard.press('Escape');
  }

  // it is in the list afterwards, and after the window was closed
  await workbench.reopen();
  await workbench.page.getByRole('link', { name: 'Runs' }).first().click();
  await expect(workbench.page.getByTestId('runs-table')).toContainText('quick walk');
  await expect(workbench.page.getByTestId('runs-table')).toContainText(/finished/i);
});
