/** Analyses of kept parameters in the window: computed, seen, read as axe reads them, exported. */
import { AxeBuilder } from '@axe-core/playwright';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seconds } from '../../build/machine.ts';
import { seedRun } from '../seed.ts';
import { valleywalk } from '../terminal/run.ts';
import { expect, still, test } from '../window.ts';

test('the loss on a plane is computed from kept parameters, shown in both themes and exported', async ({
  workbench,
}) => {
  const { page } = workbench;
  const run = await seedRun(workbench.store, ['name=kept walk', 'keepParameters=windows']);
  await page.evaluate((to) => (location.hash = `#/runs/${to}`), run);
  const panel = page.getByTestId('analyses');
  await expect(panel).toBeVisible();
  await panel.getByTestId('start-analysis').click();
  await expect(panel.getByTestId('chart-plane')).toBeVisible({ timeout: seconds(60) });
  await expect(panel.getByTestId('chart-plane').locator('canvas, svg').first()).toBeVisible();
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await still(page);
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().include('[data-testid=analyses]').analyze();
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html.slice(0, 160)}`),
      scheme,
    ).toEqual([]);
  }

  const out = join(workbench.folder, 'out');
  const exported = await valleywalk(workbench.store, ['export', run, '--out', out, '--format', 'json,csv,svg']);
  expect(exported.code, exported.err).toBe(0);
  const folder = join(out, readdirSync(out)[0]!, 'analyses');
  const files = readdirSync(folder).sort();
  expect(files.map((file) => file.replace(/-\d.*\./, '.'))).toEqual(['plane.csv', 'plane.json', 'plane.svg']);
  const found = JSON.parse(readFileSync(join(folder, files[1]!), 'utf8')) as { run: string; status: string };
  expect(found).toMatchObject({ run, status: 'finished' });
});

test('the spectral density of the Hessian is asked for by its settings and shown with its numbers', async ({
  workbench,
}) => {
  const { page } = workbench;
  const run = await seedRun(workbench.store, ['name=kept walk', 'keepParameters=windows']);
  await page.evaluate((to) => (location.hash = `#/runs/${to}`), run);
  const panel = page.getByTestId('analyses');
  await panel.getByTestId('analysis-kind').click();
  await page.getByRole('option', { name: 'Spectral density of the Hessian' }).click();
  await panel.getByLabel('Iterations', { exact: true }).fill('0, 4, 12');
  await panel.getByLabel('Products of each vector', { exact: true }).fill('20');
  await panel.getByTestId('start-analysis').click();
  const chart = panel.getByTestId('chart-spectral-density');
  await expect(chart).toBeVisible({ timeout: seconds(60) });
  await expect(chart.locator('canvas, svg').first()).toBeVisible();
  const rows = panel.getByRole('table', { name: 'Eigenvalues by iteration' }).getByRole('row');
  await expect(rows).toHaveCount(4);
  await expect(rows.nth(2)).toContainText('±');
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await still(page);
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().include('[data-testid=analyses]').analyze();
    expect(
      violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html.slice(0, 160)}`),
      scheme,
    ).toEqual([]);
  }
});
