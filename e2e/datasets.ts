/** What journeys do with data sets. */
import type { WorkbenchWindow } from './window.ts';

/** Adds a folder in the Data view, through the native dialog's answer or the text field. */
export async function addDataset({ page, electron }: WorkbenchWindow, path: string): Promise<void> {
  await page.getByRole('link', { name: 'Data' }).first().click();
  if (electron)
    await electron.evaluate(({ dialog }, to) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [to] });
    }, path);
  else await page.getByTestId('dataset-folder').fill(path);
  await page.getByTestId('add-dataset').click();
}

/** Opens the form of a new experiment and chooses a data set in it. */
export async function newExperimentOn({ page }: WorkbenchWindow, dataset: RegExp): Promise<void> {
  await page.getByRole('link', { name: 'Runs' }).first().click();
  await page.getByTestId('new-experiment').first().click();
  await page.getByLabel('Data set', { exact: true }).press('Enter');
  await page.getByRole('option', { name: dataset }).click();
}
