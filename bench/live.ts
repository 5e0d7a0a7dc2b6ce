/**
 * Live charts of a run that trains as fast as a small network can, or with more hidden units at about the 500 iterations a second of
 * the goal: iterations a second, frames and the longest task of the window meanwhile.
 *
 *     node bench/live.ts [ITERATIONS] [HIDDEN] [BATCH]
 */
import { experimentSchema } from '../shared/experiment.ts';
import { framesText, readFrames, watchFrames } from './window/frames.ts';
import { inWindow } from './window/open.ts';

const [iterations, hidden, batchSize] = [20_000, 8, 8].map((usual, at) => Number(process.argv[at + 2] ?? usual)) as [
  number,
  number,
  number,
];
const experiment = experimentSchema.parse({
  name: 'live',
  model: { hidden: [hidden] },
  length: { iterations },
  optimizer: { kind: 'sgd', batchSize },
});
experiment.data.train = 1000;
experiment.data.validation = 100;
experiment.probes.interpolation.windows = [{ firstIterations: 10 }];

await inWindow(
  () => undefined,
  async (page) => {
    await page.getByTestId('quick-walk').waitFor();
    const draft = JSON.stringify(JSON.stringify({ draft: experiment, preset: null }));
    await page.evaluate(`localStorage.setItem('valleywalk.draft', ${draft})`);
    await page.reload();
    await page.evaluate(`location.hash = '#/new'`);
    await page.getByRole('heading', { name: 'What is measured' }).waitFor();
    await page.waitForTimeout(1500);
    await page.keyboard.press('Control+Enter');
    await page.getByTestId('chart-walk').locator('canvas').first().waitFor();
    // opening the view and the first probed iterations are not what is measured
    await page.waitForTimeout(3000);
    const done = async (): Promise<number> =>
      Number((await page.getByTestId('run-iteration').innerText()).replace(/\D/g, ''));
    const [before, start] = [await done(), performance.now()];
    await watchFrames(page);
    await page.waitForTimeout(10_000);
    const frames = await readFrames(page);
    const rate = ((await done()) - before) / ((performance.now() - start) / 1000);
    const over = (await page.getByTestId('run-status').innerText()).includes('Finished');
    console.log(
      `trained: ${rate.toFixed(0)} iterations a second${over ? ', finished before the end: ask for more' : ''}`,
    );
    console.log(`window meanwhile: ${framesText(frames)} (goal: no task over 50 ms)`);
  },
);
