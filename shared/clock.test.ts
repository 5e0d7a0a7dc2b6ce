import { expect, it } from 'vitest';
import { secondsBetween, watchClock } from './clock.ts';

it('a duration is never negative, whatever the clock was set to', () => {
  expect(secondsBetween('2026-11-29T10:00:00Z', '2026-11-29T10:01:30Z')).toBe(90);
  expect(secondsBetween('2026-11-29T10:00:00Z', '2026-11-29T09:00:00Z')).toBe(0);
  expect(secondsBetween('2026-11-29T10:00:00Z', null, new Date('2026-11-29T10:00:05Z'))).toBe(5);
  expect(secondsBetween('2026-11-29T10:00:00Z', null, new Date('2025-01-01T00:00:00Z'))).toBe(0);
  expect(secondsBetween(null, null)).toBeNull();
});

it('tells by how much the clock was set', () => {
  let [wall, passed] = [1_000_000, 0];
  const clock = watchClock(
    () => wall,
    () => passed,
  );
  [wall, passed] = [wall + 60_000, passed + 60_000];
  expect(clock.set()).toBe(0);
  [wall, passed] = [wall + 3_660_000, passed + 60_000];
  expect(clock.set()).toBe(3_600_000);
  [wall, passed] = [wall - 7_140_000, passed + 60_000];
  expect(clock.set()).toBe(-7_200_000);
});
