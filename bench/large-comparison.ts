/**
 * 50 runs of 10,000 iterations overlaid in Compare, each with a spike of its own: time from opening the address to the first and to the last spike
 * painted, frames a second and the longest task while zooming, how soon the lines are exact again, and how many spikes are painted then.
 * Ends with code 1 where one is missing.
 *
 *     node bench/large-comparison.ts [RUNS] [ITERATIONS]
 */
import { openStore } from '../electron/workbench/store/store.ts';
import { framesText, inWindow, readFrames, watchFrames, wheel } from './window/open.ts';
import { countSpikes, untilExact, untilSpikes } from './window/paint.ts';
import { addRun } from './window/seed.ts';

const count = Number(process.argv[2] ?? 50);
const iterations = Number(process.argv[3] ?? 10_000);
const chart = '[data-testid="chart-compare"]';
let runs: string[] = [];

await inWindow(
  (folder) => {
    const store = openStore(folder);
    runs = Array.from({ length: count }, (_, index) =>
      addRun(store, {
        name: `run ${index}`,
        iterations,
        learningRate: 0.01 + index / 100,
        // away from each other by more pixels than a line is wide
        batchSpikes: [Math.floor(((index + 0.5 + 0.2 * Math.sin(index * 7)) * iterations) / count)],
      }),
    );
    store.close();
  },
  async (page) => {
    await page.getByTestId('runs-table').waitFor();
    await page.waitForTimeout(1000);
    await watchFrames(page);
    const open = `location.hash = '#/compare?metric=iteration.batch_loss&runs=${runs.join(',')}'`;
    const { first, last } = await untilSpikes(page, open, chart, count);
    const opening = await readFrames(page);
    console.log(
      `${count} runs of ${iterations} iterations: first line after ${first.toFixed(0)} ms, the last after ${last.toFixed(0)} ms, longest task ${opening.longestTask.toFixed(0)} ms`,
    );
    await page.waitForTimeout(2000);
    const canvas = page.locator(`${chart} canvas`).first();
    await watchFrames(page);
    await wheel(canvas, 4);
    const exact = await untilExact(page, chart);
    const zooming = await readFrames(page);
    console.log(`zooming: ${framesText(zooming)} (goal 50 frames a second, no task over 100 ms)`);
    console.log(`exact ${exact.toFixed(0)} ms after the last turn (goal 200 ms)`);
    await page.mouse.dblclick(...(await middle()));
    // the pointer draws a line of its own
    await page.mouse.move(0, 0);
    await page.waitForTimeout(1500);
    const painted = await countSpikes(page, chart);
    console.log(`spikes painted: ${painted} of ${count}`);
    if (painted < count) process.exitCode = 1;

    async function middle(): Promise<[number, number]> {
      const box = (await canvas.boundingBox())!;
      return [box.x + box.width / 2, box.y + box.height / 2];
    }
  },
);
