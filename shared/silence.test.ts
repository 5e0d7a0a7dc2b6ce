import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { afterAwake, countSilence } from './silence.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('counts while nothing is heard, and begins anew when something is', () => {
  const reported: number[] = [];
  const silence = countSilence({ tell: (milliseconds) => reported.push(milliseconds) });
  vi.advanceTimersByTime(3000);
  silence.heard();
  vi.advanceTimersByTime(2000);
  expect(reported).toEqual([1000, 2000, 3000, 1000, 2000]);
  silence.close();
  vi.advanceTimersByTime(5000);
  expect(reported).toHaveLength(5);
});

it.each([
  ['an hour of sleep', 3_600_000],
  ['a clock that was set back', -3_600_000],
])('does not take %s for silence', (_what, jump) => {
  let clock = 0;
  let longest = 0;
  const silence = countSilence({ tell: (milliseconds) => (longest = milliseconds), now: () => clock });
  clock += jump;
  vi.advanceTimersByTime(1000);
  expect(longest).toBeLessThanOrEqual(2000);
  expect(longest).toBeGreaterThanOrEqual(0);
  for (let second = 0; second < 10; second++) {
    clock += 1000;
    vi.advanceTimersByTime(1000);
  }
  expect(longest).toBeGreaterThanOrEqual(10_000);
  expect(longest).toBeLessThanOrEqual(12_000);
  silence.close();
});

it('waits as long as it was told, once, and not at all when ended before', () => {
  const work = vi.fn();
  afterAwake(10_000, work);
  vi.advanceTimersByTime(9000);
  expect(work).not.toHaveBeenCalled();
  vi.advanceTimersByTime(20_000);
  expect(work).toHaveBeenCalledOnce();
  const never = vi.fn();
  afterAwake(10_000, never)();
  vi.advanceTimersByTime(20_000);
  expect(never).not.toHaveBeenCalled();
});
