/** Where labels stand, and which ticks a log axis has of what is in view. */
import { describe, expect, it } from 'vitest';
import type { ComparisonSpec } from '../../shared/charts/request.ts';
import { settledAxes, ticksInView } from './axis-labels.ts';

const comparison: ComparisonSpec = {
  chart: 'comparison',
  record: 'iteration',
  metric: 'distance',
  against: 'distance',
  group: null,
  band: 'none',
  smoothing: 0,
  baseline: null,
  colours: [],
  scheme: 'places',
  pinned: [],
};
const placesOf = ({ axisTick }: { axisTick?: object }): number[] =>
  (axisTick as { customValues: number[] }).customValues;

describe('settledAxes', () => {
  const option = { xAxis: { min: 0, axisLabel: { color: 'red' } }, yAxis: { name: 'loss' } };

  it('keeps what the builder said and adds room', () =>
    expect(settledAxes(option, false)).toEqual({
      xAxis: { min: 0, axisLabel: { color: 'red', lineHeight: 13 } },
      yAxis: { name: 'loss', nameGap: 53, nameMoveOverlap: false },
    }));
  it('ends the last label at the fixed end of the axis', () =>
    expect(settledAxes(option, true).xAxis.axisLabel).toMatchObject({ alignMaxLabel: 'right' }));
  it('does without a vertical axis and without labels', () =>
    expect(settledAxes({ xAxis: {} }, false).xAxis).toEqual({ axisLabel: { lineHeight: 13 } }));
  it('leaves the builder’s option as it is', () => {
    settledAxes(option, true);
    expect(option).toEqual({ xAxis: { min: 0, axisLabel: { color: 'red' } }, yAxis: { name: 'loss' } });
  });
});

describe('ticksInView', () => {
  const axis = { min: 0.01, max: 100, axisTick: { show: true }, axisLabel: { color: 'red' } };

  it('spans the whole axis where everything is in view', () =>
    expect(placesOf(ticksInView(axis, comparison, null))).toEqual([0.01, 0.1, 1, 10, 100]));
  it('lies in the range in view, with as much of a decade as it needs', () => {
    const places = placesOf(ticksInView(axis, comparison, { from: 2, to: 5 }));
    expect(places.length).toBeGreaterThan(1);
    for (const place of places) expect(place >= 2 && place <= 5).toBe(true);
  });
  it('takes the ends of the domain before those of the axis', () =>
    expect(placesOf(ticksInView(axis, comparison, null, [1, 1000]))).toEqual([1, 10, 100, 1000]));
  it('keeps how ticks and labels look', () =>
    expect(ticksInView(axis, comparison, null)).toMatchObject({
      axisTick: { show: true },
      axisLabel: { color: 'red' },
    }));
  it('has whole places on an axis that counts', () => {
    const places = placesOf(ticksInView(axis, { ...comparison, against: 'iteration' }, { from: 1, to: 4 }));
    for (const place of places) expect(place).toBe(Math.round(place));
  });
  it('changes nothing where the data decides the ends', () => expect(ticksInView({}, comparison, null)).toEqual({}));
});
