/** TensorBoard, as it comes and in its best form. */
import { join } from 'node:path';
import type { Page } from 'playwright';
import type { Contender } from './contender.ts';
import { serve } from './environment.ts';
import type { Environment } from './environment.ts';

/** Marks every run in the list of runs: with more than 40 none is at first. */
async function chooseAll(page: Page): Promise<void> {
  const box = page.locator('runs-data-table tb-data-table-header-cell mat-checkbox input').first();
  await page.locator('runs-data-table tb-data-table-content-row').first().waitFor();
  if (!(await box.isChecked())) await box.click();
}

/** @param all whether every point is kept and lines are not smoothed; `scalars=0`, which is said to do so, left the charts of 2.21 empty */
export function tensorboard(environment: Environment, all: boolean): Contender {
  const row = (page: Page, index: number) => page.locator('runs-data-table tb-data-table-content-row').nth(index);
  return {
    name: all ? 'TensorBoard, every point' : 'TensorBoard',
    settings: all
      ? '`--samples_per_plugin scalars=1000000`, smoothing 0, outliers shown, all 50 runs ticked, tag filter `loss`, card at full size and 600 px high'
      : 'as it comes (1,000 points a run, smoothing 0.6), outliers shown, all 50 runs ticked, tag filter `loss`, card at full size and 600 px high',
    version: () => environment.version('tensorboard'),
    async start(size) {
      const folder = await environment.seeded('tensorboard', size);
      const extra = all ? ['--samples_per_plugin', 'scalars=1000000'] : [];
      return serve(
        environment.program('tensorboard'),
        (port) => ['--logdir', folder, '--host', '127.0.0.1', '--port', String(port), ...extra],
        join(environment.folder, 'tensorboard.log'),
      );
    },
    async prepare(page, address) {
      await page.goto(`${address}/?tagFilter=loss`);
      const outliers = page.getByRole('checkbox', { name: 'Ignore outliers in chart scaling' });
      await outliers.waitFor();
      if (await outliers.isChecked()) await outliers.click();
      // it is kept some time after the click
      await page.waitForTimeout(1000);
    },
    async open(page, address) {
      await page.goto(`${address}/?tagFilter=%5Eloss%24${all ? '&smoothing=0' : ''}#timeseries`);
      await chooseAll(page);
    },
    chart: (page) => page.locator('scalar-card line-chart').first(),
    async widen(page) {
      await page.getByTitle('Toggle full size mode').first().click();
      // as by its corner, which can be dragged
      await page.addStyleTag({
        content: 'scalar-card .chart-container { height: 600px !important; max-height: none !important; }',
      });
    },
    unzoom: (_, chart) => chart.dblclick(),
    wheelKey: 'Alt',
    async metricsAtOnce(page, address) {
      await page.goto(`${address}/#timeseries`);
      await page.locator('scalar-card').first().waitFor();
      return page.locator('scalar-card').count();
    },
    async parallel(page) {
      await page.getByRole('tab', { name: /hparams/i }).click();
      await page.getByText(/parallel coordinates view/i).click();
      await page.locator('tf-hparams-parallel-coords-plot svg, [class*="parallel-coords"] svg').first().waitFor();
      return 2;
    },
    async hide(page) {
      await row(page, 3).locator('mat-checkbox input').click({ force: true });
      return 1;
    },
    async solo(page) {
      await row(page, 5).locator('mat-checkbox').dblclick({ force: true });
      return 2;
    },
  };
}
