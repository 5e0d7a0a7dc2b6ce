import { describe, expect, it } from 'vitest';
import { clampRange, moved, movedLog, recordedStretches, revealing, zoomed, zoomedLog } from './chart-link.ts';

const domain = [0, 100] as const;

describe('clampRange', () => {
  it('keeps a range inside', () => expect(clampRange({ from: 10, to: 20 }, domain)).toEqual({ from: 10, to: 20 }));
  it('moves one that sticks out', () => {
    expect(clampRange({ from: -5, to: 20 }, domain)).toEqual({ from: 0, to: 25 });
    expect(clampRange({ from: 90, to: 120 }, domain)).toEqual({ from: 70, to: 100 });
  });
  it('is null for everything', () => expect(clampRange({ from: -10, to: 130 }, domain)).toBeNull());
  it('is at least one iteration', () => expect(clampRange({ from: 5, to: 5.1 }, domain)).toEqual({ from: 5, to: 6 }));
});

it('zoomed keeps the place under the pointer', () => {
  expect(zoomed(null, domain, 25, 0.5)).toEqual({ from: 12.5, to: 62.5 });
  expect(zoomed({ from: 10, to: 20 }, domain, 15, 100)).toBeNull();
});

it('moved shifts by a part of the view and stays inside', () => {
  expect(moved({ from: 10, to: 20 }, domain, 0.5)).toEqual({ from: 15, to: 25 });
  expect(moved({ from: 10, to: 20 }, domain, -3)).toEqual({ from: 0, to: 10 });
});

describe('on a log axis', () => {
  const decades = [1, 10_000] as const;
  const close = ({ from, to }: { from: number; to: number }, [a, b]: [number, number]) => {
    expect(from).toBeCloseTo(a, 9);
    expect(to).toBeCloseTo(b, 9);
  };
  it('a zoom keeps the place under the pointer and halves the decades', () => {
    close(zoomedLog(null, decades, 100, 0.5)!, [10, 1000]);
    close(zoomedLog({ from: 10, to: 1000 }, decades, 10, 0.5)!, [10, 100]);
    expect(zoomedLog({ from: 10, to: 1000 }, decades, 100, 4)).toBeNull();
  });
  it('a zoom ends at a small part of a decade', () => {
    const { from, to } = zoomedLog(null, decades, 100, 1e-9)!;
    expect(to / from).toBeCloseTo(10 ** 0.02, 9);
  });
  it('a move shifts by decades and stays inside', () => {
    close(movedLog({ from: 10, to: 1000 }, decades, 0.5)!, [100, 10_000]);
    close(movedLog({ from: 10, to: 1000 }, decades, 5)!, [100, 10_000]);
    close(movedLog({ from: 10, to: 1000 }, decades, -5)!, [1, 100]);
  });
});

it('revealing moves only when it must', () => {
  const range = { from: 10, to: 20 };
  expect(revealing(range, domain, 12)).toBe(range);
  expect(revealing(range, domain, 40)).toEqual({ from: 35.5, to: 45.5 });
  expect(revealing(null, domain, 40)).toBeNull();
});

it('recordedStretches finds runs of probed iterations', () => {
  const iteration = Float64Array.of(0, 1, 2, 3, 4, 5);
  const floor = Float64Array.of(0.1, 0, NaN, NaN, 0.4, 0.5);
  expect(recordedStretches(iteration, floor)).toEqual([
    { from: 0, to: 1 },
    { from: 4, to: 5 },
  ]);
});
