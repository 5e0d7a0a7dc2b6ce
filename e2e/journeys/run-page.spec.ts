/** The run's page: loss and accuracy by epoch, a smoothed quantity, notes; words for what is over; help; names that are cut in the middle. */
import type { Page } from 'playwright/test';
import { seconds } from '../../build/machine.ts';
import { zipMembers } from '../../electron/datasets/zip.ts';
import { violations } from '../axe.ts';
import { seedRun } from '../seed.ts';
import { expect, test } from '../window.ts';

const show = (page: Page, route: string): Promise<unknown> => page.evaluate((to) => (location.hash = to), `#${route}`);

test('loss and accuracy by epoch stand below the walk, and are exported as they are shown', async ({ workbench }) => {
  const { page, store } = workbench;
  const run = await seedRun(store, ['length={"epochs":3}', 'optimizer.batchSize=100']);
  await show(page, `/runs/${run}`);
  const loss = page.getByTestId('chart-epoch-loss');
  await loss.scrollIntoViewIfNeeded();
  await expect(loss.locator('canvas')).toBeVisible();
  await expect(
    page.getByRole('img', { name: /^Loss against the epoch\. Training loss: .*Validation loss: / }),
  ).toBeVisible();
  await expect(page.getByRole('img', { name: /^Accuracy against the epoch\./ })).toBeVisible();
  await loss.getByRole('button', { name: /^Export this chart/ }).click();
  await page.getByTestId('export-format').getByText('CSV', { exact: true }).click();
  const { bytes } = await workbench.saved(() => page.getByTestId('export-save').click());
  const lines = bytes.toString('utf8').trim().split(/\r?\n/);
  expect(lines[0]).toBe('epoch,train_loss,validation_loss');
  expect(lines).toHaveLength(1 + 4);
  await page.keyboard.press('Escape');
  // folded, and remembered so
  await page.getByRole('button', { name: 'Loss and accuracy by epoch' }).click();
  await expect(loss).toBeHidden();
  await page.reload();
  await expect(page.getByTestId('quantity-chart')).toBeVisible();
  await expect(loss).toBeHidden();
});

test('any quantity of the iterations can be smoothed; τ is on the chart and in the recipe', async ({ workbench }) => {
  const { page, store } = workbench;
  const run = await seedRun(store);
  await show(page, `/runs/${run}`);
  const chart = page.getByTestId('chart-quantity');
  await chart.scrollIntoViewIfNeeded();
  await expect(chart).toContainText('Batch loss');
  await expect(chart).toContainText('bold: smoothed over all records: exponential kernel, τ = 10 iterations');
  await page.getByTestId('run-smoothing').fill('4');
  await page.getByTestId('run-smoothing').press('Enter');
  await expect(chart).toContainText('τ = 4 iterations');
  await page.getByTestId('run-quantity').click();
  await page.getByRole('option', { name: 'Distance from initialisation' }).click();
  await chart.getByRole('button', { name: /^Export this chart/ }).click();
  await page.getByTestId('export-format').getByText('CSV', { exact: true }).click();
  const { bytes } = await workbench.saved(() => page.getByTestId('export-save').click());
  const [head, ...rows] = bytes.toString('utf8').trim().split(/\r?\n/);
  expect(head).toBe('iteration,distance,distance_smoothed');
  const values = rows.map((row) => row.split(',').map(Number));
  // against the kernel as its formula stands
  for (const [t, , smoothed] of values) {
    let [sum, weight] = [0, 0];
    for (const [other, value] of values) {
      const w = Math.exp(-Math.abs(other! - t!) / 4);
      sum += w * value!;
      weight += w;
    }
    expect(smoothed).toBeCloseTo(sum / weight, 9);
  }
  await page.getByTestId('open-in-figures').click();
  await expect(page.getByLabel('Width τ of the smoothing kernel')).toHaveValue('4');
  await expect(page).toHaveURL(/figures\/new/);
});

test('notes are written where they stand, and stay', async ({ workbench }) => {
  const { page, store } = workbench;
  const run = await seedRun(store);
  await show(page, `/runs/${run}`);
  await page.getByRole('button', { name: 'Add a note' }).click();
  await page.getByTestId('run-notes-field').fill('Bounces early.\nTry 0.05 next.');
  await page.getByTestId('run-notes-field').press('Control+Enter');
  await expect(page.getByTestId('run-notes')).toHaveText('Bounces early.\nTry 0.05 next.');
  await expect(page.getByRole('button', { name: 'Edit the notes' })).toBeFocused();
  await page.getByRole('button', { name: 'Edit the notes' }).click();
  await page.getByTestId('run-notes-field').fill('something else');
  await page.getByTestId('run-notes-field').press('Escape');
  await expect(page.getByTestId('run-notes')).toHaveText('Bounces early.\nTry 0.05 next.');
  await page.reload();
  await expect(page.getByTestId('run-notes')).toHaveText('Bounces early.\nTry 0.05 next.');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
  }
});

test('the axis of a run that goes on takes few lengths', async ({ workbench }) => {
  const { page } = workbench;
  await page.getByTestId('quick-walk').click();
  const slider = page.getByTestId('chart-walk').getByRole('slider');
  const lengths = new Set<string>();
  const status = page.getByTestId('run-status');
  await expect(async () => {
    lengths.add((await slider.getAttribute('aria-valuemax'))!);
    expect(await status.textContent()).toMatch(/finished/i);
  }).toPass({ timeout: seconds(90), intervals: [50] });
  // halvings of the planned length, and the end
  expect(lengths.size).toBeLessThanOrEqual(6);
});

test('a long name keeps its end where it is cut, and screen readers have the whole', async ({ workbench }) => {
  const { page, store } = workbench;
  const name = 'LeNet-5 with a learning rate of 0.05 and batches of 500 examples, rather long, seed';
  for (const seed of [3, 4]) await seedRun(store, [`name="${name} ${seed}"`, `seed=${seed}`]);
  await page.setViewportSize({ width: 1024, height: 700 });
  await show(page, '/runs');
  for (const seed of [3, 4]) {
    // the top bar may still have it among what runs
    const link = page.getByTestId('runs-table').getByRole('link', { name: `${name} ${seed}`, exact: true });
    await expect(link).toBeVisible();
    // the end is drawn inside the cell
    const drawn = link.locator('[data-end]');
    await expect(drawn).toHaveAttribute('data-end', new RegExp(`seed ${seed}$`));
    const [cell, text] = [(await link.boundingBox())!, (await drawn.boundingBox())!];
    expect(text.x + text.width).toBeLessThanOrEqual(cell.x + cell.width + 1);
  }
  await page
    .getByTestId('runs-table')
    .getByRole('link', { name: `${name} 3`, exact: true })
    .click();
  await expect(page.getByTestId('run-status')).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test('help tells what quantities mean, and the rail leads to every place', async ({ workbench }) => {
  const { page } = workbench;
  await page.setViewportSize({ width: 1024, height: 700 });
  for (const place of ['studies', 'claims', 'help'])
    await expect(page.getByTestId(`rail-${place}`)).toBeInViewport({ ratio: 1 });
  await page.getByTestId('rail-help').click();
  await page.getByTestId('help-find').fill('gradient cosine');
  await expect(page.getByTestId('help-quantities').getByRole('row', { name: /gradient_cosine/ })).toBeVisible();
  await page.getByTestId('help-keys').click();
  await expect(page.getByTestId('shortcut-sheet')).toBeVisible();
});

test('all files of a run are saved as one archive', async ({ workbench }) => {
  const { page, store } = workbench;
  const run = await seedRun(store);
  await show(page, `/runs/${run}`);
  await page.getByTestId('export-open').click();
  await page.getByRole('button', { name: 'All records and figures…' }).click();
  const { name, bytes } = await workbench.saved(() => page.getByTestId('files-zip').click());
  expect(name).toMatch(/\.zip$/);
  const names = zipMembers(bytes, name).map((member) => member.name.replace(/^[^/]*\//, ''));
  expect(names).toEqual(expect.arrayContaining(['run.json', 'iterations.csv', 'epochs.csv', 'figures/walk.svg']));
});

test('an experiment is opened from a file, and a file that is none is told', async ({ workbench }) => {
  const { page } = workbench;
  await show(page, '/new');
  await page.getByTestId('json-open').click();
  await page.getByTestId('experiment-file').setInputFiles({
    name: 'mine.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{"name": "from a file", "seed": 7}'),
  });
  await expect(page.getByTestId('experiment-json')).toHaveValue(/from a file/);
  const saved = await workbench.saved(() => page.getByTestId('experiment-save').click());
  expect(saved.name).toBe('from-a-file.json');
  expect(JSON.parse(saved.bytes.toString('utf8'))).toMatchObject({ seed: 7 });
  await page.getByTestId('experiment-file').setInputFiles({
    name: 'latin.json',
    mimeType: 'application/json',
    buffer: Buffer.from([0x7b, 0xe9, 0x7d]),
  });
  await expect(page.getByRole('alert')).toContainText('expected text in UTF-8');
});
