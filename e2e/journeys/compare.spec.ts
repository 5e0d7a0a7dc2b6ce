/** Runs side by side, and runs deleted. */
import { seedRun } from '../seed.ts';
import { valleywalk } from '../terminal/run.ts';
import { expect, test } from '../window.ts';

test('two runs are compared on any metric, with what differs in their settings', async ({ workbench }) => {
  const a = await seedRun(workbench.store, ['name=slow', 'optimizer.learningRate=0.05']);
  const b = await seedRun(workbench.store, ['name=fast', 'optimizer.learningRate=0.5']);
  const { page } = workbench;
  // a run made in the terminal shows in an open window
  await expect(page.getByTestId('runs-table')).toContainText('fast');
  const table = page.getByTestId('runs-table');
  for (const name of ['slow', 'fast'])
    await table.getByRole('row').filter({ hasText: name }).getByRole('checkbox').first().click({ force: true });
  await page.getByRole('button', { name: 'Compare' }).first().click();
  await expect(page).toHaveURL(new RegExp(`(?=.*${a})(?=.*${b})`));
  const differences = page.getByTestId('compare-differences');
  await expect(differences).toContainText('Learning rate');
  await expect(differences).toContainText('0.05');
  await expect(differences).toContainText('0.5');
  await expect(page.locator('canvas').first()).toBeVisible();
});

test('a deleted run is gone at once and can be brought back', async ({ workbench }) => {
  await seedRun(workbench.store, ['name=doomed']);
  const { page } = workbench;
  const row = page.getByTestId('runs-table').getByRole('row').filter({ hasText: 'doomed' });
  await row.getByRole('checkbox').first().click({ force: true });
  await page.getByTestId('delete-runs').click();
  await expect(page.getByTestId('quick-walk')).toBeVisible();
  await page.getByTestId('undo').click();
  await expect(row).toBeVisible();
  await page.getByTestId('delete-runs').click();
  await expect(page.getByTestId('quick-walk')).toBeVisible();
  expect((await valleywalk(workbench.store, ['list', '--deleted'])).out).toContain('doomed');
});

test('runs are filtered, selected, tagged and kept selected; a filter that cannot be read says where', async ({
  workbench,
}) => {
  for (const [name, rate] of [
    ['slow', 0.05],
    ['fast', 0.5],
    ['faster', 0.7],
  ] as const)
    await seedRun(workbench.store, [`name=${name}`, `optimizer.learningRate=${rate}`]);
  const { page } = workbench;
  const rows = page.locator('[data-run]');
  await expect(rows).toHaveCount(3);
  await page.getByTestId('runs-filter').fill('learningRate >= 0.5 and status = done');
  await expect(page.getByTestId('filter-problem')).toContainText('one of queued, running, paused, finished');
  await expect(rows).toHaveCount(3);
  await page.getByTestId('runs-filter').fill('learningRate >= 0.5 and status = finished');
  await expect(rows).toHaveCount(2);
  await page.getByRole('checkbox', { name: 'Select all runs' }).click();
  await page.getByTestId('tag-selected').click();
  await page.getByTestId('new-tag').fill('paper');
  await page.keyboard.press('Enter');
  await expect(rows.first()).toContainText('paper');
  await workbench.reopen();
  await expect(workbench.page.getByText('2 runs selected')).toBeVisible();
  await workbench.page.getByTestId('runs-filter').fill('not tag = paper');
  await expect(workbench.page.locator('[data-run]')).toHaveCount(1);
  const listed = await valleywalk(workbench.store, [
    'list',
    '--json',
    '--filter',
    'tag = paper and learningRate > 0.5',
  ]);
  expect((JSON.parse(listed.out) as { name: string }[]).map(({ name }) => name)).toEqual(['faster']);
});

test('runs are compared by groups, and the summary is saved for a paper', async ({ workbench }) => {
  for (const rate of [0.05, 0.5])
    for (const seed of [1, 2])
      await seedRun(workbench.store, [`name=r${rate}`, `seed=${seed}`, `optimizer.learningRate=${rate}`]);
  const { page } = workbench;
  await page.getByTestId('runs-filter').fill('status = finished');
  await expect(page.locator('[data-run]')).toHaveCount(4);
  await page.getByRole('checkbox', { name: 'Select all runs' }).click();
  await page.getByTestId('compare-selected').click();
  await page.evaluate(
    () => (location.hash += '&group=optimizer.learningRate&band=confidence&metrics=iteration.distance'),
  );
  const summary = page.getByTestId('compare-summary');
  await expect(summary).toContainText('Learning rate 0.5 (2 runs)');
  await expect(summary).toContainText(/\d \([\d.−e]+ to [\d.−e]+\)/);
  await expect(page.getByText('lines are means over the runs of a group')).toBeVisible();
  // a log horizontal axis says what it leaves out, stays through a reload and goes along into the figure
  await page.getByTestId('compare-log-x').click();
  await expect(page.getByText('left out on the log horizontal axis')).toBeVisible();
  await page.reload();
  await expect(page.getByTestId('compare-log-x').getByRole('checkbox')).toBeChecked();
  await page.getByTestId('export-open').click();
  await expect(page.getByTestId('export-log-x').getByRole('checkbox')).toBeChecked();
  await page.keyboard.press('Escape');
  const saved = await workbench.saved(() => page.getByTestId('table-save').click());
  expect(saved.name).toMatch(/\.csv$/);
  expect(saved.bytes.toString()).toContain('Learning rate 0.5 (2 runs)');
});

test('an address of a run that is not there says so', async ({ workbench }) => {
  const { page } = workbench;
  await page.evaluate(() => {
    location.hash = '#/runs/20000101-000000-none';
  });
  await expect(page.getByText(/no run|not there|does not exist/i).first()).toBeVisible();
});
