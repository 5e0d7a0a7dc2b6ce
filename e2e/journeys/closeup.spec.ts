/** The close-up of a run: the player goes through its steps, the slices stand as a heat map, and what is exported is the records. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seconds } from '../../build/machine.ts';
import { seedRun } from '../seed.ts';
import { valleywalk } from '../terminal/run.ts';
import { expect, test } from '../window.ts';

test('the player steps through the walk; the heat map’s CSV equals the recorded slices', async ({ workbench }) => {
  const run = await seedRun(workbench.store);
  const { page } = workbench;
  await page.getByRole('link', { name: 'Runs' }).first().click();
  await page.getByTestId('runs-table').getByText('quick walk').first().click();
  const where = page.getByTestId('player-where');
  await expect(where).toHaveText(/\/ 19$/);

  // keys, wherever the keyboard is; every view follows, and the address
  await page.getByTestId('chart-walk').getByRole('slider').press('Home');
  await expect(where).toHaveText('0 / 19');
  await page.getByTestId('chart-walk').getByRole('slider').press('ArrowRight');
  await expect(where).toHaveText('1 / 19');
  await expect(page.getByTestId('inspector')).toContainText('Iteration 1');
  await expect(page.getByTestId('chart-slice')).toContainText('Slice of iteration 1');
  await expect(page).toHaveURL(/step=1$/);
  // it plays to the last probed step and stops there
  await page.getByTestId('player-speed').click();
  await page.getByRole('option', { name: '60 / s' }).click();
  await page.getByTestId('chart-walk').getByRole('slider').press(' ');
  await expect(where).toHaveText('11 / 19');
  await expect(page.getByTestId('player-toggle')).toHaveText('Play');
  await expect(page).toHaveURL(/step=11$/);
  await page.getByTestId('player').getByRole('slider', { name: 'Iteration' }).fill('4');
  await expect(page.getByTestId('inspector')).toContainText('Iteration 4');

  const map = page.getByTestId('chart-slice-map');
  await map.scrollIntoViewIfNeeded();
  await expect(map.locator('canvas')).toBeVisible();
  await expect(map.getByRole('img', { name: /^Heat map of 12 slices/ })).toBeVisible();
  await expect(page.getByRole('img', { name: /^Where the floor lies in the step, over all probed/ })).toBeVisible();
  await map.getByRole('button', { name: /^Export this chart/ }).click();
  await page.getByTestId('export-format').getByText('CSV', { exact: true }).click();
  const { bytes } = await workbench.saved(() => page.getByTestId('export-save').click());
  await page.keyboard.press('Escape');

  const out = join(workbench.folder, 'records');
  const exported = await valleywalk(workbench.store, ['export', run, '--out', out, '--format', 'csv']);
  expect(exported.code, exported.err).toBe(0);
  const table = (text: string): string[][] =>
    text
      .trim()
      .split(/\r?\n/)
      .map((line) => line.split(','));
  const drawn = table(bytes.toString('utf8'));
  expect(drawn[0]).toEqual(['iteration', 'alpha', 'loss', 'loss_above_floor']);
  const recorded = table(readFileSync(join(out, readdirSync(out)[0]!, 'slices.csv'), 'utf8'));
  expect(drawn.slice(1).map((row) => row.slice(0, 3))).toEqual(recorded.slice(1).map((row) => row.slice(0, 3)));
  expect(drawn.length).toBe(1 + 12 * 11);

  // it remembers that it was closed
  await page.getByRole('button', { name: 'Close-up of the slices' }).click();
  await expect(map).toBeHidden();
  await page.reload();
  await expect(page.getByTestId('chart-walk')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Close-up of the slices' })).toHaveAttribute('aria-expanded', 'false');
});

test('sequential slices are chosen in the form, told with their samples, and counted with the errors to be expected', async ({
  workbench,
}) => {
  const { page } = workbench;
  await page.getByTestId('new-experiment').first().click();
  await page.getByTestId('preset-quick-walk').click();
  await page.getByLabel('Length', { exact: true }).fill('1');
  await page.getByLabel('How many first iterations', { exact: true }).fill('6');
  await page.getByLabel('Evaluate on', { exact: true }).press('Enter');
  await page.getByRole('option', { name: 'sequential sample' }).click();
  await page.getByLabel('Confidence of a slice’s answers').fill('0.95');
  await expect(page.getByTestId('estimate')).toContainText('6 probed');
  await page.getByTestId('start-run').click();
  await expect(page.getByTestId('run-status')).toContainText(/finished/i, { timeout: seconds(90) });

  const slice = page.getByTestId('chart-slice');
  await expect(slice).toContainText(/points between the ends on [\d,]+ of 6,000 examples, 95 % for this slice/);
  // of 6 slices, each right at 95 %
  const table = page.getByTestId('epoch-table');
  const place = (await table.getByRole('columnheader').allTextContents()).findIndex((title) =>
    title.includes('Expected errors of sequential slices'),
  );
  expect(
    Number(
      await table
        .getByRole('row')
        .last()
        .getByRole('cell')
        .nth(place - 1)
        .textContent(),
    ),
  ).toBeCloseTo(0.3, 2);
});
