/** A study from the form: settings varied, a mistake told, runs followed, the study extended, compared by group and exported. */
import { seconds } from '../../build/machine.ts';
import { expect, test } from '../window.ts';

test('a small study is made in the form, runs to its end and is extended', async ({ workbench }) => {
  const { page } = workbench;
  await page.getByTestId('new-experiment').first().click();
  await page.getByLabel('Name', { exact: true }).fill('rates');
  await page.getByLabel('Training examples', { exact: true }).fill('500');
  await page.getByLabel('Validation examples', { exact: true }).fill('100');
  await page.getByLabel('Hidden widths', { exact: true }).fill('16');

  await page.getByRole('button', { name: 'Vary Learning rate' }).click();
  const rates = page.getByLabel('Learning rate', { exact: true });
  await rates.fill('0.1, -1');
  await expect(page.locator('[data-path="optimizer.learningRate"]')).toContainText('must be above 0');
  await rates.fill('0.1, 0.5');
  await page.getByRole('button', { name: 'Vary Seed' }).click();
  await page.getByLabel('Seed', { exact: true }).fill('200');
  await expect(page.getByTestId('grid-strip')).toContainText('400 runs');
  // so many are asked about first
  await expect(page.getByTestId('confirm-large')).toBeVisible();
  await page.getByLabel('Seed', { exact: true }).fill('2');
  await expect(page.getByTestId('grid-strip')).toContainText('4 runs');
  await expect(page.getByTestId('study-size')).toContainText('4 runs');
  await page.getByTestId('start-run').click();

  await expect(page).toHaveURL(/studies\//);
  await expect(page.getByTestId('study-status')).toContainText('Finished', { timeout: seconds(90) });
  const runs = page.getByTestId('study-runs');
  await expect(runs.locator('tbody tr')).toHaveCount(4);
  await expect(runs).toContainText('learning rate 0.5 · seed 2');

  await page.getByTestId('extend-study').click();
  await page.getByTestId('extend-seeds').fill('1');
  await page.getByRole('button', { name: 'Add 2 runs' }).click();
  await expect(runs.locator('tbody tr')).toHaveCount(6);
  await expect(page.getByTestId('study-status')).toContainText('Finished', { timeout: seconds(60) });

  await page.getByRole('button', { name: 'rates', exact: true }).click();
  await page.getByLabel('Name of the study').fill('two rates');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'two rates' })).toBeVisible();

  const study = page.url();
  await page.getByTestId('study-claims').click();
  await expect(page).toHaveURL(/claims\?runs=/);
  // the rates are judged apart
  await expect(page.getByTestId('claim-C1')).toContainText('At learning rate 0.1');
  await page.goto(study);

  await page.getByTestId('compare-study').click();
  await expect(page).toHaveURL(/compare\?runs=.*group=optimizer\.learningRate/);
  await expect(page.getByTestId('compare-summary')).toContainText(/Learning rate 0\.5 \(3 runs\)/);
  await page.getByTestId('export-open').click();
  await expect(page.getByRole('img', { name: /^Preview/ })).toBeVisible();
  const svg = await workbench.saved(() => page.getByTestId('export-save').click());
  expect(svg.name).toMatch(/\.svg$/);
  expect(svg.bytes.toString()).toMatch(/>Learning rate \(3 runs each\)<\/text>[^]*>0\.5<\/text>/);
  await page.keyboard.press('Escape');
  // time has no common places: every run by itself, and the chart says so
  await page.evaluate(() => (location.hash += '&against=elapsed_seconds'));
  await expect(page.getByText('runs share no places on this axis').first()).toBeVisible();
  await page.evaluate(() => (location.hash += '&panels=optimizer.learningRate'));
  await expect(page.getByTestId('compare-ranges').getByRole('checkbox')).toBeChecked();
  await page.goto(page.url().replace(/#.*/, '#/studies'));
  await expect(page.getByTestId('studies-table')).toContainText('two rates');

  // stopped among more runs than are computed before a slow window finds the button
  await page.goto(study);
  await page.getByTestId('extend-study').click();
  await page.getByTestId('extend-seeds').fill('20');
  await page.getByRole('button', { name: 'Add 40 runs' }).click();
  await expect(runs.locator('tbody tr')).toHaveCount(46);
  await page.getByTestId('stop-study').click();
  await expect(page.getByTestId('study-status')).toContainText('Stopped');
});
