/**
 * A run of 100,000 iterations with 11-point slices (1.1 million values) in a browser: time from the click to the walk
 * and to the last chart in view painted (goal: 1 s), frames a second while zooming and panning (goal: 50), and whether each of 40 planted spikes is painted at
 * every zoom. Ends with code 1 where a spike is missing.
 *
 *     node bench/large-run.ts [ITERATIONS]
 */
import type { Page } from 'playwright';
import { openStore } from '../electron/workbench/store/store.ts';
import { costOf, costText } from './window/cost.ts';
import { isPainted, untilExact } from './window/paint.ts';
import { addRun } from './window/seed.ts';
import { framesText, readFrames, watchFrames } from './window/frames.ts';
import { drag, inWindow, wheel } from './window/open.ts';

const total = Number(process.argv[2] ?? 100_000);
// away from each other by more pixels than a line is wide, at odd distances
const spikes = Array.from({ length: 40 }, (_, index) =>
  Math.floor(((index + 0.5 + 0.2 * Math.sin(index * 7)) * total) / 40),
);
let run = '';

/**
 * Columns of pixels in which the walk's line reaches the upper third of its chart, as stretches: nothing but spikes gets there.
 * The line is told by its colour: more blue than red by far.
 */
const paintedSpikes = `(() => {
  const canvases = [...document.querySelectorAll('[data-testid="chart-walk"] canvas')].filter((one) => one.width > 100);
  if (canvases.length === 0) return null;
  const { width, height } = canvases[0];
  const rows = Math.floor(height * 0.25);
  const hits = new Uint16Array(width);
  for (const canvas of canvases) {
    const { data } = canvas.getContext('2d').getImageData(0, Math.floor(height * 0.18), width, rows);
    for (let x = Math.floor(width * 0.08); x < width; x++)
      for (let y = 0; y < rows; y++) {
        const at = 4 * (y * width + x);
        if (data[at + 3] > 40 && data[at + 2] - data[at] > 60) hits[x]++;
      }
  }
  let stretches = 0;
  for (let x = 1; x < width; x++) if (hits[x] > 2 && hits[x - 1] <= 2) stretches++;
  return stretches;
})()`;

/**
 * Milliseconds from the click on the run to the first frame in which its walk, and to that in which every chart in view is painted: its line,
 * exactly, or why there is none. A chart that still says what is being read is not painted.
 */
function clickToPaint(page: Page): Promise<{ walk: number; all: number }> {
  return page.evaluate<{ walk: number; all: number }>(`new Promise((resolve) => {
    const start = performance.now();
    let walk = null;
    ${isPainted}
    document.querySelector('[data-testid="runs-table"] a.title').click();
    const look = () => {
      const first = document.querySelector('[data-testid="chart-walk"]');
      if (first && isPainted(first)) walk ??= performance.now() - start;
      const charts = [...document.querySelectorAll('figure.chart')].filter((chart) => {
        const { top, bottom, height } = chart.getBoundingClientRect();
        return height > 0 && top < innerHeight && bottom > 0;
      });
      if (walk !== null && charts.length > 3 && charts.every(isPainted)) return resolve({ walk, all: performance.now() - start });
      if (performance.now() - start > 30000) return resolve({ walk: walk ?? Infinity, all: Infinity });
      setTimeout(look, 30);
    };
    look();
  })`);
}

let missing = 0;
await inWindow(
  (folder) => {
    const store = openStore(folder);
    run = addRun(store, { name: 'large', iterations: total, slices: true, spikes });
    store.close();
  },
  async (page) => {
    await page.getByTestId('runs-table').locator('a.title').first().waitFor();
    await page.waitForTimeout(1000);
    await watchFrames(page);
    const opened = await costOf(page, 'large-run-opening', () => clickToPaint(page));
    const { walk, all } = opened.value;
    const { longestTask } = await readFrames(page);
    console.log(
      `the walk is painted ${walk.toFixed(0)} ms after the click, every chart ${all.toFixed(0)} ms (goal 1000 ms), longest task ${longestTask.toFixed(0)} ms`,
    );
    console.log(`opening: ${costText(opened.cost)}`);
    await page.waitForTimeout(2000);

    const seen: string[] = [];
    // a spike in the middle stays in view at every zoom
    const middle = spikes[20]!;
    await page.evaluate(`location.hash = '#/runs/${run}?step=${middle}'`);
    await page.reload();
    await page.getByTestId('chart-walk').locator('canvas').first().waitFor();
    await page.waitForTimeout(2500);
    const canvas = page.getByTestId('chart-walk').locator('canvas').first();
    const plot = page.getByTestId('chart-walk').locator('.plot');
    await plot.focus();
    let [from, to] = [0, total];
    for (let zoom = 0; ; zoom++) {
      const expected = spikes.filter((t) => t + 0.5 > from && t + 0.5 < to).length;
      const painted = await page.evaluate<number | null>(paintedSpikes);
      seen.push(`${painted ?? 0}/${expected}`);
      if ((painted ?? 0) < expected) missing++;
      if (to - from < 40) break;
      await plot.press('+');
      await page.waitForTimeout(400);
      // as zoomed() of the charts: half the span, the step's place in view kept
      const share = (middle + 0.5 - from) / (to - from);
      const span = (to - from) / 2;
      [from, to] = [middle + 0.5 - share * span, middle + 0.5 + (1 - share) * span];
    }
    console.log(`spikes painted of those in view, each zoom twice the one before: ${seen.join(' ')}`);
    await plot.press('0');
    await page.waitForTimeout(500);

    await watchFrames(page);
    const zoomed = await costOf(page, 'large-run-zooming', async () => {
      await wheel(canvas, 4);
      return untilExact(page, 'figure.chart');
    });
    const zooming = await readFrames(page);
    console.log(`zooming: ${framesText(zooming)} (goal 50 frames a second, no task over 100 ms)`);
    console.log(`zooming: ${(zoomed.cost.all / zooming.frames).toFixed(1)} ms a frame, ${costText(zoomed.cost)}`);
    console.log(`exact ${zoomed.value.toFixed(0)} ms after the last turn (goal 200 ms)`);
    await plot.press('0');
    for (let zoom = 0; zoom < 4; zoom++) await plot.press('+');
    await page.waitForTimeout(500);
    await watchFrames(page);
    const panned = await costOf(page, 'large-run-panning', () => drag(canvas, 4));
    const panning = await readFrames(page);
    console.log(`panning: ${framesText(panning)} (goal 50 frames a second)`);
    console.log(`panning: ${(panned.cost.all / panning.frames).toFixed(1)} ms a frame`);
  },
);
if (missing > 0) {
  console.error(`spikes are missing at ${missing} zooms`);
  process.exitCode = 1;
}
