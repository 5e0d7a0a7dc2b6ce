/** Who is in a comparison: a filter that is live, groups, and lines that are hidden, shown alone and pinned. */
import type { Page } from 'playwright/test';
import { violations } from '../axe.ts';
import { seedRun } from '../seed.ts';
import { valleywalk } from '../terminal/run.ts';
import { expect, test } from '../window.ts';

const tiny = ['data.train=200', 'data.validation=100', 'model.hidden=[8]', 'length={"iterations":4}'];
const add = (store: string, name: string, rate: number, batch: number, seed = 1): Promise<string> =>
  seedRun(store, [
    ...tiny,
    `name=${name}`,
    `optimizer.learningRate=${rate}`,
    `optimizer.batchSize=${batch}`,
    `seed=${seed}`,
  ]);
const go = (page: Page, address: string): Promise<void> =>
  page.evaluate((to) => {
    location.hash = to;
  }, address);
/** The results of what is drawn, by name. */
const results = (page: Page) => page.getByRole('table', { name: 'Results' }).locator('tbody th a');

test('a filter is live: runs join and leave by themselves, and the address shows it again', async ({ workbench }) => {
  const { page, store } = workbench;
  await add(store, 'slow', 0.05, 50);
  const long = 'picked by its name, which is longer than the column of a comparison is wide';
  const picked = await add(store, long, 0.7, 50);
  await go(page, '#/compare');
  await expect(page.getByText('Filter runs or choose them by name')).toBeVisible();
  const filter = page.getByTestId('runs-filter');
  // what cannot be read brings nothing and says where; what can be says what Enter would do
  await filter.fill('learningRate <');
  await expect(page.getByTestId('filter-problem')).toContainText('it brings no run');
  await filter.fill('learningRate < 0.5 and not tag = out');
  await expect(page.getByTestId('filter-waiting')).toContainText('1 run matches');
  await expect(page.getByTestId('compared-why')).toHaveText('Now: 0 runs.');
  await expect(page.locator('[data-compared]')).toHaveCount(0);
  await filter.press('Enter');
  await expect(page).toHaveURL(/filter=learningRate/);
  await expect(page.getByTestId('compared-why')).toHaveText('1 run matches the filter.');
  const late = await add(store, 'late', 0.1, 50);
  await expect(page.getByTestId('compared-why')).toHaveText('2 runs match the filter.');
  await expect(results(page)).toHaveText(['slow', 'late']);
  expect((await valleywalk(store, ['tag', late, '--add', 'out'])).code).toBe(0);
  await expect(results(page)).toHaveText(['slow']);
  expect((await valleywalk(store, ['tag', late, '--remove', 'out'])).code).toBe(0);
  await expect(results(page)).toHaveText(['slow', 'late']);
  // runs by name join those of the filter
  await page.evaluate((id) => (location.hash += `&runs=${id}`), picked);
  await expect(page.getByTestId('compared-why')).toContainText('3 runs: 1 chosen by name, 2 match the filter');
  await page.reload();
  await expect(results(page)).toHaveText([long, 'slow', 'late']);
  const right = async (testid: string): Promise<number> => {
    const box = (await page.getByTestId(testid).boundingBox())!;
    return box.x + box.width;
  };
  expect(await right('compare-runs')).toBeLessThan(await right('compared-runs'));
  await expect(page.getByTestId('runs-filter')).toHaveValue('learningRate < 0.5 and not tag = out');
});

test('runs are grouped by two settings from the menu; lines are hidden, shown alone and pinned, and a reload shows the same', async ({
  workbench,
}) => {
  const { page, store } = workbench;
  for (const rate of [0.05, 0.5]) for (const batch of [50, 100]) await add(store, `r${rate} b${batch}`, rate, batch);
  await add(store, 'again', 0.05, 50, 2);
  await page.getByTestId('runs-filter').fill('status = finished');
  await page.getByTestId('compare-matching').click();
  await expect(page).toHaveURL(/compare\?filter=/);
  await expect(page.locator('[data-compared]')).toHaveCount(5);
  const act = (what: 'hide' | 'solo' | 'pin', of: string) =>
    page.locator('[data-compared]').filter({ hasText: of }).locator(`[data-act=${what}]`);
  /** The colour and dash of a run's line in the list. */
  const look = (of: string) =>
    page
      .locator('[data-compared]')
      .filter({ hasText: of })
      .locator('svg line')
      .evaluate((line) => `${line.getAttribute('stroke')} ${line.getAttribute('stroke-dasharray')}`);

  // one Tab stop for the list; the arrows go on within it
  await act('hide', 'r0.05 b50').focus();
  await page.keyboard.press('ArrowDown');
  await expect(act('hide', 'r0.05 b100')).toBeFocused();
  await page.keyboard.press('End');
  await expect(act('hide', 'again')).toBeFocused();
  await expect(page.getByTestId('compared-list').locator('a[tabindex="0"]')).toHaveCount(1);
  // hide: the others keep their looks
  const before = await look('r0.5 b100');
  const top = async (): Promise<number> => (await page.getByTestId('compared-list').boundingBox())!.y;
  const place = await top();
  await act('hide', 'r0.5 b50').click();
  await expect(act('hide', 'r0.5 b50')).toHaveAttribute('aria-pressed', 'true');
  expect(await top(), 'the list stays under the pointer').toBe(place);
  await expect(page.getByTestId('compared-hidden')).toHaveText('1 hidden');
  await expect(results(page)).toHaveText(['r0.05 b50', 'r0.05 b100', 'r0.5 b100', 'again']);
  expect(await look('r0.5 b100')).toBe(before);
  // solo, by keyboard
  await act('solo', 'r0.5 b100').focus();
  await page.keyboard.press('Space');
  await expect(results(page)).toHaveText(['r0.5 b100']);
  await page.reload();
  await expect(results(page)).toHaveText(['r0.5 b100']);
  await act('solo', 'r0.5 b100').click();
  await expect(page.getByTestId('compared-hidden')).toHaveText('1 hidden');
  // pin: first in the list, and there whatever the filter says
  await act('pin', 'again').click();
  await expect(page.locator('[data-compared]').first()).toContainText('again');
  await page.getByTestId('runs-filter').fill('learningRate = 0.5');
  await page.getByTestId('runs-filter').press('Enter');
  await expect(page.getByTestId('compared-why')).toContainText('3 runs: 1 pinned, 2 match the filter');
  await page.reload();
  await expect(page.locator('[data-compared]').first()).toContainText('again');
  await expect(act('pin', 'again')).toHaveAttribute('aria-pressed', 'true');
  await act('pin', 'again').click();
  await expect(page.locator('[data-compared]')).toHaveCount(2);
  await page.getByTestId('runs-filter').fill('status = finished');
  await page.getByTestId('runs-filter').press('Enter');
  await page.getByTestId('compared-show-all').click();
  await expect(results(page)).toHaveCount(5);

  // two settings, one after the other, from the menu
  await page.getByTestId('compare-group').click();
  await page.getByRole('option', { name: 'Learning rate', exact: true }).click();
  await page.getByRole('option', { name: 'Batch size', exact: true }).click();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/group=optimizer\.learningRate(,|%2C)optimizer\.batchSize/);
  const groups = page.locator('[data-line]');
  await expect(groups).toHaveCount(4);
  await expect(groups.first()).toContainText(/0\.05.*50/);
  await groups.first().locator('.head [data-act=hide]').click();
  await expect(page.getByTestId('compared-hidden')).toHaveText('1 group hidden');
  await expect(results(page)).toHaveCount(3);
  await page.reload();
  await expect(results(page)).toHaveCount(3);
  await groups.first().locator('.fold').click();
  await expect(page.locator('[data-compared]')).toHaveCount(3);
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    expect(await violations(page), scheme).toEqual([]);
  }
});

test('what is selected is compared and said to be; comparing selects nothing; the column folds and is remembered', async ({
  workbench,
}) => {
  const { page, store } = workbench;
  for (const name of ['one', 'two', 'three']) await add(store, name, 0.1, 50);
  for (const name of ['one', 'two']) await page.getByRole('checkbox', { name: `Select ${name}`, exact: true }).click();
  await page.getByTestId('runs-filter').fill('name = two');
  await expect(page.getByTestId('selected-hidden')).toContainText('1 not shown');
  await expect(page.getByTestId('compare-selected')).toHaveText('Compare 2');
  await page.getByRole('link', { name: 'Compare', exact: true }).click();
  await expect(page.getByTestId('compared-began')).toContainText('2 runs are compared because they are selected');
  await expect(page).toHaveURL(/runs=/);
  await page.getByTestId('compared-empty').click();
  await expect(page.locator('[data-compared]')).toHaveCount(0);
  await expect(page.getByTestId('selected-elsewhere')).toContainText('2 runs selected in the list are not compared');
  await page.getByTestId('runs-filter').fill('name = three');
  await page.getByTestId('runs-filter').press('Enter');
  await expect(results(page)).toHaveText(['three']);
  await page.setViewportSize({ width: 1024, height: 700 });
  const chart = page.getByTestId('chart-compare').locator('canvas').first();
  // the canvas follows the window a frame later
  await expect.poll(async () => (await chart.boundingBox())!.width).toBeGreaterThanOrEqual(590);
  await page.getByTestId('compared-fold').click();
  await expect(page.getByTestId('compared-list')).toHaveCount(0);
  await page.reload();
  await expect(page.getByTestId('compared-why')).toHaveText('1 run matches the filter.');
  await page.getByTestId('compared-open').click();
  await expect(page.getByTestId('compared-list')).toBeVisible();
  // the list has its selection still, and Compare its runs when one comes back
  await page.getByRole('link', { name: 'Runs', exact: true }).first().click();
  await expect(page.getByText('2 runs selected')).toBeVisible();
  await page.getByRole('link', { name: 'Compare', exact: true }).click();
  await expect(page.getByTestId('compared-began')).toContainText('the comparison from before');
  await expect(results(page)).toHaveText(['three']);
  // the view's own link empties it, and that can be taken back
  await page.getByRole('link', { name: 'Compare', exact: true }).click();
  await expect(page.locator('[data-compared]')).toHaveCount(0);
  await page.getByTestId('compared-back').click();
  await expect(results(page)).toHaveText(['three']);
});

/** A place in the legend of the first chart: where this colour first stands in its upper rows. */
async function legendPlace(page: Page, color: string): Promise<{ x: number; y: number }> {
  const canvas = page.getByTestId('chart-compare').locator('canvas').first();
  const find = (): Promise<{ x: number; y: number } | null> =>
    canvas.evaluate((element: HTMLCanvasElement, wanted) => {
      const rgb = [1, 3, 5].map((at) => parseInt(wanted.slice(at, at + 2), 16));
      const scale = element.width / element.clientWidth;
      const { data } = element.getContext('2d')!.getImageData(0, 0, element.width, Math.round(24 * scale));
      for (let at = 0; at < data.length; at += 4)
        if (rgb.every((channel, index) => Math.abs(channel - data[at + index]!) <= 12) && data[at + 3]! > 200)
          return { x: ((at / 4) % element.width) / scale + 3, y: Math.floor(at / 4 / element.width) / scale };
      return null;
    }, color);
  await expect.poll(find).not.toBeNull();
  return (await find())!;
}

test('a click on an entry of a legend hides its line in every panel, the tables and the address', async ({
  workbench,
}) => {
  const { page, store } = workbench;
  const ids = [await add(store, 'one', 0.05, 50), await add(store, 'two', 0.1, 50), await add(store, 'three', 0.2, 50)];
  await go(page, `#/compare?runs=${ids.join(',')}`);
  await expect(results(page)).toHaveText(['one', 'two', 'three']);
  const row = page.locator('[data-compared]').filter({ hasText: 'two' });
  const color = (await row.locator('svg line').getAttribute('stroke'))!;
  const canvas = page.getByTestId('chart-compare').locator('canvas').first();
  await canvas.click({ position: await legendPlace(page, color) });
  await expect(results(page)).toHaveText(['one', 'three']);
  await expect(row.locator('[data-act=hide]')).toHaveAttribute('aria-pressed', 'true');
  await expect(page).toHaveURL(new RegExp(`hide=${ids[1]!}`));
  // the list shows it again, and the legend has it again
  await row.locator('[data-act=hide]').click();
  await expect(results(page)).toHaveText(['one', 'two', 'three']);
  await canvas.click({ position: await legendPlace(page, color), modifiers: ['Alt'] });
  await expect(results(page)).toHaveText(['two']);
  await expect(row.locator('[data-act=solo]')).toHaveAttribute('aria-pressed', 'true');
});
