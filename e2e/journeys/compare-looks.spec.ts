/** One look a line: chart, legend and tables agree, and stay as they are when a run goes and the page is loaded again. */
import type { Page } from 'playwright/test';
import { violations } from '../axe.ts';
import { seedRun } from '../seed.ts';
import { expect, still, test } from '../window.ts';

/** The colour beside each name in a table. */
async function keys(page: Page, table: string, names: string): Promise<Record<string, string>> {
  const cells = await page
    .locator(`${table} ${names}`)
    .filter({ has: page.locator('svg line') })
    .all();
  const found = await Promise.all(
    cells.map(async (cell) => [
      (await cell.innerText()).trim(),
      (await cell.locator('svg line').first().getAttribute('stroke'))!,
    ]),
  );
  return Object.fromEntries(found) as Record<string, string>;
}

/** How many pixels of the chart have nearly this colour: in its legend, the first rows, and below. */
async function drawn(page: Page, color: string): Promise<{ legend: number; plot: number }> {
  return page
    .getByTestId('chart-compare')
    .locator('canvas')
    .first()
    .evaluate((canvas: HTMLCanvasElement, wanted) => {
      const rgb = [1, 3, 5].map((at) => parseInt(wanted.slice(at, at + 2), 16));
      const scale = canvas.width / canvas.clientWidth;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let [legend, plot] = [0, 0];
      for (let at = 0; at < data.length; at += 4) {
        if (rgb.some((channel, index) => Math.abs(channel - data[at + index]!) > 12) || data[at + 3]! < 200) continue;
        if (at / 4 < canvas.width * 24 * scale) legend++;
        else plot++;
      }
      return { legend, plot };
    }, color);
}

test('a line has one colour in chart, legend and tables, after another has gone and after a reload too', async ({
  workbench,
}) => {
  const ids: Record<string, string[]> = {};
  for (const rate of ['0.05', '0.1', '0.2'])
    for (const seed of [1, 2])
      (ids[rate] ??= []).push(
        await seedRun(workbench.store, [
          `name=rate ${rate} seed ${seed}`,
          `seed=${seed}`,
          `optimizer.learningRate=${rate}`,
        ]),
      );
  const { page } = workbench;
  const open = async (rates: string[], more: string): Promise<void> => {
    const runs = rates.flatMap((rate) => ids[rate]!);
    await page.evaluate((hash) => (location.hash = hash), `#/compare?runs=${runs.join(',')}${more}`);
    await expect(page.getByTestId('compare-summary').locator('tbody tr')).toHaveCount(
      more.includes('group=') ? rates.length : runs.length,
    );
    await expect(page.getByTestId('chart-compare').locator('canvas').first()).toBeVisible();
    await still(page);
  };
  /** The colours of all lines, after looking that every place says the same. */
  const colours = async (grouped: boolean): Promise<Record<string, string>> => {
    const summary = await keys(page, '[data-testid="compare-summary"]', 'tbody th');
    const results = await keys(page, '[aria-label="Results"]', 'tbody th');
    const settings = await keys(page, '[data-testid="compare-differences"]', 'thead th');
    expect(settings).toEqual(results);
    if (!grouped) expect(summary).toEqual(results);
    else
      for (const [run, color] of Object.entries(results)) {
        const [, rate] = /rate (\S+)/.exec(run)!;
        expect(summary[`Learning rate ${rate} (2 runs)`]).toBe(color);
      }
    expect(new Set(Object.values(summary)).size).toBe(Object.keys(summary).length);
    for (const [line, color] of Object.entries(summary))
      await expect
        .poll(async () => Object.values(await drawn(page, color)).every((count) => count > 10), { message: line })
        .toBe(true);
    return summary;
  };

  const address = '&metric=iteration.distance&group=optimizer.learningRate';
  await open(['0.05', '0.1', '0.2'], address);
  const first = await colours(true);
  expect(Object.keys(first)).toEqual(['0.05', '0.1', '0.2'].map((rate) => `Learning rate ${rate} (2 runs)`));
  // a setting is named in words, and no path is shown
  await expect(page.getByTestId('compare-differences')).not.toContainText('optimizer.');
  await open(['0.05', '0.2'], address);
  const fewer = await colours(true);
  for (const [line, color] of Object.entries(fewer)) expect(color).toBe(first[line]);
  await page.reload();
  await still(page);
  expect(await colours(true)).toEqual(fewer);
  await open(['0.2', '0.1', '0.05'], address);
  expect(await colours(true)).toEqual(first);

  // the ramp is one choice: hues are another
  await page.getByTestId('compare-ramp').click();
  await still(page);
  const hues = await colours(true);
  expect(Object.values(hues)).not.toEqual(Object.values(first));
  await open(['0.05', '0.2'], `${address}&ramp=off`);
  for (const [line, color] of Object.entries(await colours(true))) expect(color).toBe(hues[line]);

  // runs of their own
  await open(['0.05', '0.1', '0.2'], '&metric=iteration.distance');
  const runs = await colours(false);
  await open(['0.1', '0.2'], '&metric=iteration.distance');
  const left = await colours(false);
  for (const [line, color] of Object.entries(left)) expect(color).toBe(runs[line]);
  await page.reload();
  await still(page);
  expect(await colours(false)).toEqual(left);
  expect(await violations(page)).toEqual([]);
});
