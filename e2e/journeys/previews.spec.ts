/** Pictures of data sets: real examples with their labels, in the list of data sets and in the form; and where there are none. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeImages, writeLabels } from '../../electron/datasets/idx.ts';
import { writeCifar } from '../../electron/datasets/testing.ts';
import { violations } from '../axe.ts';
import { addDataset, newExperimentOn } from '../datasets.ts';
import { expect, test } from '../window.ts';

test('a data set shows examples of each class, grey and in colour, with words for those who do not see them', async ({
  workbench,
}) => {
  const { page, folder } = workbench;
  const colour = join(folder, 'colour');
  mkdirSync(colour);
  writeCifar(colour, 'cifar-10');
  const rows = join(folder, 'rows-of-numbers');
  mkdirSync(rows);
  const count = 20;
  const labels = Uint8Array.from({ length: count }, (_, place) => place % 2);
  const images = { count, height: 1, width: 9, pixels: new Uint8Array(count * 9) };
  writeFileSync(join(rows, 'train-images-idx3-ubyte'), writeImages(images));
  writeFileSync(join(rows, 'train-labels-idx1-ubyte'), writeLabels({ count, labels }));
  await addDataset(workbench, colour);
  await expect(page.getByText(/Added “colour”/)).toBeVisible();
  await addDataset(workbench, rows);
  await expect(page.getByText(/Added “rows-of-numbers”/)).toBeVisible();

  await page.locator('summary').first().click();
  const grey = page.getByTestId('example-grid').first();
  await expect(grey.getByRole('img', { name: /^Sneaker, example \d+$/ }).first()).toBeVisible();
  await expect(grey.getByRole('img')).toHaveCount(100);
  await expect(grey).toContainText('The first 10 examples of each class, 100 of 7,000');
  // a real picture: of its size, and not all of one colour
  const seen = await grey
    .getByRole('img')
    .first()
    .evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      const canvas = document.createElement('canvas');
      canvas.width = image.naturalWidth;
      canvas.height = image.naturalHeight;
      const context = canvas.getContext('2d')!;
      context.drawImage(image, 0, 0);
      return {
        width: canvas.width,
        colours: new Set(context.getImageData(0, 0, canvas.width, canvas.height).data).size,
      };
    });
  expect(seen.width).toBe(28);
  expect(seen.colours).toBeGreaterThan(20);

  await page.locator('summary').nth(1).click();
  await expect(page.getByRole('img', { name: 'class 3, example 4' })).toBeVisible();
  await page.locator('summary').nth(2).click();
  await expect(page.getByText('No picture: an example is a row of 9 numbers, not an image.')).toBeVisible();
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    expect(await violations(page), scheme).toEqual([]);
  }

  await newExperimentOn(workbench, /colour/);
  await expect(page.getByTestId('example-strip').getByRole('img')).toHaveCount(10);
  expect(await violations(page)).toEqual([]);
});
