/** MLflow, as it comes and with all runs shown. */
import { join } from 'node:path';
import type { Page } from 'playwright';
import type { Contender } from './contender.ts';
import { serve } from './environment.ts';
import type { Environment } from './environment.ts';

/** The experiment that is seeded; number 0 is MLflow's own. */
const chartsOf = (address: string): string => `${address}/#/experiments/1/runs?compareRunsMode=CHART`;
/** A card of the page of charts, by its metric. */
const cardOf = (page: Page, metric: string) =>
  page.locator('[data-testid="experiment-view-compare-runs-card"]').filter({ hasText: metric }).first();

/** Chooses from the menu of the list's eye. */
async function visibility(page: Page, choice: string): Promise<void> {
  await page.getByTestId('experiment-view-runs-visibility-column-header').click();
  await page.getByText(choice, { exact: true }).first().click();
}
/** The eye of a run in the list. */
const eye = (page: Page, row: number) =>
  page.locator('label', { has: page.locator('.is-visibility-toggle-checkbox') }).nth(row);

/** @param all whether all runs are shown, as far as its list lets choose; else the ten that it begins with */
export function mlflow(environment: Environment, all: boolean): Contender {
  return {
    name: all ? 'MLflow, all runs shown' : 'MLflow',
    settings: all
      ? '`mlflow server --workers 1` over SQLite, *Show all runs*, smoothing 0, chart in full screen'
      : '`mlflow server --workers 1` over SQLite, as it comes, chart in full screen',
    version: () => environment.version('mlflow'),
    async start(size) {
      const folder = await environment.seeded('mlflow', size);
      return serve(
        environment.program('mlflow'),
        (port) => [
          ...['server', '--workers', '1', '--host', '127.0.0.1', '--port', String(port)],
          ...['--backend-store-uri', `sqlite:///${folder}/mlflow.db`, '--default-artifact-root', `${folder}/artifacts`],
        ],
        join(environment.folder, 'mlflow.log'),
      );
    },
    async prepare(page, address) {
      await page.goto(chartsOf(address));
      await cardOf(page, 'loss').waitFor({ timeout: 120_000 });
      // its assistant, which comes with the first visit
      await page
        .getByRole('button', { name: 'Close' })
        .last()
        .click({ timeout: 5000 })
        .catch(() => undefined);
      if (all) await visibility(page, 'Show all runs');
      // what was chosen is kept some time after
      await page.waitForTimeout(3000);
    },
    open: async (page, address) => {
      await page.goto(chartsOf(address));
    },
    chart: (page) =>
      page.locator('[role="dialog"] .js-plotly-plot').or(cardOf(page, 'loss').locator('.js-plotly-plot')).last(),
    async widen(page) {
      await cardOf(page, 'loss').locator('[data-component-id="fullscreen_button_chartcard"]').click();
      await page.locator('[role="dialog"] .js-plotly-plot').waitFor();
    },
    unzoom: (_, chart) => chart.dblclick(),
    async metricsAtOnce(page, address) {
      await page.goto(chartsOf(address));
      await cardOf(page, 'loss').waitFor();
      return page.locator('[data-testid="experiment-view-compare-runs-card"]').count();
    },
    async parallel(page) {
      await page.getByTestId('experiment-view-compare-runs-add-chart').first().click();
      await page.getByTestId('experiment-view-compare-runs-chart-type-parallel').click();
      const dialog = page.getByRole('dialog');
      for (const [field, option] of [
        ['Params', 'learning_rate'],
        ['Metrics', 'loss'],
      ] as const) {
        await dialog
          .getByText(field, { exact: true })
          .locator('xpath=following::*[@role="combobox" or self::button][1]')
          .click();
        await page.locator('[class*="select-item-option"]', { hasText: option }).first().click();
      }
      await dialog.getByText('Select at least two metrics and params first').waitFor({ state: 'hidden' });
      await page
        .getByTestId('experiment-view-compare-runs-chart-modal-confirm')
        .or(dialog.getByRole('button', { name: 'Add chart' }))
        .first()
        .click();
      return 7;
    },
    async hide(page) {
      await eye(page, 3).click();
      return 1;
    },
    async solo(page) {
      await visibility(page, 'Hide all runs');
      await eye(page, 3).click();
      return 3;
    },
  };
}
