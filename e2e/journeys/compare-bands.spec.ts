/** Groups of runs with their bands, and differences to a baseline. */
import type { Page } from 'playwright/test';
import { violations } from '../axe.ts';
import { seedRun } from '../seed.ts';
import { expect, test } from '../window.ts';

/** Chooses an entry of a menu. */
async function choose(page: Page, menu: string, entry: string | RegExp): Promise<void> {
  await page.getByTestId(menu).click();
  await page.getByRole('option', { name: entry }).click();
  await expect(page.getByRole('option', { name: entry })).toBeHidden();
}

test('three seeds are thin lines and a bold mean, then quartiles, then differences of pairs', async ({ workbench }) => {
  const runs: string[] = [];
  for (const rate of [0.05, 0.5])
    for (const seed of [1, 2, 3])
      runs.push(await seedRun(workbench.store, [`name=r${rate}`, `seed=${seed}`, `optimizer.learningRate=${rate}`]));
  const { page } = workbench;
  await page.evaluate(
    (ids) => (location.hash = `#/compare?runs=${ids}&group=optimizer.learningRate&metrics=iteration.distance`),
    runs.join(','),
  );
  const note = page.getByText(/lines are (means|medians) over the runs of a group/);
  await expect(note).toContainText('means over the runs of a group, thin lines the runs themselves');
  await expect(page).not.toHaveURL(/band=/);

  await choose(page, 'compare-band', 'median with quartiles');
  await expect(note).toContainText('medians over the runs of a group, bands first to third quartile');
  await expect(page).toHaveURL(/band=quartiles/);
  const summary = page.getByTestId('compare-summary');
  await expect(summary).toContainText(/\d \([\d.−e]+ to [\d.−e]+\)/);
  await expect(summary).not.toContainText('Difference');

  await choose(page, 'compare-baseline', 'Learning rate 0.05');
  await expect(page.getByText('differences to “Learning rate 0.05”: paired by seed, 3 of 3 pairs')).toBeVisible();
  const rows = summary.getByRole('row');
  await expect(rows.filter({ hasText: 'Learning rate 0.5' })).toContainText('paired by seed, 3 of 3 pairs');
  await expect(rows.filter({ hasText: 'Learning rate 0.05' })).toContainText('baseline');
  await choose(page, 'difference-of', 'Max');
  const saved = await workbench.saved(() => page.getByTestId('table-save').click());
  const [head, ...lines] = saved.bytes.toString().trim().split('\r\n');
  expect(head).toContain(
    'Difference,Difference standard deviation,Difference low,Difference high,Difference pairs,Pairs',
  );
  expect(lines.find((line) => line.startsWith('Learning rate 0.5 '))).toMatch(/,3,"paired by seed, 3 of 3 pairs"$/);

  expect(await violations(page)).toEqual([]);
  // what was chosen is what a reload, or a link, shows
  await page.reload();
  await expect(page.getByText('differences to “Learning rate 0.05”: paired by seed, 3 of 3 pairs')).toBeVisible();

  // a run is a baseline as well, and one without partners is told from a group
  await choose(page, 'compare-baseline', 'r0.5, seed 2');
  await expect(rows.filter({ hasText: 'Learning rate 0.05' })).toContainText('to one run');
  await choose(page, 'compare-baseline', 'none: values');
  await expect(summary).not.toContainText('Difference');
  await choose(page, 'compare-band', /by the number of runs/);
  await expect(note).toContainText('thin lines the runs themselves');
});

test('an address from before takes differences to the baseline of the list', async ({ workbench }) => {
  const [one, other] = [
    await seedRun(workbench.store, ['name=one']),
    await seedRun(workbench.store, ['name=other', 'seed=2']),
  ];
  const { page } = workbench;
  await page.getByRole('button', { name: 'one: baseline' }).click();
  await page.evaluate(
    (ids) => (location.hash = `#/compare?runs=${ids}&metric=iteration.distance&difference=1`),
    `${one},${other}`,
  );
  await expect(page.getByTestId('compare-summary')).toContainText('Difference');
  await expect(page.getByTestId('compare-baseline')).toContainText('“one”, the baseline');
  await expect(page.getByText(/, difference/).first()).toBeVisible();
});

test('grouping moves nothing beside it, Enter takes what was found, and a lost baseline leaves values', async ({
  workbench,
}) => {
  const runs: string[] = [];
  for (const rate of [0.05, 0.5])
    for (const size of [50, 100])
      runs.push(
        await seedRun(workbench.store, [
          `name=r${rate} b${size}`,
          `optimizer.learningRate=${rate}`,
          `optimizer.batchSize=${size}`,
        ]),
      );
  const { page } = workbench;
  await page.evaluate(
    (ids) => (location.hash = `#/compare?runs=${ids}&group=optimizer.learningRate&metrics=iteration.distance`),
    runs.join(','),
  );
  const group = page.getByTestId('compare-group');
  const heightOf = async () => (await group.boundingBox())!.height;
  await expect(group).toBeVisible();
  const before = await heightOf();
  await group.click();
  await page.getByRole('option', { name: 'Learning rate', exact: true }).hover();
  await page.keyboard.type('batch si');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/group=optimizer\.learningRate(,|%2C)optimizer\.batchSize/);
  expect(await heightOf()).toBe(before);
  await page.keyboard.press('Escape');

  // the field still has the keyboard: one click opens the next menu
  await choose(page, 'compare-band', '95 % confidence interval');
  await choose(page, 'compare-baseline', 'Learning rate 0.05, batch size 50');
  const panel = page.getByTestId('chart-compare');
  await expect(panel.locator('figcaption')).toContainText('Distance from initialisation, difference');
  await page.evaluate(
    (ids) => (location.hash = location.hash.replace(/runs=[^&]*/, `runs=${ids}`)),
    runs.slice(2).join(','),
  );
  await expect(panel.getByText('values, not differences, are drawn')).toBeVisible();
  await expect(panel.locator('figcaption')).not.toContainText('difference');
});
