/** What a pointer and the keyboard do to charts: scroll the page, zoom, move, show everything. */
import { seedRun } from '../seed.ts';
import { expect, test } from '../window.ts';
import type { Locator, Page } from 'playwright/test';

/** The middle of a chart's plot, and so many px to its left and right. */
async function places(chart: Locator): Promise<{ x: number; y: number; width: number }> {
  const box = (await chart.locator('canvas').first().boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2, width: box.width };
}
/** Whether a part of the axis is in view: then everything can be shown again. */
const isZoomed = (page: Page): Locator => page.getByRole('button', { name: 'Zoom out' }).first();
const scrolled = (chart: Locator): Promise<number> =>
  chart.evaluate((element) => {
    let sum = 0;
    for (let at: Element | null = element; at; at = at.parentElement) sum += at.scrollTop;
    return sum;
  });

test('in Compare the wheel scrolls, Ctrl and the wheel or a box zooms, and a double click shows everything', async ({
  workbench,
}) => {
  const runs = [];
  for (const rate of [0.05, 0.5])
    runs.push(await seedRun(workbench.store, [`name=r${rate}`, `optimizer.learningRate=${rate}`]));
  const { page } = workbench;
  await page.setViewportSize({ width: 1100, height: 560 }).catch(() => undefined);
  await page.evaluate((ids) => (location.hash = `#/compare?runs=${ids}`), runs.join(','));
  const chart = page.getByTestId('chart-compare');
  await expect(chart.locator('canvas').first()).toBeVisible();
  await expect(isZoomed(page)).toBeDisabled();
  let { x, y } = await places(chart);

  await page.mouse.move(x, y);
  const before = await scrolled(chart);
  await page.mouse.wheel(0, 150);
  await expect.poll(() => scrolled(chart)).toBeGreaterThan(before);
  await expect(isZoomed(page)).toBeDisabled();
  await page.mouse.wheel(0, -400);
  await expect.poll(() => scrolled(chart)).toBe(before);

  ({ x, y } = await places(chart));
  await page.mouse.move(x, y);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -240);
  await page.keyboard.up('Control');
  await expect(isZoomed(page)).toBeEnabled();
  expect(await scrolled(chart)).toBe(before);
  await page.mouse.dblclick(x, y);
  await expect(isZoomed(page)).toBeDisabled();

  await page.mouse.move(x - 100, y);
  await page.mouse.down();
  await page.mouse.move(x + 100, y, { steps: 5 });
  await expect(chart.getByTestId('zoom-box')).toBeVisible();
  await page.mouse.up();
  await expect(chart.getByTestId('zoom-box')).toBeHidden();
  await expect(isZoomed(page)).toBeEnabled();
  // the chart was clicked into and has the focus: the wheel zooms it without a key
  await page.mouse.wheel(0, 3000);
  await page.mouse.wheel(0, 3000);
  await page.mouse.wheel(0, 3000);
  await expect(isZoomed(page)).toBeDisabled();

  // Escape gives a box up
  await page.mouse.move(x - 100, y);
  await page.mouse.down();
  await page.mouse.move(x + 100, y, { steps: 3 });
  await page.keyboard.press('Escape');
  await page.mouse.up();
  await expect(isZoomed(page)).toBeDisabled();
});

test('in Compare the keyboard zooms, moves and shows everything, and says what is in view', async ({ workbench }) => {
  const run = await seedRun(workbench.store, ['name=keys']);
  const { page } = workbench;
  // a quantity's own panel: which panel is first depends on what the window was already told of the run
  const chart = page.locator('[data-metric="iteration.distance"]');
  const plot = chart.getByRole('application');
  await page.evaluate((id) => (location.hash = `#/compare?runs=${id}`), run);
  // as soon as it takes keys it has what they move: one that came before the records would be lost
  await plot.focus();
  await plot.evaluate((element) => element.dispatchEvent(new KeyboardEvent('keydown', { key: '+' })));
  const said = chart.getByText(/^Iterations \d+ to \d+ in view$/);
  await expect(said).toHaveCount(1);
  const middle = await said.textContent();
  await plot.press('ArrowRight');
  await plot.press('Shift+ArrowRight');
  await expect(said).not.toHaveText(middle!);
  await plot.press('ArrowLeft');
  await plot.press('-');
  await plot.press('Home');
  await expect(chart.getByText('All iterations in view')).toHaveCount(1);
  await expect(isZoomed(page)).toBeDisabled();
});

test('where nothing is drawn, neither wheel, box nor button zooms into it', async ({ workbench }) => {
  // its curvature was not measured: what is drawn is a mere place, as before records are read
  const run = await seedRun(workbench.store, ['name=flat']);
  const { page } = workbench;
  await page.evaluate((id) => (location.hash = `#/compare?runs=${id}&metrics=curvature.eigenvalue`), run);
  const chart = page.getByTestId('chart-compare');
  await expect(chart.locator('.empty')).toBeVisible();
  await expect(chart.locator('.empty')).not.toContainText('read');
  const zoomIn = page.getByRole('button', { name: 'Zoom in' });
  await expect(zoomIn).toBeDisabled();
  const { x, y, width, height } = (await chart.locator('.plot').last().boundingBox())!;
  const [middle, level] = [x + width / 2, y + height / 2];
  // nor does the browser zoom the page in its stead
  await page.evaluate(() => {
    document.title = 'not heard';
    const told = (event: Event): void => void (document.title = `prevented: ${event.defaultPrevented}`);
    // on its way down, since the chart lets nobody above it hear; and asked when all have heard it
    addEventListener('wheel', (event) => setTimeout(told, 0, event), { capture: true, once: true });
  });
  await page.mouse.move(middle, level);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -240);
  await page.keyboard.up('Control');
  await expect(page).toHaveTitle('prevented: true');
  await page.mouse.down();
  await page.mouse.move(middle + 100, level, { steps: 3 });
  await page.mouse.up();
  await expect(isZoomed(page)).toBeDisabled();
  await page.evaluate((id) => (location.hash = `#/compare?runs=${id}&metrics=iteration.distance`), run);
  await expect(zoomIn).toBeEnabled();
  await zoomIn.click();
  await expect(isZoomed(page)).toBeEnabled();
});

test('on a run’s page a box zooms its charts together, Shift and a drag moves them, and a click still picks a step', async ({
  workbench,
}) => {
  const run = await seedRun(workbench.store, ['name=one run']);
  const { page } = workbench;
  await page.evaluate((id) => (location.hash = `#/runs/${id}`), run);
  const chart = page.getByTestId('chart-walk');
  await expect(chart.locator('canvas').first()).toBeVisible();
  const { x, y } = await places(chart);
  await page.mouse.click(x, y);
  const plot = chart.getByRole('slider');
  const picked = await plot.getAttribute('aria-valuenow');
  await page.mouse.move(x - 120, y);
  await page.mouse.down();
  await page.mouse.move(x + 120, y, { steps: 5 });
  await page.mouse.up();
  await expect(isZoomed(page)).toBeEnabled();
  expect(await plot.getAttribute('aria-valuenow')).toBe(picked);
  await page.keyboard.down('Shift');
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 60, y, { steps: 5 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await expect(isZoomed(page)).toBeEnabled();
  expect(await plot.getAttribute('aria-valuenow')).toBe(picked);
  await page.mouse.dblclick(x, y);
  await expect(isZoomed(page)).toBeDisabled();
});
