/** Presets of other networks and optimisers, made small in the form, from there to the figure: each says what it is and nothing that it is not. */
import type { Page } from 'playwright/test';
import { seconds } from '../../build/machine.ts';
import { violations } from '../axe.ts';
import { expect, test } from '../window.ts';
import type { WorkbenchWindow } from '../window.ts';

/** Opens a preset in the form, fills in what makes it small, and walks it to its end. */
async function walk(page: Page, preset: string, fields: Readonly<Record<string, string>>): Promise<void> {
  await page.getByTestId('new-experiment').first().click();
  await page.getByTestId(`preset-${preset}`).click();
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
  await expect(page.getByTestId('estimate')).toContainText(/\d+ iterations/);
  await page.getByTestId('start-run').click();
  await expect(page.getByTestId('run-status')).toContainText(/finished/i, { timeout: seconds(90) });
}

/** The text of a chart's export in a format; the dialog is closed again. */
async function exported(workbench: WorkbenchWindow, chart: string, format: string): Promise<Buffer> {
  const { page } = workbench;
  await page
    .getByTestId(chart)
    .getByRole('button', { name: /^Export this chart/ })
    .click();
  await page.getByTestId('export-format').getByText(format, { exact: true }).click();
  const { bytes } = await workbench.saved(() => page.getByTestId('export-save').click());
  await page.keyboard.press('Escape');
  return bytes;
}

/** An SVG without its descriptions, which have the words whatever is drawn. */
const drawnIn = (svg: Buffer): string => svg.toString('utf8').replace(/<(metadata|desc|title)\b.*?<\/\1>/gs, '');

test('a tanh network with squared error walks to its edge of stability, without a unit', async ({ workbench }) => {
  const { page } = workbench;
  await walk(page, 'cohen-edge-of-stability', {
    'Training examples': '200',
    'Validation examples': '100',
    'Hidden widths': '20 20',
    Length: '24',
    'How many first iterations': '12',
    'Iterations between two measurements': '6',
    'Examples for curvature': '200',
  });
  const main = page.getByRole('main');
  await expect(main).not.toContainText(/nats/);
  await expect(page.getByText('tanh').first()).toBeVisible();
  const curvature = page.getByTestId('chart-eigenvalue');
  await curvature.scrollIntoViewIfNeeded();
  await expect(curvature).toContainText('dashed: 2/learning rate = 40');
  await expect(curvature).not.toContainText('kinks');
  const svg = await exported(workbench, 'chart-eigenvalue', 'SVG');
  expect(drawnIn(svg)).toContain('2/learning rate');
  expect(svg.toString('utf8')).not.toContain('nats');
  expect((await exported(workbench, 'chart-walk', 'PNG')).subarray(1, 4).toString()).toBe('PNG');
  expect((await exported(workbench, 'chart-walk', 'SVG')).toString('utf8')).not.toContain('nats');
  expect(await violations(page)).toEqual([]);

  await page.getByTestId('run-claims').click();
  await expect(main).toContainText('has another loss than the cross-entropy without label smoothing');
});

test('AdamW walks with its own cosine, is no evidence, and has no edge', async ({ workbench }) => {
  const { page } = workbench;
  await walk(page, 'adamw', {
    'Training examples': '600',
    'Validation examples': '100',
    'Hidden widths': '20',
    'Batch size': '50',
    'How many first iterations': '10',
  });
  const main = page.getByRole('main');
  await expect(page.getByText('AdamW').first()).toBeVisible();
  await page.getByTestId('run-quantity').click();
  await page.getByRole('option', { name: /cosine of consecutive updates/i }).click();
  await expect(page.getByTestId('chart-quantity').locator('canvas')).toBeVisible();
  expect(drawnIn(await exported(workbench, 'chart-quantity', 'SVG'))).toMatch(/updates/);
  expect((await exported(workbench, 'chart-walk', 'PNG')).subarray(1, 4).toString()).toBe('PNG');
  await expect(main).not.toContainText('2/learning rate');
  expect(await violations(page)).toEqual([]);

  await page.getByTestId('run-claims').click();
  await expect(main).toContainText('was trained with AdamW while the claims are about SGD');
});
