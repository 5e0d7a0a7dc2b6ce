/** Ranges as ECharts takes and tells them. */
import { describe, expect, it } from 'vitest';
import { endsOf, rangeKey, toldRange, zoomWindow } from './data-zoom.ts';

it('a range is shown by its values, everything by its share', () => {
  expect(zoomWindow({ from: 2, to: 5 })).toEqual({ startValue: 2, endValue: 5 });
  expect(zoomWindow(null)).toEqual({ start: 0, end: 100 });
  expect(zoomWindow(undefined)).toEqual({ start: 0, end: 100 });
});

it('ranges are told apart by their ends, and from everything', () => {
  expect(rangeKey({ from: 2, to: 5 })).toBe(rangeKey({ to: 5, from: 2 }));
  expect(rangeKey({ from: 2, to: 5 })).not.toBe(rangeKey({ from: 2, to: 5.5 }));
  expect(rangeKey(null)).not.toBe(rangeKey({ from: 0, to: 0 }));
});

it('an axis has ends where both are numbers', () => {
  expect(endsOf({ min: 1, max: 4 })).toEqual([1, 4]);
  for (const axis of [undefined, null, {}, { min: 1 }, { min: 'dataMin', max: 4 }]) expect(endsOf(axis)).toBeNull();
});

describe('toldRange', () => {
  it('is a part of the axis', () =>
    expect(toldRange({ start: 25, end: 50 }, [100, 200])).toEqual({ from: 125, to: 150 }));
  it('may stand in a batch', () =>
    expect(toldRange({ batch: [{ start: 50, end: 100 }] }, [0, 10])).toEqual({ from: 5, to: 10 }));
  it('is null for everything, and as good as everything', () => {
    expect(toldRange({ start: 0, end: 100 }, [0, 10])).toBeNull();
    expect(toldRange({ start: 0.04, end: 99.96 }, [0, 10])).toBeNull();
  });
  it('is undefined where the event tells none', () => {
    expect(toldRange({ startValue: 1, endValue: 2 }, [0, 10])).toBeUndefined();
    expect(toldRange({ batch: [] }, [0, 10])).toBeUndefined();
  });
});
