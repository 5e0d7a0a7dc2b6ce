import { expect, test } from 'vitest';
import { createChartLink } from '../chart/chart-link.ts';
import { useEpochLink } from './epoch-link.ts';

test('charts by epoch are zoomed and pointed at with those by iteration, both ways', () => {
  const walk = createChartLink();
  const { link } = useEpochLink(walk, () => 60);
  walk.zoom({ from: 120, to: 300 });
  walk.point(90);
  expect(link.range).toEqual({ from: 2, to: 5 });
  expect(link.cursor).toBe(1.5);
  link.zoom({ from: 1, to: 2 });
  link.point(3);
  expect(walk.range).toEqual({ from: 60, to: 120 });
  expect(walk.cursor).toBe(180);
  link.zoom(null);
  link.point(null);
  expect([walk.range, walk.cursor]).toEqual([null, null]);
});

test('a view of less than two epochs leaves all epochs in view, unless it was chosen by epochs', () => {
  const walk = createChartLink();
  const { link, isTooNarrow } = useEpochLink(walk, () => 60);
  expect(isTooNarrow()).toBe(false);
  walk.zoom({ from: 0, to: 60 });
  expect(isTooNarrow()).toBe(true);
  expect(link.range).toBeNull();
  link.zoom({ from: 1, to: 2 });
  expect(isTooNarrow()).toBe(false);
  expect(link.range).toEqual({ from: 1, to: 2 });
  walk.zoom({ from: 10, to: 40 });
  expect(isTooNarrow()).toBe(true);
});
