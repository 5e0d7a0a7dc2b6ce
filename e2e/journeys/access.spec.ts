/** Everyone can use it: no violation that axe finds on any view, light and dark; keyboard alone; the theme is remembered. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright/test';
import { seedRun } from '../seed.ts';
import { expect, test } from '../window.ts';

/** Violations on the present page, as readable lines. */
async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
  );
}

test('no view violates what axe checks, light or dark', async ({ workbench }) => {
  const { page } = workbench;
  const a = await seedRun(workbench.store, ['name=one']);
  const b = await seedRun(workbench.store, ['name=two', 'optimizer.learningRate=0.5']);
  const routes = [
    '/runs',
    '/new',
    `/runs/${a}`,
    `/compare?runs=${a},${b}`,
    `/claims?runs=${a},${b}`,
    '/figures',
    '/data',
    '/settings',
  ];
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const route of routes) {
      await page.evaluate((to) => (location.hash = `#${to}`), route);
      await page.waitForTimeout(700);
      expect(await violations(page), `${route} ${scheme}`).toEqual([]);
    }
  }
});

test('the theme is remembered', async ({ workbench }) => {
  await workbench.page.getByRole('link', { name: 'Settings' }).first().click();
  await workbench.page.getByTestId('theme-switch').getByText('Dark', { exact: true }).click();
  await expect(workbench.page.locator('html')).toHaveClass(/dark/);
  await workbench.reopen();
  await expect(workbench.page.locator('html')).toHaveClass(/dark/);
});

test('the quick walk starts from the keyboard alone', async ({ workbench: { page } }) => {
  await expect(page.getByTestId('quick-walk')).toBeVisible();
  for (let presses = 0; presses < 30; presses++) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate(() => document.activeElement?.getAttribute('data-testid'))) === 'quick-walk') break;
  }
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('run-status')).toBeVisible();
});
