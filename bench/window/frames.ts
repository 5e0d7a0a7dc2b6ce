/** How smooth a page is: its frames and long tasks, counted by itself. */
import type { Page } from 'playwright';

/** Beginning and end of a stretch of time, in milliseconds by the page's clock. */
export type Span = [from: number, to: number];

/** Frames and long tasks since {@link watchFrames}. */
export interface Frames {
  /** How many there were. */
  frames: number;
  /** Frames a second over the whole time. */
  rate: number;
  /** Longest time between two frames, in milliseconds. */
  longestFrame: number;
  /** Longest task over 50 ms, in milliseconds, in the spans and after; 0 where there was none. */
  longestTask: number;
}

/** Starts counting frames and long tasks in the page. */
export async function watchFrames(page: Page): Promise<void> {
  await page.evaluate(`
    window.frames_ = []; window.tasks_ = []; window.watching_?.disconnect(); cancelAnimationFrame(window.frame_);
    const frame = (now) => { window.frames_.push(now); window.frame_ = requestAnimationFrame(frame); };
    window.frame_ = requestAnimationFrame(frame);
    window.watching_ = new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) window.tasks_.push(duration); });
    window.watching_.observe({ type: 'longtask' });`);
}

/** What was counted since. @param spans the times that count for frames; all of it where there are none */
export async function readFrames(page: Page, spans: readonly Span[] = []): Promise<Frames> {
  const { frames, tasks } = await page.evaluate<{ frames: number[]; tasks: number[] }>(
    '({ frames: window.frames_, tasks: window.tasks_ })',
  );
  const counted = spans.length > 0 ? spans : [[frames[0]!, frames.at(-1)!] as const];
  const inside = counted.map(([from, to]) => frames.filter((at) => at > from && at <= to));
  const between = inside.flatMap((some, index) =>
    some.map((at, place) => at - (place === 0 ? counted[index]![0] : some[place - 1]!)),
  );
  const seconds = counted.reduce((sum, [from, to]) => sum + (to - from), 0) / 1000;
  return {
    frames: between.length,
    rate: between.length / seconds,
    longestFrame: Math.max(0, ...between),
    longestTask: Math.max(0, ...tasks),
  };
}

/** Frames as one line tells them. */
export function framesText({ rate, longestFrame, longestTask }: Frames): string {
  return `${rate.toFixed(0)} frames a second, longest frame ${longestFrame.toFixed(0)} ms, longest task ${longestTask.toFixed(0)} ms`;
}
