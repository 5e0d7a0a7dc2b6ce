/** Several quantities at once: chosen, removed, moved, zoomed together, and exported as one figure with one legend. */
import type { Page } from 'playwright/test';
import { violations } from '../axe.ts';
import { seedRun } from '../seed.ts';
import { expect, still, test } from '../window.ts';
import type { WorkbenchWindow } from '../window.ts';

/** Two runs of different rates, compared; the address may say more. */
async function compare({ store, page }: WorkbenchWindow, more = ''): Promise<string[]> {
  const runs = [];
  for (const rate of [0.05, 0.5])
    runs.push(await seedRun(store, [`name=rate ${rate}`, `optimizer.learningRate=${rate}`]));
  await page.evaluate((to) => (location.hash = to), `#/compare?runs=${runs.join(',')}${more}`);
  await expect(page.locator('[data-metric]').first()).toBeVisible();
  return runs;
}
/** The quantities whose panels are there, in their order. */
const shown = (page: Page): Promise<(string | null)[]> =>
  page.locator('[data-metric]').evaluateAll((all) => all.map((one) => one.getAttribute('data-metric')));
/** What a quantity's panel shows, as a picture. */
const picture = (page: Page, metric: string): Promise<string> =>
  page
    .locator(`[data-metric="${metric}"] canvas`)
    .first()
    .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
/** Chooses or lets go a quantity by its words. */
async function choose(page: Page, words: string, option: string): Promise<void> {
  await page.getByTestId('compare-metric').click();
  await page.keyboard.type(words);
  await page.getByRole('option', { name: option }).first().click();
  await page.keyboard.press('Escape');
}

test('three quantities are chosen, one is removed, one moved, and zooming one zooms all', async ({ workbench }) => {
  await compare(workbench);
  const { page } = workbench;
  const first = ['epoch.train_loss', 'epoch.validation_accuracy', 'iteration.height_before', 'iteration.distance'];
  expect(await shown(page)).toEqual(first);

  await page.getByRole('button', { name: /^Remove: Validation accuracy/ }).click();
  // the keyboard goes on at the panel that took its place
  await expect(page.locator('[data-metric="iteration.height_before"]').getByTestId('panel-menu')).toBeFocused();
  await page.getByRole('button', { name: /^Remove: Height above the floor/ }).click();
  await expect.poll(() => shown(page)).toEqual(['epoch.train_loss', 'iteration.distance']);
  await choose(page, 'cosine', 'Cosine of consecutive gradients');
  const three = ['epoch.train_loss', 'iteration.distance', 'iteration.gradient_cosine'];
  await expect.poll(() => shown(page)).toEqual(three);

  // by the keyboard, which stays on the panel that moves
  const menu = page.locator('[data-metric="iteration.gradient_cosine"]').getByTestId('panel-menu');
  await menu.focus();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => shown(page)).toEqual([three[0], three[2], three[1]]);
  await expect(menu).toBeFocused();
  await page.keyboard.press('Home');
  await expect.poll(() => shown(page)).toEqual([three[2], three[0], three[1]]);
  // by the menu, and by dragging its heading
  await menu.click();
  await page.getByRole('menuitem', { name: 'Move right' }).click();
  await expect.poll(() => shown(page)).toEqual([three[0], three[2], three[1]]);
  const cell = (metric: string) => page.locator(`[data-metric="${metric}"]`);
  await cell('iteration.gradient_cosine').locator('figcaption .title').dragTo(cell('iteration.distance'));
  await expect.poll(() => shown(page)).toEqual(three);
  // what came to lie under the pointer was not pointed at: nothing explains itself
  await still(page);
  await expect(page.getByRole('tooltip').filter({ visible: true })).toHaveCount(0);
  await page.mouse.move(2, 2);
  await cell('iteration.gradient_cosine').locator('figcaption .title .name').hover();
  await expect(page.getByRole('tooltip').filter({ visible: true })).toHaveCount(1);

  // the others follow: what they show changes with the zoom, and back
  await expect(page.locator('[data-metric] canvas')).toHaveCount(3);
  await still(page);
  const before = await Promise.all(three.map((metric) => picture(page, metric)));
  const box = (await cell(three[1]!).locator('canvas').first().boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  // what is pointed at is read off in the others too
  await expect(page.locator('[data-metric] .linked')).toHaveCount(2);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -600);
  await page.keyboard.up('Control');
  await page.mouse.move(2, 2);
  await expect
    .poll(async () => {
      const now = await Promise.all(three.map((metric) => picture(page, metric)));
      return now.map((one, at) => one !== before[at]);
    })
    .toEqual([true, true, true]);

  // a reload shows the same panels
  await page.reload();
  await expect.poll(() => shown(page)).toEqual(three);
  await expect(page).toHaveURL(/metrics=epoch\.train_loss(,|%2C)iteration\.distance(,|%2C)iteration\.gradient_cosine/);
});

test('all panels become one figure with letters and one legend', async ({ workbench }) => {
  await compare(
    workbench,
    '&metrics=epoch.train_loss,iteration.distance,iteration.height_before&log=iteration.distance',
  );
  const { page } = workbench;
  await page.getByTestId('export-open').click();
  await expect(page.getByTestId('export-chart')).toContainText('All 3 panels');
  const { name, bytes } = await workbench.saved(() => page.getByTestId('export-save').click());
  expect(name).toMatch(/3-panels\.svg$/);
  const svg = bytes.toString();
  expect(svg.match(/<g id="panel-\d"/g)).toHaveLength(3);
  expect(svg.match(/<g id="legend"/g)).toHaveLength(1);
  for (const run of ['rate 0.05', 'rate 0.5'])
    expect(svg.match(new RegExp(`<text[^>]*>${run.replace('.', '\\.')}</text>`, 'g'))).toHaveLength(1);
  for (const letter of ['(a)', '(b)', '(c)']) expect(svg).toContain(`>${letter}</text>`);

  // and a figure to be worked on, which says the same
  await page.getByTestId('open-in-figures').click();
  await expect(page).toHaveURL(/figures\/new/);
  await expect(page.getByRole('radiogroup', { name: 'Panel', exact: true }).getByRole('radio')).toHaveCount(3);
  await expect(page.getByTestId('figure-common-legend').getByRole('checkbox')).toBeChecked();
  await expect(page.getByTestId('figure-preview')).toBeVisible();
});

test('an address from before shows its one panel; what is empty says what would fill it', async ({ workbench }) => {
  await compare(workbench, '&metric=epoch.train_loss&log=1');
  const { page } = workbench;
  expect(await shown(page)).toEqual(['epoch.train_loss']);
  await expect(page.getByRole('button', { name: /^Log axis: Training loss/ })).toHaveAttribute('aria-pressed', 'true');
  await page.evaluate(
    () => (location.hash = location.hash.replace(/&metric=.*/, '&metrics=curvature.eigenvalue,epoch.speed')),
  );
  await expect.poll(() => shown(page)).toEqual(['curvature.eigenvalue']);
  await expect(page.getByText('the Hessian probe of the experiment fills it')).toBeVisible();
  await expect(page.getByText(/names epoch\.speed/)).toBeVisible();
  await page.getByRole('button', { name: /^Remove:/ }).click();
  await expect(page.getByText('No quantity is chosen')).toBeVisible();
});

test('panels by setting are rows of quantities, and axe finds nothing, light or dark', async ({ workbench }) => {
  await compare(workbench, '&metrics=epoch.train_loss,iteration.distance&panels=optimizer.learningRate');
  const { page } = workbench;
  await expect(page.locator('[data-metric] figure')).toHaveCount(4);
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    expect(await violations(page)).toEqual([]);
  }
  await page.getByTestId('export-open').click();
  const { bytes } = await workbench.saved(() => page.getByTestId('export-save').click());
  expect(bytes.toString().match(/<g id="panel-\d"/g)).toHaveLength(4);
  await page.keyboard.press('Escape');
  await page.evaluate(() => (location.hash = location.hash.replace(/&panels=.*/, '')));
  await expect(page.locator('[data-metric] figure')).toHaveCount(2);
  await page.getByTestId('panel-menu').first().click();
  await page.getByRole('menuitem', { name: 'Whole width' }).click();
  expect(await violations(page)).toEqual([]);
});
