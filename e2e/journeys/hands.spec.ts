/** What hands do in the window: type, turn the wheel, delete what they see. */
import { seedRun } from '../seed.ts';
import { expect, test } from '../window.ts';

test('a smoothing is typed, and grouped runs have the chart’s colours in the tables', async ({ workbench }) => {
  const runs = [];
  for (const [name, rate, seed] of [
    ['slow', 0.05, 1],
    ['fast', 0.5, 1],
    ['slow again', 0.05, 2],
  ] as const)
    runs.push(await seedRun(workbench.store, [`name=${name}`, `optimizer.learningRate=${rate}`, `seed=${seed}`]));
  const { page } = workbench;
  await page.evaluate((ids) => (location.hash = `#/compare?runs=${ids}`), runs.join(','));
  const smoothing = page
    .getByTestId('compare-smoothing')
    .locator('input')
    .or(page.locator('#compare-smoothing'))
    .first();
  await smoothing.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('12');
  await expect(smoothing).toHaveValue('12');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/smooth=12/);

  const swatches = (): Promise<(string | null)[]> =>
    page
      .getByRole('table', { name: 'Results' })
      .locator('tbody line')
      .evaluateAll((lines) => lines.map((line) => line.getAttribute('stroke')));
  expect(new Set(await swatches()).size).toBe(3);
  await page.getByTestId('compare-group').click();
  await page.getByRole('option', { name: 'Learning rate', exact: true }).click();
  await expect.poll(async () => new Set(await swatches()).size).toBe(2);
  const [slow, fast, again] = await swatches();
  expect(again).toBe(slow);
  expect(fast).not.toBe(slow);
});

test('the wheel over a chart scrolls the page, and with Ctrl zooms the chart', async ({ workbench }) => {
  const run = await seedRun(workbench.store, ['name=long page']);
  const { page } = workbench;
  await page.evaluate((id) => (location.hash = `#/compare?runs=${id}`), run);
  const chart = page.getByTestId('chart-compare').locator('canvas').first();
  await expect(chart).toBeVisible();
  await page.setViewportSize({ width: 1000, height: 500 }).catch(() => undefined);
  /** How far anything around the chart is scrolled. */
  const scrolled = (): Promise<number> =>
    chart.evaluate((canvas) => {
      let sum = 0;
      for (let at: Element | null = canvas; at; at = at.parentElement) sum += at.scrollTop;
      return sum;
    });
  const box = (await chart.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const before = await scrolled();
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -200);
  await page.keyboard.up('Control');
  expect(await scrolled()).toBe(before);
  // a turn soon after another that the chart took may be taken for its continuation by Chromium, and nobody turns a wheel once
  await expect
    .poll(async () => {
      await page.mouse.wheel(0, 200);
      return scrolled();
    })
    .toBeGreaterThan(before);
});

test('Delete leaves selected runs alone that a filter hides', async ({ workbench }) => {
  for (const name of ['kept', 'doomed']) await seedRun(workbench.store, [`name=${name}`]);
  const { page } = workbench;
  const rows = page.locator('[data-run]');
  await expect(rows).toHaveCount(2);
  await page.getByRole('checkbox', { name: 'Select all runs' }).click();
  await page.getByTestId('runs-filter').fill('name = doomed');
  await expect(rows).toHaveCount(1);
  await expect(page.getByTestId('selected-hidden')).toContainText('1 not shown');
  await page.getByTestId('delete-runs').click();
  await expect(rows).toHaveCount(0);
  await page.getByTestId('runs-filter').fill('');
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText('kept');
});

test('the list of runs is sorted, selected and walked through by hand, and remembers its order', async ({
  workbench,
}) => {
  for (const name of ['b', 'd', 'a', 'c']) await seedRun(workbench.store, [`name=${name}`]);
  const { page } = workbench;
  const names = page.locator('[data-run] th a');
  const head = page.getByRole('columnheader', { name: 'Run', exact: true });
  await expect(names).toHaveText(['c', 'a', 'd', 'b']);
  await head.getByRole('button').click();
  await expect(names).toHaveText(['a', 'b', 'c', 'd']);
  await expect(head).toHaveAttribute('aria-sort', 'ascending');
  await head.getByRole('button').click();
  await expect(names).toHaveText(['d', 'c', 'b', 'a']);
  await expect(head).toHaveAttribute('aria-sort', 'descending');
  await page.reload();
  await expect(names).toHaveText(['d', 'c', 'b', 'a']);
  // numbers begin with the largest, and runs without a value stay last
  const loss = page.getByRole('columnheader', { name: /^Training loss/ });
  await loss.getByRole('button').click();
  await expect(loss).toHaveAttribute('aria-sort', 'descending');
  await head.getByRole('button').click();
  await head.getByRole('button').click();
  await head.getByRole('button').click();
  await expect(names).toHaveText(['c', 'a', 'd', 'b']);
  await expect(head).not.toHaveAttribute('aria-sort', /./);

  const all = page.getByRole('checkbox', { name: 'Select all runs' });
  const box = (name: string) => page.getByRole('checkbox', { name: `Select ${name}`, exact: true });
  await box('c').click();
  await box('d').click({ modifiers: ['Shift'] });
  await expect(box('a')).toBeChecked();
  await expect(page.getByText('3 runs selected')).toBeVisible();
  expect(await all.evaluate((input: HTMLInputElement) => input.indeterminate)).toBe(true);
  await box('a').click();
  await box('d').click({ modifiers: ['Shift'] });
  await expect(page.getByText('1 run selected')).toBeVisible();
  await all.click();
  await expect(page.getByText('4 runs selected')).toBeVisible();
  await expect(all).toBeChecked();
  // Compare draws them in the order in which they were selected, and those selected together in that of the list
  await page.getByTestId('compare-selected').click();
  const order = page.getByRole('table', { name: 'Results' }).locator('tbody [data-run], tbody th');
  await expect(order.first()).toContainText('c');
  await page.goBack();

  await names.first().focus();
  await page.keyboard.press('ArrowDown');
  await expect(names.nth(1)).toBeFocused();
  await page.keyboard.press('PageDown');
  await expect(names.nth(3)).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(names.nth(2)).toBeFocused();
  await box('a').focus();
  await page.keyboard.press('Space');
  await expect(box('a')).not.toBeChecked();
  await page.keyboard.press('ArrowDown');
  await expect(names.nth(2)).toBeFocused();
});
