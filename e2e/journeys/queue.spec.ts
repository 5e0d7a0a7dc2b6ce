/** The queue in the window: runs paused, resumed and re-ordered where they stand in their list. */
import { seconds } from '../../build/machine.ts';
import { violations } from '../axe.ts';
import { expect, test } from '../window.ts';

/** Three runs that last as long as the test does. */
const study = {
  name: 'queue',
  experiment: {
    data: { train: 500, validation: 100 },
    model: { hidden: [16] },
    optimizer: { batchSize: 50 },
    length: { epochs: 100_000 },
    probes: { interpolation: { windows: [] } },
  },
  seeds: 3,
};

test('runs are paused, resumed and re-ordered by button, keyboard, palette and in bulk', async ({ workbench }) => {
  // the page is searched for violations while a run takes both cores, which has been seen to take a minute
  test.setTimeout(seconds(300));
  const { page } = workbench;
  await page.getByTestId('new-experiment').first().click();
  await page.getByTestId('json-open').click();
  await page.getByTestId('experiment-json').fill(JSON.stringify(study));
  await page.getByTestId('start-run').click();
  await expect(page).toHaveURL(/studies\//);
  await page.evaluate(() => (location.hash = '#/runs'));
  const row = (seed: number) => page.locator('[data-run]').filter({ hasText: `seed ${seed}` });
  const status = (seed: number) => row(seed).getByTestId('run-status');
  await expect(status(1)).toHaveText('Running');
  await expect(row(2)).toContainText('next in the queue');
  await expect(row(3)).toContainText('no. 2 in the queue');

  await row(3).getByRole('button', { name: 'seed 3: earlier in the queue' }).click();
  await expect(row(3)).toContainText('next in the queue');
  await expect(row(2)).toContainText('no. 2 in the queue');
  await row(3).getByRole('link').focus();
  await page.keyboard.press('Alt+ArrowDown');
  await expect(row(2)).toContainText('next in the queue');
  expect(await violations(page)).toEqual([]);

  // the next one takes the place of a paused run
  await row(1).getByRole('button', { name: 'Pause seed 1' }).click();
  await expect(status(1)).toHaveText('Paused');
  await expect(status(2)).toHaveText('Running');
  await page.keyboard.press('Control+k');
  await page.getByTestId('palette-query').fill('resume seed 1');
  await page.keyboard.press('Enter');
  await expect(row(1)).toContainText('no. 2 in the queue');

  await page.getByRole('checkbox', { name: 'Select all runs' }).click();
  await page.getByTestId('pause-selected').click();
  for (const seed of [1, 2, 3]) await expect(status(seed)).toHaveText('Paused');
  await page.getByTestId('resume-selected').click();
  await expect(status(1)).toHaveText('Running');
  await expect(row(3)).toContainText('no. 2 in the queue');

  // studies are found by name
  await page.keyboard.press('Control+k');
  await page.getByTestId('palette-query').fill('queue');
  await expect(page.getByRole('option').filter({ hasText: 'Study' }).first()).toContainText('queue');
  await page.keyboard.press('Escape');
  await page.getByTestId('stop-selected').click();
  for (const seed of [1, 2, 3]) await expect(status(seed)).toHaveText('Stopped');
});
