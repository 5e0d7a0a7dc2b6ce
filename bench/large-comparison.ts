/**
 * 50 runs of 10,000 iterations overlaid in Compare, each with a spike of its own: time from opening the address to the first and to the last spike
 * painted, frames a second and the longest task while zooming, how soon the lines are exact again, and how many spikes are painted then. Then the
 * same runs in eight panels at once, in a window in which all of them are in view. Ends with code 1 where a spike is missing.
 *
 *     node bench/large-comparison.ts [RUNS] [ITERATIONS]
 */
import type { Page } from 'playwright';
import { openStore } from '../electron/workbench/store/store.ts';
import { framesText, readFrames, watchFrames } from './window/frames.ts';
import { inWindow, wheel } from './window/open.ts';
import { costOf, costText } from './window/cost.ts';
import { countSpikes, untilExact, untilPainted, untilSpikes } from './window/paint.ts';
import { addRun } from './window/seed.ts';

const count = Number(process.argv[2] ?? 50);
const iterations = Number(process.argv[3] ?? 10_000);
const chart = '[data-testid="chart-compare"]';
/** The quantities of eight panels; the first has the spikes. */
const quantities = [
  ...['batch_loss', 'gradient_cosine', 'distance', 'path_length'],
  ...['loss_before', 'floor_loss', 'height_after', 'loss_after'],
].map((key) => `iteration.${key}`);
let runs: string[] = [];

await inWindow(
  (folder) => {
    const store = openStore(folder);
    runs = Array.from({ length: count }, (_, index) =>
      addRun(store, {
        name: `run ${index}`,
        iterations,
        heights: true,
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
    const opened = await costOf(page, 'comparison-opening', () => untilSpikes(page, open, chart, count));
    const { first, last } = opened.value;
    const opening = await readFrames(page);
    console.log(
      `${count} runs of ${iterations} iterations: first line after ${first.toFixed(0)} ms, the last after ${last.toFixed(0)} ms, longest task ${opening.longestTask.toFixed(0)} ms`,
    );
    console.log(`opening: ${costText(opened.cost)} (goal: no task over 100 ms)`);
    await page.waitForTimeout(2000);
    const canvas = page.locator(`${chart} canvas`).first();
    await watchFrames(page);
    const zoomed = await costOf(page, 'comparison-zooming', async () => {
      await wheel(canvas, 4);
      return untilExact(page, chart);
    });
    const zooming = await readFrames(page);
    console.log(`zooming: ${framesText(zooming)} (goal 50 frames a second, no task over 100 ms)`);
    console.log(`zooming: ${(zoomed.cost.all / zooming.frames).toFixed(1)} ms a frame, ${costText(zoomed.cost)}`);
    console.log(`exact ${zoomed.value.toFixed(0)} ms after the last turn (goal 200 ms)`);
    await page.mouse.dblclick(...(await middle()));
    // the pointer draws a line of its own
    await page.mouse.move(0, 0);
    await page.waitForTimeout(1500);
    const painted = await countSpikes(page, chart);
    console.log(`spikes painted: ${painted} of ${count}`);
    if (painted < count) process.exitCode = 1;
    await inPanels(page);

    async function middle(): Promise<[number, number]> {
      const box = (await canvas.boundingBox())!;
      return [box.x + box.width / 2, box.y + box.height / 2];
    }
  },
);

/** The same runs in eight panels, opened from a page without charts. */
async function inPanels(page: Page): Promise<void> {
  await page.setViewportSize({ width: 1920, height: 1400 });
  await page.evaluate("location.hash = '#/settings'");
  await page.waitForTimeout(1500);
  await watchFrames(page);
  const open = `location.hash = '#/compare?metrics=${quantities.join(',')}&runs=${runs.join(',')}'`;
  const said = "!document.querySelector('[data-metric] .reading')";
  const opened = await costOf(page, 'panels-opening', () =>
    untilPainted(page, open, '[data-metric] .plot', quantities.length, said),
  );
  const { longestTask } = await readFrames(page);
  console.log(
    `${quantities.length} panels of ${count} runs: all lines after ${opened.value.toFixed(0)} ms, longest task ${longestTask.toFixed(0)} ms`,
  );
  console.log(`opening: ${costText(opened.cost)}`);
  await page.waitForTimeout(2000);
  await watchFrames(page);
  const zoomed = await costOf(page, 'panels-zooming', async () => {
    await wheel(page.locator(`${chart} canvas`).first(), 4);
    return untilExact(page, '[data-metric]');
  });
  const zooming = await readFrames(page);
  console.log(`zooming: ${framesText(zooming)} (goal: no task over 100 ms)`);
  console.log(`zooming: ${(zoomed.cost.all / zooming.frames).toFixed(1)} ms a frame, ${costText(zoomed.cost)}`);
  console.log(`exact ${zoomed.value.toFixed(0)} ms after the last turn (goal 200 ms)`);
}
