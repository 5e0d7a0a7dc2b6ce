/** The paper's claims, judged on runs. */
import { seedRun } from '../seed.ts';
import { expect, test } from '../window.ts';

test('claims are judged from a run, say what is missing, and are saved as files', async ({ workbench }) => {
  const run = await seedRun(workbench.store, ['name=one', 'length={"iterations":40}', 'optimizer.learningRate=0.5']);
  const { page } = workbench;
  await page.evaluate((id) => (location.hash = `#/runs/${id}`), run);
  await page.getByTestId('run-claims').click();
  await expect(page).toHaveURL(new RegExp(`/claims\\?runs=${run}`));
  const first = page.getByTestId('claim-C1');
  // twelve probed iterations, all in the first half, carry no verdict
  await expect(first.getByText('Not enough evidence')).toBeVisible();
  await expect(first).toContainText('Needs a run with at least 30 probed iterations');
  await expect(page.getByTestId('claim-C7')).toContainText('Flatter regions generalise');

  const csv = await workbench.saved(() => page.getByTestId('claims-csv').click());
  expect(csv.name).toBe('claims.csv');
  expect(csv.bytes.toString()).toMatch(/^claim,verdict,statistic,value,low,high.*\r\nC1,not-enough,convex_with_floor,/);
  const markdown = await workbench.saved(() => page.getByTestId('claims-markdown').click());
  expect(markdown.bytes.toString()).toContain('## C2. Bouncing between walls: not enough evidence');

  // what would decide it is one click away
  await first.getByRole('button', { name: /^Open SGD walk/ }).click();
  await expect(page.getByTestId('preset-sgd-walk-desk')).toHaveAttribute('aria-pressed', 'true');
});

test('a preset at the paper’s own scale says which data set it needs', async ({ workbench: { page } }) => {
  await page.evaluate(() => (location.hash = '#/new?preset=sgd-walk-vgg11-paper'));
  await expect(page.getByTestId('preset-sgd-walk-vgg11-paper')).toBeVisible();
  await expect(page.getByText(/valleywalk data add FOLDER --title CIFAR-10/).first()).toBeVisible();
});
