/**
 * 50 runs of 10,000 iterations overlaid in Compare: time from opening the address to the first painted chart, and frames a second
 * while zooming.
 *
 *     node bench/large-comparison.ts [RUNS] [ITERATIONS]
 */
import { openStore } from '../electron/workbench/store/store.ts';
import { addRun } from './window/seed.ts';
import { framesText, inWindow, readFrames, watchFrames, wheel } from './window/open.ts';

const count = Number(process.argv[2] ?? 50);
const iterations = Number(process.argv[3] ?? 10_000);
let runs: string[] = [];

await inWindow(
  (folder) => {
    const store = openStore(folder);
    runs = Array.from({ length: count }, (_, index) =>
      addRun(store, { name: `run ${index}`, iterations, learningRate: 0.01 + index / 100 }),
    );
    store.close();
  },
  async (page) => {
    await page.getByTestId('runs-table').waitFor();
    await page.waitForTimeout(1000);
    const milliseconds = await page.evaluate<number>(`new Promise((resolve) => {
      const start = performance.now();
      location.hash = '#/compare?runs=${runs.join(',')}';
      const look = () => {
        const canvas = document.querySelector('main canvas');
        if (canvas && canvas.width > 100) {
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          let painted = 0;
          for (let at = 0; at < data.length; at += 4) {
            const [red, green, blue] = [data[at], data[at + 1], data[at + 2]];
            if (data[at + 3] > 40 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) painted++;
          }
          if (painted > 200) return resolve(performance.now() - start);
        }
        requestAnimationFrame(look);
      };
      look();
    })`);
    console.log(`${count} runs of ${iterations} iterations: first painted chart after ${milliseconds.toFixed(0)} ms`);
    await page.waitForTimeout(3000);
    await watchFrames(page);
    await wheel(page.locator('main canvas').first(), 4);
    console.log(`zooming: ${framesText(await readFrames(page))} (goal 50 frames a second)`);
  },
);
