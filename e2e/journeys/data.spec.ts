/** Data sets: a folder added, a bad one refused by name. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeCifar } from '../../electron/datasets/testing.ts';
import { addDataset, newExperimentOn } from '../datasets.ts';
import { expect, root, still, test } from '../window.ts';

test('a folder with IDX files becomes a data set; a damaged one is refused with file and byte', async ({
  workbench,
}) => {
  const { page, folder } = workbench;
  const good = join(folder, 'my-digits');
  const broken = join(folder, 'broken');
  mkdirSync(good);
  mkdirSync(broken);
  const bundled = join(root, 'resources', 'datasets', 'fashion-mnist-small');
  for (const name of ['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz'])
    copyFileSync(join(bundled, name), join(good, name));
  writeFileSync(join(broken, 'train-images-idx3-ubyte'), Buffer.from([0, 0, 8, 3, 0, 0, 0, 9]));
  writeFileSync(join(broken, 'train-labels-idx1-ubyte'), Buffer.from([0, 0, 8, 1, 0, 0, 0, 1, 4]));

  await addDataset(workbench, broken);
  await expect(page.getByText('fashion-mnist-small').first()).toBeVisible();
  await expect(page.getByText(/train-images-idx3-ubyte.*byte \d+/s).first()).toBeVisible();
  await addDataset(workbench, good);
  await expect(page.getByText('my-digits').first()).toBeVisible();
});

test('CIFAR files are told by format, shape and classes, and chosen in the form', async ({ workbench }) => {
  const { page, folder } = workbench;
  const cifar = join(folder, 'cifar');
  mkdirSync(cifar);
  writeCifar(cifar, 'cifar-10');
  await addDataset(workbench, cifar);
  const row = page.getByRole('row', { name: /^cifar/ });
  await expect(row).toContainText('CIFAR-10 binary');
  await expect(row).toContainText('32 × 32 × 3');
  await expect(row.getByTitle(/class 0, class 1/)).toHaveText('10');

  await newExperimentOn(workbench, /cifar/);
  await expect(page.getByText('20 images of 32 × 32 × 3, 10 classes.')).toBeVisible();
  await page.getByText('More settings').first().click();
  const augment = page.getByRole('switch', { name: 'Augmentation' });
  await augment.press('Space');
  await expect(augment).toHaveAttribute('aria-checked', 'true');
  await augment.press('Space');
  await expect(augment).toHaveAttribute('aria-checked', 'false');
});

for (const [width, height] of [
  [1440, 900],
  // the smallest that the desktop's window can be
  [800, 560],
] as const)
  test(`what adds a data set is whole and lies beside each other at ${width} × ${height}`, async ({
    workbench: { page },
  }) => {
    await page.setViewportSize({ width, height });
    await page.evaluate(() => (location.hash = '#/data'));
    const add = page.getByTestId('add-dataset');
    await expect(add).toBeVisible();
    await still(page);
    const form = page.locator('form').filter({ has: add });
    const found = await form.evaluate((element) => {
      const rectangle = (of: Element): [number, number, number, number] => {
        const { left, top, right, bottom } = of.getBoundingClientRect();
        return [left, top, right, bottom];
      };
      return {
        around: rectangle(element),
        // fields are told to their labels
        parts: Array.from(element.querySelectorAll('.path, .name, button'), rectangle),
        cut: Array.from(element.querySelectorAll('*')).some(
          (each) => each.scrollWidth > each.clientWidth + 1 && each.tagName === 'BUTTON',
        ),
      };
    });
    expect(found.cut).toBe(false);
    expect(found.parts.length).toBeGreaterThanOrEqual(4);
    for (const [index, [left, top, right, bottom]] of found.parts.entries()) {
      expect(left).toBeGreaterThanOrEqual(found.around[0]);
      expect(right).toBeLessThanOrEqual(Math.min(width, found.around[2]) + 0.5);
      for (const [otherLeft, otherTop, otherRight, otherBottom] of found.parts.slice(index + 1))
        expect(
          right <= otherLeft || otherRight <= left || bottom <= otherTop || otherBottom <= top,
          'parts lie on each other',
        ).toBe(true);
    }
  });
