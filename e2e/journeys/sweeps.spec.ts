/** A search in the form: ranges spaced and drawn, their values shown, runs counted, started, extended; and the form by keyboard. */
import type { Page } from 'playwright/test';
import { seconds } from '../../build/machine.ts';
import { violations } from '../axe.ts';
import { valleywalk } from '../terminal/run.ts';
import { expect, test } from '../window.ts';

/** Chooses how the values of a setting are given. */
async function give(page: Page, path: string, way: string): Promise<void> {
  await page.locator(`[data-path="${path}"]`).getByTestId('way-to-vary').click();
  await page.getByRole('option', { name: way, exact: true }).click();
}

test('learning rates are drawn, batch sizes spaced; the same file draws the same in a terminal', async ({
  workbench,
}) => {
  const { page, store } = workbench;
  await page.getByTestId('new-experiment').first().click();
  await page.getByLabel('Name', { exact: true }).fill('search');
  await page.getByLabel('Training examples', { exact: true }).fill('300');
  await page.getByLabel('Validation examples', { exact: true }).fill('100');
  await page.getByLabel('Hidden widths', { exact: true }).fill('8');

  await page.getByRole('button', { name: 'Vary Learning rate' }).click();
  await give(page, 'optimizer.learningRate', 'drawn, log-uniform');
  const rate = page.locator('[data-path="optimizer.learningRate"]');
  await page.getByLabel('Learning rate from').fill('2');
  await page.getByLabel('Learning rate to').fill('1');
  await expect(rate).toContainText('needs a range that goes up');
  await page.getByLabel('Learning rate from').fill('0.01');
  await rate.getByTestId('draws').fill('3');
  const values = rate.getByTestId('range-values');
  await expect(values).toHaveText(/^0\.\d+ · 0\.\d+ · 0\.\d+$/);
  const drawn = (await values.textContent())!.trim().split(' · ').map(Number);
  await rate.getByTestId('draw-seed').fill('2');
  await expect(values).not.toHaveText(drawn.join(' · '));
  await rate.getByTestId('draw-seed').fill('1');
  await expect(values).toHaveText(drawn.join(' · '));
  // more draws keep the first
  await rate.getByTestId('draws').fill('4');
  await expect(values).toHaveText(new RegExp(`^${drawn.join(' · ')} · `));
  await rate.getByTestId('draws').fill('3');

  await page.getByRole('button', { name: 'Vary Batch size' }).click();
  await give(page, 'optimizer.batchSize', 'evenly spaced, logarithmic');
  await page.getByLabel('Batch size from').fill('30');
  await page.getByLabel('Batch size to').fill('300');
  await page.getByLabel('How many values of Batch size').fill('2');
  await expect(page.locator('[data-path="optimizer.batchSize"]').getByTestId('range-values')).toHaveText('30 · 300');
  await expect(page.getByTestId('grid-strip')).toContainText('6 runs');
  await expect(page.getByTestId('study-size')).toContainText('6 runs');
  await expect(page.getByTestId('estimate')).toContainText('to start and to end');
  expect(await violations(page)).toEqual([]);

  // the form as JSON, and back
  await page.getByTestId('json-open').click();
  await expect(page.getByTestId('experiment-json')).toHaveValue(/"distribution": "log-uniform"/);
  await page.getByTestId('json-close').click();
  await expect(values).toHaveText(drawn.join(' · '));

  await page.getByTestId('start-run').click();
  await expect(page).toHaveURL(/studies\//);
  const study = page.url().split('/').at(-1)!;
  await expect(page.getByTestId('study-status')).toContainText('Finished', { timeout: seconds(120) });
  await expect(page.getByText('log-uniform from 0.01 to 1')).toBeVisible();
  await page.getByTestId('extend-study').click();
  await page.getByTestId('extend-draws').fill('1');
  await page.getByRole('button', { name: 'Add 2 runs' }).click();
  await expect(page.getByTestId('study-runs').locator('tbody tr')).toHaveCount(8);
  await expect(page.getByTestId('study-status')).toContainText('Finished', { timeout: seconds(90) });
  expect(await violations(page)).toEqual([]);

  const shown = await valleywalk(store, ['studies', 'show', study, '--json']);
  const record = JSON.parse(shown.out) as {
    draws: object;
    runs: { place: number[]; experiment: { optimizer: { learningRate: number } } }[];
  };
  expect(record.draws).toEqual({ count: 4, seed: 1 });
  for (const { place, experiment } of record.runs)
    if (place[0]! < 3) expect(experiment.optimizer.learningRate).toBe(drawn[place[0]!]);
});

test('the keyboard reaches the learning rate and its vary in a few Tabs', async ({ workbench: { page } }) => {
  await page.getByTestId('new-experiment').first().click();
  await expect(page.getByLabel('Learning rate', { exact: true })).toBeVisible();
  await expect(page.getByTestId('presets').getByRole('button').first()).toBeVisible();
  const focused = (): Promise<string> =>
    page.evaluate(() => {
      const now = document.activeElement;
      return (
        now?.getAttribute('aria-label') ??
        now?.closest('[data-path]')?.getAttribute('data-path') ??
        now?.textContent?.trim() ??
        ''
      );
    });
  let tabs = 0;
  const tab = async (until: string, most: number): Promise<void> => {
    for (let more = 0; more < most; more++) {
      await page.keyboard.press('Tab');
      tabs++;
      if ((await focused()) === until) return;
    }
    throw new Error(`${until} is not reached in ${most} Tabs; the keyboard is at ${await focused()}`);
  };
  await page.reload();
  await expect(page.getByTestId('presets').getByRole('button').first()).toBeVisible();
  // the first Tab from the top of the page; a page that was just opened may have the keyboard in its content already
  await page.locator('a[href="#main"]').focus();
  tabs++;
  await page.keyboard.press('Enter');
  await tab('What', 1);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect.poll(focused).toBe('seed');
  await tab('optimizer.learningRate', 3);
  expect(tabs).toBeLessThanOrEqual(5);
  // its vary is one step back, and in nobody's way forward
  await page.keyboard.press('Shift+Tab');
  expect(await focused()).toBe('Vary Learning rate');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('grid-strip')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('grid-strip')).toBeHidden();

  // presets are one stop, and arrows go among them
  await page.getByTestId('presets').getByRole('button').first().focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('End');
  expect(await focused()).toContain('The paper’s figures at its own scale');
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
});

test('nothing covers the word vary in a narrow window', async ({ workbench: { page } }) => {
  await page.setViewportSize({ width: 1024, height: 700 }).catch(() => undefined);
  await page.getByTestId('new-experiment').first().click();
  await expect(page.getByTestId('vary').first()).toBeVisible();
  const covered = await page.getByTestId('vary').evaluateAll((buttons) =>
    buttons
      .filter((button) => button.checkVisibility())
      .filter((button) => {
        button.scrollIntoView({ block: 'center' });
        const { left, right, top, bottom } = button.getBoundingClientRect();
        const ends = [left + 2, right - 2].map((x) => document.elementFromPoint(x, (top + bottom) / 2));
        return ends.some((at) => !button.contains(at));
      })
      .map((button) => button.getAttribute('aria-label')),
  );
  expect(covered).toEqual([]);
});
