/** Aim's metrics explorer. */
import { join } from 'node:path';
import type { Locator, Page } from 'playwright';
import type { Contender } from './contender.ts';
import { serve } from './environment.ts';
import type { Environment } from './environment.ts';

/** What Aim's address holds is base64 of an address' escapes of JSON. */
const read = (text: string): Record<string, unknown> =>
  JSON.parse(decodeURI(Buffer.from(text.slice(2), 'base64url').toString())) as Record<string, unknown>;
const written = (value: unknown): string => `O-${Buffer.from(encodeURI(JSON.stringify(value))).toString('base64url')}`;

const button = (page: Page, text: string): Locator => page.locator('button', { hasText: text }).first();

/** Chooses metrics or parameters by their names in the list that a button opens, and searches. */
async function choose(page: Page, opener: string, names: readonly string[]): Promise<void> {
  await button(page, opener).click();
  for (const name of names) {
    const option = page.locator('[role="option"]', { hasText: name }).first();
    await option.click();
    await option.locator('input:checked').waitFor({ state: 'attached' });
  }
  await page.keyboard.press('Escape');
  await page.locator('[role="option"]').first().waitFor({ state: 'hidden' });
  await button(page, 'Search').click();
}

/** Aim, in the best form that its address can say: outliers in view, and as many points a line as it draws. */
export function aim(environment: Environment): Contender {
  /** The address of the search, once it was made by hand. */
  let search = '';
  /** Opens the group that holds all runs, and gives the eyes of its rows. */
  async function eyes(page: Page): Promise<Locator> {
    await page.locator('.Table__groupsColumn__cell [class*="icon-"], [class*="icon-arrow-down"]').first().click();
    const rows = page.locator('.icon-eye-show-outline');
    await rows.first().waitFor();
    return rows;
  }
  return {
    name: 'Aim',
    settings: '`aim up --workers 1`, metrics explorer, `loss`, 500 points a line (the most it has), outliers shown',
    version: () => environment.version('aim'),
    async start(size) {
      const folder = await environment.seeded('aim', size);
      return serve(
        environment.program('aim'),
        (port) => ['up', '--repo', folder, '--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
        join(environment.folder, 'aim.log'),
      );
    },
    async prepare(page, address) {
      await page.goto(`${address}/metrics`);
      await button(page, 'Metrics').waitFor();
      const skip = page.getByText('Skip', { exact: true });
      await skip.click({ timeout: 5000 }).catch(() => undefined);
      await choose(page, 'Metrics', ['loss']);
      await page.locator('.LineChart').first().waitFor();
      const found = new URL(page.url());
      const chart = read(found.searchParams.get('chart')!);
      const zoom = { ...(chart['zoom'] as object), active: true };
      found.searchParams.set('chart', written({ ...chart, ignoreOutliers: false, densityType: 500, zoom }));
      search = found.href;
    },
    open: async (page) => {
      await page.goto(search);
    },
    chart: (page) => page.locator('.LineChart').first(),
    unzoom: async (page) => {
      await page
        .locator('.Controls__anchor')
        .filter({ has: page.locator('.icon-zoom-out') })
        .first()
        .click();
    },
    async metricsAtOnce(page, address) {
      await page.goto(`${address}/metrics`);
      await button(page, 'Metrics').waitFor();
      await page.waitForTimeout(3000);
      return page.locator('.LineChart').count();
    },
    async parallel(page) {
      await page.locator('a', { hasText: 'Params' }).first().click();
      await choose(page, 'Params', ['learning_rate', 'loss']);
      await page.locator('[class*="HighPlot"]').first().waitFor();
      return 5;
    },
    async hide(page) {
      await (await eyes(page)).nth(3).click();
      return 2;
    },
    async solo(page) {
      await eyes(page);
      // called by how many are hidden, which it keeps
      await page
        .locator('button', { has: page.locator('.icon-eye-outline-hide') })
        .first()
        .click();
      await page.getByText('Hide All Lines').click();
      await page.keyboard.press('Escape');
      await page.locator('.icon-eye-outline-hide').nth(4).click();
      return 4;
    },
  };
}
