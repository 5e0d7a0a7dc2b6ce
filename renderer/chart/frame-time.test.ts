/** Panels share the time of a frame. */
import { expect, it, vi } from 'vitest';
import { FrameTime } from './frame-time.ts';

it('what begins after the time of a frame is spent is left to the next one', () => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const time = new FrameTime(10);
  const slow = (): void => void (now += 8);
  expect([time.tryIn(1, slow), time.tryIn(1, slow), time.tryIn(1, slow)]).toEqual([true, true, false]);
  expect(time.tryIn(2, slow)).toBe(true);
  vi.restoreAllMocks();
});
