import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { throttled } from './throttled.ts';

beforeEach(() => {
  vi.useFakeTimers();
  // a hidden window has timers only
  vi.stubGlobal('document', { hidden: true });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('an action is called once for many requests, and again for one that came while it ran', async () => {
  let calls = 0;
  const ask = throttled(async () => {
    calls++;
    await new Promise((done) => setTimeout(done, 10));
  }, 100);
  for (let request = 0; request < 5; request++) ask();
  await vi.advanceTimersByTimeAsync(5);
  expect(calls).toBe(1);
  ask();
  await vi.advanceTimersByTimeAsync(90);
  expect(calls).toBe(1);
  await vi.advanceTimersByTimeAsync(30);
  expect(calls).toBe(2);
  await vi.advanceTimersByTimeAsync(1000);
  expect(calls).toBe(2);
});

it('what came last waits a second at most, however slow the action was', async () => {
  let calls = 0;
  const ask = throttled(async () => {
    calls++;
    await new Promise((done) => setTimeout(done, 6000));
  }, 100);
  ask();
  await vi.advanceTimersByTimeAsync(3000);
  ask();
  await vi.advanceTimersByTimeAsync(3100);
  expect(calls).toBe(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(calls).toBe(2);
});
