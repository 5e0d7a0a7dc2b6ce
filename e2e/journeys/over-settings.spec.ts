/** A study over its settings: each chart, a brush that becomes the filter, the importance of settings; on the study's page and in Compare. */
import type { Locator, Page } from 'playwright/test';
import { seconds } from '../../build/machine.ts';
import { violations } from '../axe.ts';
import { seedStudy } from '../seed.ts';
import { expect, test } from '../window.ts';

/** A study of 2 × 3 settings with two seeds. */
const grid = {
  name: 'rates and sizes',
  experiment: { data: { train: 200, validation: 100 }, model: { hidden: [8] }, length: { epochs: 1 } },
  sweep: { 'optimizer.learningRate': [0.01, 0.1, 0.5], 'optimizer.batchSize': [50, 100] },
  seeds: [1, 2],
};

const plotOf = (page: Page, id: string): Locator => page.getByTestId(id).locator('[role="img"]');

test('a study over its settings: charts, a brush that becomes the filter, importance', async ({ workbench }) => {
  test.setTimeout(seconds(240));
  const study = await seedStudy(workbench.store, grid);
  await workbench.reopen();
  const { page } = workbench;
  await page.evaluate((id) => (location.hash = `#/studies/${id}`), study);

  // what the study varies is chosen already
  await expect(plotOf(page, 'over-chart')).toHaveAccessibleName(
    /Validation accuracy, last, against learning rate, one point for each run\. 0\.01: .* over 4 runs; 0\.1: .* over 4 runs; 0\.5: /,
  );
  await expect(page.getByTestId('over-log-x').getByRole('checkbox')).toBeChecked();
  await expect(plotOf(page, 'over-map')).toHaveAccessibleName(/: 6 cells, from .*; no cell without a run/);
  await expect(plotOf(page, 'over-parallel')).toHaveAccessibleName(
    /Parallel axes of 12 runs\. Learning rate from 0\.01 to 0\.5; Batch size from 50 to 100; Validation accuracy, last/,
  );
  const importance = page.getByTestId('over-importance');
  await expect(importance.locator('tbody tr')).toHaveCount(3);
  await expect(importance.getByRole('row', { name: /Learning rate/ })).toContainText(
    /ρ −?[01](\.\d+)? *−?[\d.]+ to [\d.]+/,
  );
  // below them its runs as before
  await expect(page.getByTestId('study-runs').locator('tbody tr')).toHaveCount(12);

  // another quantity and summary, the mean over a window
  await page.getByTestId('over-summary').click();
  await page.getByRole('option', { name: 'Mean', exact: true }).click();
  await page.getByTestId('over-from').fill('1');
  await page.getByTestId('over-from').press('Enter');
  await expect(page).toHaveURL(/quantity=epoch\.validation_accuracy\.mean\.1-/);
  await expect(plotOf(page, 'over-chart')).toHaveAccessibleName(/Validation accuracy, mean from epoch 1 on/);
  await page.getByTestId('over-summary').click();
  await page.getByRole('option', { name: 'Last', exact: true }).click();

  const csv = await workbench.saved(() => page.getByTestId('importance-save').click());
  expect(csv.name).toMatch(/^importance-.*\.csv$/);
  expect(csv.bytes.toString()).toMatch(
    /^setting,title,measure,estimate,low,high,runs,values,note,moves_with\r\noptimizer\./,
  );
  expect(await violations(page)).toEqual([]);

  // a figure of each
  for (const id of ['over-chart', 'over-map', 'over-parallel']) {
    await page
      .getByTestId(id)
      .getByRole('button', { name: /^Export this chart/ })
      .click();
    await expect(page.getByRole('img', { name: /^Preview/ })).toBeVisible();
    const svg = await workbench.saved(() => page.getByTestId('export-save').click());
    expect(svg.bytes.toString()).toContain('Learning rate');
    await page.keyboard.press('Escape');
    await expect(page.getByTestId('export-save')).toBeHidden();
  }

  // a range of an axis, by keyboard: two of three rates
  await page.getByTestId('over-axes').locator('summary').click();
  await page.getByRole('textbox', { name: 'Learning rate from' }).fill('0.05');
  await page.getByRole('textbox', { name: 'Learning rate from' }).press('Enter');
  await expect(page.getByTestId('over-brush')).toContainText('8 of 12 runs brushed');
  await expect(page.getByTestId('over-filter')).toHaveText('learningRate >= 0.1 and learningRate <= 0.5');
  await page.getByTestId('over-clear').click();
  await expect(page.getByTestId('over-brush')).toBeHidden();
  // and with the pointer: the upper half of the first axis
  const plot = (await page.getByTestId('over-parallel').locator('canvas').first().boundingBox())!;
  const across = plot.x + Math.min((plot.width / 3) * 0.46, plot.width * 0.12) + 12;
  await page.mouse.move(across, plot.y + plot.height * 0.5);
  await page.mouse.down();
  await page.mouse.move(across, plot.y + plot.height * 0.3, { steps: 4 });
  await page.mouse.move(across, plot.y + plot.height * 0.05, { steps: 4 });
  await page.mouse.up();
  await expect(page.getByTestId('over-filter')).toHaveText(/^learningRate (= 0\.5|>= 0\.1 and)/);
  await page.getByTestId('over-keep').click();
  await expect(page).toHaveURL(/compare\?.*view=settings/);
  await expect(page).toHaveURL(/filter=/);
  await expect(plotOf(page, 'over-parallel')).toHaveAccessibleName(/Parallel axes of [48] runs/);
  await page.getByTestId('over-axes').locator('summary').click();
  expect(await violations(page)).toEqual([]);
  await page.getByTestId('compare-view-curves').click();
  await expect(page.getByTestId('compare-summary')).toBeVisible();

  // Compare's group colours the points, and what is hidden there is said to be
  await page.evaluate(
    () => (location.hash = '#/compare?filter=seed > 0&view=settings&group=optimizer.learningRate,optimizer.batchSize'),
  );
  const by = page.locator('.el-select', { has: page.locator('#over-by') });
  await expect(by).toContainText('Learning rate × batch size');
  await page.locator('[data-compared] [data-act="solo"]').first().click();
  await expect(page.getByTestId('over-hidden')).toContainText('11 others are hidden');
  await page.getByTestId('over-hidden').getByRole('button', { name: 'Show all' }).click();
  await expect(plotOf(page, 'over-parallel')).toHaveAccessibleName(/Parallel axes of 12 runs/);

  // a point opens its run
  await page.evaluate((id) => (location.hash = `#/studies/${id}?setting=optimizer.batchSize&xlog=0`), study);
  const points = page.getByTestId('over-chart').locator('canvas').first();
  await expect(plotOf(page, 'over-chart')).toHaveAccessibleName(/batch size/);
  const box = (await points.boundingBox())!;
  // along the left value, wherever its points stand
  const [left, right] = [12 * 5.4, 12 * 1.4];
  const x = box.x + left + (0.06 / 1.12) * (box.width - left - right);
  for (let y = box.y + 8; y < box.y + box.height - 30 && !page.url().includes('/runs/'); y += 3)
    await page.mouse.click(x, y);
  await expect(page).toHaveURL(/#\/runs\//);
  const run = /runs\/([\w-]+)/.exec(page.url())![1]!;
  await page.evaluate((id) => (location.hash = `#/compare?runs=${id}&view=settings`), run);
  await expect(page.getByTestId('over-settings')).toContainText('choose two or more that differ');
});
