/** Gestures in a chart, and how smooth the window is while they last. */
import type { Locator, Page } from 'playwright';
import { setTimeout as wait } from 'node:timers/promises';
import { readFrames, watchFrames } from '../window/frames.ts';
import type { Frames, Span } from '../window/frames.ts';
import type { Contender } from './contender.ts';

/** How many times a box is dragged, and how many turns of the wheel there are, at most so many a second. */
const [boxes, moves, turns, aSecond] = [4, 30, 120, 60];

/** When a gesture lasted, and 300 ms after it, by the page's clock: a thread at work answers late, and that counts. */
async function spanOf(page: Page, act: () => Promise<void>): Promise<Span> {
  const now = (): Promise<number> => page.evaluate<number>('performance.now()');
  const from = await now();
  await act();
  await wait(300);
  return [from, await now()];
}

/** Drags a box over a third of the chart, some times, and shows everything again after each. */
export async function dragBoxes(page: Page, chart: Locator, contender: Contender): Promise<Frames> {
  const { x, y, width, height } = (await chart.boundingBox())!;
  await watchFrames(page);
  const spans: Span[] = [];
  for (let box = 0; box < boxes; box++) {
    await page.mouse.move(x + width * 0.35, y + height * 0.3);
    const span = await spanOf(page, async () => {
      await page.mouse.down();
      for (let step = 1; step <= moves; step++) {
        const at = step / moves;
        await paced(step, () => page.mouse.move(x + width * (0.35 + 0.3 * at), y + height * (0.3 + 0.5 * at)));
      }
      await page.mouse.up();
    });
    spans.push(span);
    await wait(700);
    await contender.unzoom(page, chart);
    await wait(700);
  }
  return readFrames(page, spans);
}

/** Turns the wheel over the middle of the chart, in and out. */
export async function turnWheel(page: Page, chart: Locator, key: string): Promise<Frames> {
  const { x, y, width, height } = (await chart.boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2);
  await watchFrames(page);
  if (key) await page.keyboard.down(key);
  const span = await spanOf(page, async () => {
    for (let turn = 0; turn < turns; turn++)
      await paced(turn, () => page.mouse.wheel(0, turn % (turns / 2) < turns / 4 ? -120 : 120));
  });
  if (key) await page.keyboard.up(key);
  await wait(700);
  return readFrames(page, [span]);
}

let next = 0;
/** Does something no sooner than a frame after the last; the first of a gesture at once. */
async function paced(index: number, act: () => Promise<void>): Promise<void> {
  const now = performance.now();
  if (index === 0 || next < now) next = now;
  await wait(Math.max(0, next - now));
  next += 1000 / aSecond;
  await act();
}
