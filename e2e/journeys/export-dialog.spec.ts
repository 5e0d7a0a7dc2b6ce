/** The export of a chart in small windows: what saves it stays in view and where it is, whatever is chosen. */
import { violations } from '../axe.ts';
import { seedRun } from '../seed.ts';
import { expect, still, test } from '../window.ts';

for (const [width, height] of [
  [1024, 700],
  [820, 600],
  // the smallest that the desktop's window can be
  [800, 560],
] as const)
  test(`the export's buttons stay in view and in place at ${width} × ${height}`, async ({
    workbench: { page, store },
  }) => {
    const runs = [];
    for (const rate of [0.05, 0.5]) runs.push(await seedRun(store, [`optimizer.learningRate=${rate}`]));
    await page.setViewportSize({ width, height });
    await page.evaluate((to) => (location.hash = to), `#/compare?runs=${runs.join(',')}`);
    await expect(page.locator('[data-metric]').first()).toBeVisible();
    await page.getByTestId('export-open').click();
    const save = page.getByTestId('export-save');
    const body = page.locator('.el-dialog__body').filter({ has: page.getByTestId('export-format') });
    const bottom = async (): Promise<number> => {
      await still(page);
      const { x, y, width: wide, height: high } = (await save.boundingBox())!;
      const inside = await page.evaluate(() => [innerWidth, innerHeight] as const);
      expect(x + wide).toBeLessThanOrEqual(inside[0]);
      expect(y + high).toBeLessThanOrEqual(inside[1]);
      expect(y).toBeGreaterThan(0);
      // what scrolls is the list of choices, and not the dialog around it and the preview
      expect(await body.evaluate((element) => element.scrollHeight - element.clientHeight)).toBeLessThanOrEqual(0);
      return y;
    };
    const first = await bottom();
    for (const format of ['PNG', 'PDF', 'CSV', 'SVG']) {
      await page.getByTestId('export-format').getByText(format, { exact: true }).click();
      expect(await bottom()).toBe(first);
    }
    // one chart of them, with the longest list of choices
    await page.getByTestId('export-chart').click();
    await page
      .getByRole('option', { name: /^Distance/ })
      .first()
      .click();
    await page.getByTestId('export-format').getByText('PNG', { exact: true }).click();
    await page.getByRole('radio', { name: /from … to …/ }).check({ force: true });
    await page.getByTestId('export-to').scrollIntoViewIfNeeded();
    expect(await bottom()).toBe(first);
    await expect(page.getByTestId('export-to')).toBeInViewport();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(save).toBeHidden();
  });
