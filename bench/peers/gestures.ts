/** Gestures in a chart, and how smooth the window is while they last. */
import type { Locator, Page } from 'playwright';
import { setTimeout as wait } from 'node:timers/promises';
import type { Contender } from './contender.ts';

/** How smooth a gesture was. */
export interface Smoothness {
  /** Frames a second while it lasted, and for 300 ms after. */
  rate: number;
  /** Longest task of the window's thread, in ms, until everything was shown again; 0 where none was over 50. */
  longestTask: number;
}

/** How many times a box is dragged, and how many turns of the wheel there are, at most so many a second. */
const [boxes, moves, turns, aSecond] = [4, 30, 120, 60];

async function watch(page: Page): Promise<void> {
  await page.evaluate(`
    window.frames_ = []; window.tasks_ = []; window.spans_ = [];
    cancelAnimationFrame(window.frame_);
    const frame = (now) => { window.frames_.push(now); window.frame_ = requestAnimationFrame(frame); };
    window.frame_ = requestAnimationFrame(frame);
    window.watching_?.disconnect();
    window.watching_ = new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) window.tasks_.push(duration); });
    window.watching_.observe({ type: 'longtask' });`);
}

async function read(page: Page): Promise<Smoothness> {
  const all = await page.evaluate<{ frames: number[]; tasks: number[]; spans: [number, number][] }>(`(() => {
    cancelAnimationFrame(window.frame_);
    window.watching_.disconnect();
    return { frames: window.frames_, tasks: window.tasks_, spans: window.spans_ };
  })()`);
  const { frames, tasks, spans } = all;
  const inside = spans.map(([from, to]) => frames.filter((at) => at >= from && at <= to).length);
  const seconds = spans.reduce((sum, [from, to]) => sum + (to - from), 0) / 1000;
  return { rate: inside.reduce((sum, one) => sum + one, 0) / seconds, longestTask: Math.max(0, ...tasks) };
}

/** Beginning and end of a gesture, by the page's clock: a thread at work answers late, and that counts. */
async function span(page: Page, act: () => Promise<void>): Promise<void> {
  const from = await page.evaluate<number>('performance.now()');
  await act();
  await wait(300);
  await page.evaluate(`window.spans_.push([${from}, performance.now()])`);
}

/** Drags a box over a third of the chart, some times, and shows everything again after each. */
export async function dragBoxes(page: Page, chart: Locator, contender: Contender): Promise<Smoothness> {
  const { x, y, width, height } = (await chart.boundingBox())!;
  await watch(page);
  for (let box = 0; box < boxes; box++) {
    await page.mouse.move(x + width * 0.35, y + height * 0.3);
    await span(page, async () => {
      await page.mouse.down();
      for (let step = 1; step <= moves; step++) {
        const at = step / moves;
        await paced(step, () => page.mouse.move(x + width * (0.35 + 0.3 * at), y + height * (0.3 + 0.5 * at)));
      }
      await page.mouse.up();
    });
    await wait(700);
    await contender.unzoom(page, chart);
    await wait(700);
  }
  return read(page);
}

/** Turns the wheel over the middle of the chart, in and out. */
export async function turnWheel(page: Page, chart: Locator, key: string): Promise<Smoothness> {
  const { x, y, width, height } = (await chart.boundingBox())!;
  await page.mouse.move(x + width / 2, y + height / 2);
  await watch(page);
  if (key) await page.keyboard.down(key);
  await span(page, async () => {
    for (let turn = 0; turn < turns; turn++)
      await paced(turn, () => page.mouse.wheel(0, turn % (turns / 2) < turns / 4 ? -120 : 120));
  });
  if (key) await page.keyboard.up(key);
  await wait(700);
  return read(page);
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
