import fc from 'fast-check';
import { expect, test } from 'vitest';
import { liveEnd } from './live-axis.ts';

test('the axis of a run that goes on takes few lengths, the last one as planned', () => {
  const lengths = (planned: number): number[] => [
    ...new Set(Array.from({ length: planned + 1 }, (_, done) => liveEnd(done, planned))),
  ];
  expect(lengths(600)).toEqual([75, 150, 300, 600]);
  expect(lengths(40)).toEqual([40]);
  expect(lengths(100_000)).toEqual([49, 98, 196, 391, 782, 1563, 3125, 6250, 12_500, 25_000, 50_000, 100_000]);
});

test('it holds what is done, is never longer than planned, and never shrinks', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.nat({ max: 1e6 }), (planned, some) => {
      const done = Math.min(some, planned);
      const end = liveEnd(done, planned);
      expect(end).toBeGreaterThanOrEqual(done);
      expect(end).toBeLessThanOrEqual(planned);
      expect(liveEnd(Math.min(planned, done + 1), planned)).toBeGreaterThanOrEqual(end);
    }),
  );
});

test('a run that went beyond its plan is shown whole', () => {
  expect(liveEnd(700, 600)).toBe(700);
});
