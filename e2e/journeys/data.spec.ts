/** Data sets: a folder added, a bad one refused by name. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, root, test } from '../window.ts';

test('a folder with IDX files becomes a data set; a damaged one is refused with file and byte', async ({
  workbench,
}) => {
  const { page, electron, folder } = workbench;
  const good = join(folder, 'my-digits');
  const broken = join(folder, 'broken');
  mkdirSync(good);
  mkdirSync(broken);
  const bundled = join(root, 'resources', 'datasets', 'fashion-mnist-small');
  for (const name of ['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz'])
    copyFileSync(join(bundled, name), join(good, name));
  writeFileSync(join(broken, 'train-images-idx3-ubyte'), Buffer.from([0, 0, 8, 3, 0, 0, 0, 9]));
  writeFileSync(join(broken, 'train-labels-idx1-ubyte'), Buffer.from([0, 0, 8, 1, 0, 0, 0, 1, 4]));

  await page.getByRole('link', { name: 'Data' }).first().click();
  await expect(page.getByText('fashion-mnist-small').first()).toBeVisible();
  const add = async (path: string): Promise<void> => {
    if (electron) {
      await electron.evaluate(({ dialog }, to) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [to] });
      }, path);
      await page.getByTestId('add-dataset').click();
    } else {
      await page.getByTestId('dataset-folder').fill(path);
      await page.getByTestId('add-dataset').click();
    }
  };
  await add(broken);
  await expect(page.getByText(/train-images-idx3-ubyte.*byte \d+/s).first()).toBeVisible();
  await add(good);
  await expect(page.getByText('my-digits').first()).toBeVisible();
});
