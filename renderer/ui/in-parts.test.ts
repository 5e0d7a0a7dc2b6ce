/** Long lists come into the page in parts. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { effectScope, nextTick, ref } from 'vue';
import { useInParts } from './in-parts.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('some lines are there at once, all of them in the end, also where the list grows', async () => {
  const scope = effectScope();
  const length = ref(100);
  const { count } = scope.run(() => useInParts(() => length.value))!;
  expect(count.value).toBe(40);
  vi.advanceTimersToNextTimer();
  expect(count.value).toBe(65);
  vi.runAllTimers();
  expect(count.value).toBeGreaterThanOrEqual(100);
  length.value = 1000;
  await nextTick();
  vi.runAllTimers();
  expect(count.value).toBeGreaterThanOrEqual(1000);
  scope.stop();
});

it('the keyboard has all of them at once; a view that is gone asks for no more', async () => {
  const scope = effectScope();
  const { count, all } = scope.run(() => useInParts(() => 500))!;
  all();
  expect(count.value).toBe(500);
  expect(vi.getTimerCount()).toBe(0);
  const other = effectScope();
  const parts = other.run(() => useInParts(() => 500))!;
  other.stop();
  vi.runAllTimers();
  await nextTick();
  expect(parts.count.value).toBe(40);
  scope.stop();
});

it('two seconds are two seconds, also while the list grows', async () => {
  const scope = effectScope();
  const length = ref(100);
  const { count } = scope.run(() =>
    useInParts(
      () => length.value,
      () => true,
    ),
  )!;
  for (let quarter = 0; quarter < 7; quarter++) {
    vi.advanceTimersByTime(250);
    length.value += 10;
    await nextTick();
  }
  expect(count.value).toBe(40);
  vi.advanceTimersByTime(400);
  expect(count.value).toBeGreaterThan(40);
  vi.advanceTimersByTime(400);
  expect(count.value).toBeGreaterThanOrEqual(length.value);
  // what comes when nothing waits any more gives way anew
  const before = count.value;
  length.value = before + 100;
  await nextTick();
  vi.advanceTimersByTime(1900);
  expect(count.value).toBe(before);
  scope.stop();
});

it('what is beside the list comes first, for two seconds at the most', () => {
  const scope = effectScope();
  let busy = true;
  const { count } = scope.run(() =>
    useInParts(
      () => 500,
      () => busy,
    ),
  )!;
  vi.advanceTimersByTime(1000);
  expect(count.value).toBe(40);
  busy = false;
  vi.advanceTimersByTime(200);
  expect(count.value).toBeGreaterThan(40);
  scope.stop();
  busy = true;
  const other = effectScope();
  const parts = other.run(() =>
    useInParts(
      () => 500,
      () => busy,
    ),
  )!;
  vi.advanceTimersByTime(1900);
  expect(parts.count.value).toBe(40);
  vi.advanceTimersByTime(400);
  expect(parts.count.value).toBeGreaterThan(40);
  other.stop();
  expect(vi.getTimerCount()).toBe(0);
});
