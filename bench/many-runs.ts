/**
 * 5,000 runs in the list: time until it is filled, and frames a second and frames with a blank gap while scrolling through them.
 * Ends with code 1 where a gap was seen.
 *
 *     node bench/many-runs.ts [RUNS]
 */
import { openStore } from '../electron/workbench/store/store.ts';
import { costOf, costText } from './window/cost.ts';
import { addRun } from './window/seed.ts';
import { framesText, readFrames, watchFrames } from './window/frames.ts';
import { inWindow } from './window/open.ts';

const count = Number(process.argv[2] ?? 5000);

/** Whether the list stands from its top to its bottom: a line of the table at six heights of its frame. */
const filled = `(() => {
  const frame = document.querySelector('[data-testid="runs-table"]')?.parentElement;
  if (!frame) return false;
  const box = frame.getBoundingClientRect();
  return [1, 2, 3, 4, 5, 6].every((step) =>
    document.elementFromPoint(box.left + 220, box.top + 60 + (step / 7) * (box.height - 90))?.closest('tr[data-run]'));
})()`;

/** In every frame: whether it does. */
const watchGaps = `(() => {
  window.gaps_ = 0;
  const look = () => {
    if (!${filled}) window.gaps_++;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()`;

await inWindow(
  (folder) => {
    const store = openStore(folder);
    store.transaction(() => {
      for (let index = 0; index < count; index++)
        addRun(store, { name: `run ${index}`, iterations: 0, learningRate: 0.01 + (index % 50) / 100 });
    });
    store.close();
  },
  async (page) => {
    // the first opening is over: else the reload waits for what the server still answers to it
    await page.locator('[data-testid="runs-table"] tr[data-run]').first().waitFor();
    await page.waitForTimeout(2000);
    const start = performance.now();
    await page.reload();
    // the page's own policy evaluates no text, the debugger does
    while (!(await page.evaluate<boolean>(filled))) {
      if (performance.now() - start > 60_000) throw new Error('the list did not fill its frame within a minute');
      await page.waitForTimeout(10);
    }
    console.log(`${count} runs: listed ${(performance.now() - start).toFixed(0)} ms after a reload (goal 1500 ms)`);
    await page.waitForTimeout(1000);
    const box = (await page.getByTestId('runs-table').locator('..').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await watchFrames(page);
    await page.evaluate(watchGaps);
    const { cost } = await costOf(page, 'many-runs-scrolling', async () => {
      const end = performance.now() + 8000;
      for (let turn = 0; performance.now() < end; turn++) await page.mouse.wheel(0, turn % 200 < 150 ? 900 : -900);
    });
    const frames = await readFrames(page);
    const gaps = await page.evaluate<number>('window.gaps_');
    console.log(`scrolling: ${framesText(frames)} (goal 50 frames a second)`);
    console.log(`scrolling: ${(cost.all / frames.frames).toFixed(1)} ms a frame, ${costText(cost)}`);
    console.log(`frames with a blank gap: ${gaps} (goal 0)`);
    if (gaps > 0) process.exitCode = 1;
  },
);
