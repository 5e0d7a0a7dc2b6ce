/** The form: errors as one types, an estimate, a start, a stop; and runs that end badly. */
import { seconds } from '../../build/machine.ts';
import { expect, test } from '../window.ts';

test('a bad value is named beside its field and keeps the run from starting; a good one starts', async ({
  workbench,
}) => {
  const { page } = workbench;
  await page.getByTestId('new-experiment').first().click();
  const rate = page.getByLabel('Learning rate', { exact: true });
  await rate.fill('-1');
  await expect(page.getByText(/must be above 0/)).toBeVisible();
  await page.getByTestId('start-run').click();
  await expect(page).toHaveURL(/new/);
  await rate.fill('0.2');
  await expect(page.getByText(/must be above 0/)).toBeHidden();

  // the workbench knows what the form alone cannot: how many examples the set has
  const train = page.getByLabel('Training examples', { exact: true });
  await train.fill('60000');
  await expect(page.getByText(/7,?000/).first()).toBeVisible();
  await train.fill('1000');
  const batch = page.getByLabel('Batch size', { exact: true });
  await batch.fill('1001');
  await expect(page.getByText(/larger than the training set/)).toBeVisible();
  await batch.fill('100');
  await expect(page.getByText(/larger than the training set/)).toBeHidden();
  await expect(page.getByTestId('estimate')).toContainText(/\d/);

  await page.getByLabel('Name', { exact: true }).fill('from the form');
  await page.getByTestId('start-run').click();
  await expect(page.getByTestId('run-status')).toContainText(/finished/i, { timeout: seconds(60) });
  await expect(page.getByText('from the form').first()).toBeVisible();
});

test('group norm is refused beside batch norm and where it does not divide a layer, and runs', async ({
  workbench,
}) => {
  const { page } = workbench;
  await page.getByTestId('new-experiment').first().click();
  const norm = page.locator('[data-path="model.norm.kind"]');
  const groups = page.getByLabel('Groups', { exact: true });
  await expect(groups).toBeHidden();
  await norm.locator('.el-select').click();
  await page.getByRole('option', { name: 'Group norm' }).click();
  await expect(groups).toHaveValue('2');
  await groups.fill('8');
  await expect(page.getByText(/500 is no multiple of 8; choose a divisor of 50/)).toBeVisible();
  await groups.fill('10');
  await expect(page.getByText(/is no multiple of/)).toBeHidden();
  const batchNorm = page.locator('[data-path="model.batchNorm"] .el-switch');
  await batchNorm.click();
  await expect(norm).toContainText('a layer has one norm; set model.batchNorm to false');
  await batchNorm.click();
  await expect(norm).not.toContainText('a layer has one norm');
  await page.getByLabel('Training examples', { exact: true }).fill('600');
  await page.getByTestId('start-run').click();
  await expect(page.getByTestId('run-status')).toContainText(/finished/i, { timeout: seconds(60) });
});

test('another architecture brings its own settings, refuses images it cannot take, and runs', async ({ workbench }) => {
  const { page } = workbench;
  await page.getByTestId('new-experiment').first().click();
  const architecture = page.locator('[data-path="model.architecture"]');
  const choose = async (name: string): Promise<void> => {
    await architecture.locator('.el-select').click();
    await page.getByRole('option', { name }).click();
  };
  await expect(page.getByLabel('Hidden widths', { exact: true })).toBeVisible();
  await choose('VGG-11');
  await expect(page.getByLabel('Hidden widths', { exact: true })).toBeHidden();
  await expect(architecture).toContainText('multiples of 32');
  await choose('Residual network');
  await expect(architecture).not.toContainText('multiples of');
  const depth = page.getByLabel('Depth', { exact: true });
  await expect(depth).toHaveValue('56');
  await depth.fill('9');
  await expect(page.getByText(/must be 6n \+ 2/)).toBeVisible();
  await choose('LeNet-5');
  await expect(depth).toBeHidden();
  await expect(page.locator('[data-path="model.activation"]')).toContainText('ReLU');
  await choose('Small convolutional');
  await expect(depth).toBeHidden();
  await page.locator('[data-path="model.batchNorm"] .el-switch').click();
  await page.getByLabel('Training examples', { exact: true }).fill('600');
  await page.getByLabel('Learning rate', { exact: true }).fill('0.05');
  await page.getByTestId('start-run').click();
  await expect(page.getByTestId('run-status')).toContainText(/finished/i, { timeout: seconds(60) });
});

test('a diverging run says so and what to do, and keeps what it recorded', async ({ workbench }) => {
  const { page } = workbench;
  await page.getByTestId('new-experiment').first().click();
  await page.getByLabel('Learning rate', { exact: true }).fill('100');
  await page.getByTestId('start-run').click();
  await expect(page.getByTestId('run-status')).toContainText(/diverged/i, { timeout: seconds(60) });
  await expect(page.getByText(/lower the learning rate/i).first()).toBeVisible();
  await expect(page.getByTestId('chart-walk')).toBeVisible();
});

test('a long run can be stopped; its records stay', async ({ workbench }) => {
  const { page } = workbench;
  await page.getByTestId('new-experiment').first().click();
  await page.getByLabel('Interpolation points', { exact: true }).fill('100');
  await page.getByTestId('start-run').click();
  await expect(page.getByTestId('run-status')).toContainText(/running/i);
  await page.getByTestId('stop-run').first().click();
  await expect(page.getByTestId('run-status')).toContainText(/stopped/i);
});
