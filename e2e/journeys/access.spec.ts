/** Everyone can use it: no violation that axe finds on any view, light and dark; keyboard alone; the theme is remembered. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { views } from '../../renderer/commands/views.ts';
import { violations } from '../axe.ts';
import { seedRun, seedStudy } from '../seed.ts';
import { expect, test } from '../window.ts';

test('no view violates what axe checks, light or dark', async ({ workbench }) => {
  const { page } = workbench;
  const a = await seedRun(workbench.store, ['name=one']);
  const b = await seedRun(workbench.store, ['name=two', 'optimizer.learningRate=0.5']);
  const study = await seedStudy(workbench.store);
  await page.evaluate((to) => (location.hash = `#/runs/${to}`), a);
  await page.getByTestId('export-open').click();
  await page.getByTestId('open-in-figures').click();
  await expect(page.getByTestId('figure-name')).toBeVisible();
  await page.getByTestId('figure-save').click();
  await expect(page).toHaveURL(/\/figures\/(?!new)/);
  const figure = page.url().split('/').at(-1)!;
  const values: Record<string, string> = { run: a, figure, study, path: 'nowhere' };
  // every route that the window has, so that a new view is tested by being there
  const routes = views
    .map(({ path }) =>
      path.replace(/:(\w+)(\(.*\)\*)?/g, (_, name: string) => {
        expect(values, `a value for the route ${path}`).toHaveProperty(name);
        return values[name]!;
      }),
    )
    .map((path) => (path === '/compare' || path === '/claims' ? `${path}?runs=${a},${b}` : path));
  expect(routes.length).toBeGreaterThan(9);
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const route of routes) {
      await page.evaluate((to) => (location.hash = `#${to}`), route);
      expect(await violations(page), `${route} ${scheme}`).toEqual([]);
    }
  }
});

test('the form of a study and its extension violate nothing that axe checks', async ({ workbench }) => {
  const { page } = workbench;
  const study = await seedStudy(workbench.store);
  await page.evaluate((to) => (location.hash = `#/studies/${to}`), study);
  await page.getByTestId('extend-study').click();
  await page.getByTestId('extend-seeds').fill('2');
  await expect(page.getByTestId('extend-start')).toContainText('4 runs');
  expect(await violations(page)).toEqual([]);
  await page.evaluate(() => (location.hash = '#/new'));
  // one of each way in which values are given: numbers, seeds, both of a switch, choices, and controls of their own
  for (const title of ['Learning rate', 'Seed', 'Batch norm', 'Architecture', 'Length', 'Probed iterations'])
    await page.getByRole('button', { name: `Vary ${title}`, exact: true }).click();
  await expect(page.getByTestId('grid-strip')).toContainText('6 runs');
  await page.getByText('The paper’s figures at its own scale').click();
  await expect(page.getByTestId('preset-valley-floor-vgg11-paper')).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test('every chart offers its numbers as a table', async ({ workbench }) => {
  const { page } = workbench;
  const run = await seedRun(workbench.store);
  await page.evaluate((to) => (location.hash = `#/runs/${to}`), run);
  for (const [chart, column] of [
    ['chart-walk', 'floor loss'],
    ['chart-cosine', 'gradient cosine'],
  ] as const) {
    await page.getByTestId(chart).getByTestId('show-table').click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByRole('columnheader', { name: column }).first()).toBeVisible();
    await expect(dialog.getByRole('rowheader', { name: 'iteration' })).toBeVisible();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  }
});

test('what a check of the store found is a list, and its button keeps the keyboard', async ({ workbench }) => {
  const { page, store } = workbench;
  await seedRun(store);
  await page.evaluate(() => (location.hash = '#/settings'));
  const job = page.getByTestId('job-check-store');
  const button = job.getByRole('button');
  for (const word of ['sound', 'damaged']) {
    await button.focus();
    await page.keyboard.press('Enter');
    await expect(job.getByText(`The store ${store} is ${word}`)).toBeVisible();
    await expect(button).toBeFocused();
    await expect(job.getByRole('listitem').first()).toContainText(word);
    await expect(job.getByRole(word === 'sound' ? 'status' : 'alert')).toContainText('with 1 run and');
    expect(await violations(page)).toEqual([]);
    mkdirSync(join(store, 'backups'), { recursive: true });
    writeFileSync(join(store, 'backups', '0001-version-24-2026-01-01.sqlite'), 'no backup');
  }
});

test('the theme is remembered', async ({ workbench }) => {
  await workbench.page.getByRole('link', { name: 'Settings' }).first().click();
  await workbench.page.getByTestId('theme-switch').getByText('Dark', { exact: true }).click();
  await expect(workbench.page.locator('html')).toHaveClass(/dark/);
  await workbench.reopen();
  await expect(workbench.page.locator('html')).toHaveClass(/dark/);
});

test('the palette goes anywhere and acts, by keyboard; the sheet tells the keys', async ({ workbench }) => {
  const { page } = workbench;
  const run = await seedRun(workbench.store, ['name=palette subject']);
  await expect(page.getByTestId('runs-table')).toBeVisible();
  const find = async (query: string): Promise<void> => {
    await page.keyboard.press('Control+k');
    await expect(page.getByTestId('palette-query')).toBeFocused();
    await page.keyboard.type(query);
    await expect(page.getByRole('option').first()).toBeVisible();
  };
  await find('palette sub');
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/runs/${run}`));
  await expect(page.getByTestId('chart-walk')).toBeVisible();
  await find('export this');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Export' })).toBeVisible();
  await page.keyboard.press('Escape');
  await find('dark theme');
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveClass(/dark/);
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await expect(page).toHaveURL(/\/data/);
  await page.keyboard.press('?');
  await expect(page.getByTestId('shortcut-sheet')).toContainText('Next barrier');
  expect(await violations(page)).toEqual([]);
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
