/** Choices of a comparison as the address says them. */
import { expect, it } from 'vitest';
import { baselineOf, groupOf, metricOf, widthOf } from './choices.ts';

it('a metric is told by its record and key; one that is unknown is the distance', () => {
  expect(metricOf('epoch.train_loss')).toEqual({ record: 'epoch', metric: 'train_loss' });
  for (const words of ['', 'distance', 'epoch.gradient_cosine', 'slice.loss', 'constructor.name', 'iteration.'])
    expect(metricOf(words)).toEqual({ record: 'iteration', metric: 'distance' });
});

it('runs are drawn one by one, all together, or by properties', () => {
  expect(groupOf('')).toBeNull();
  expect(groupOf('all')).toEqual([]);
  expect(groupOf('seed,model')).toEqual(['seed', 'model']);
});

it('a width is a number at or above zero', () => {
  expect(widthOf('2.5')).toBe(2.5);
  for (const words of ['', '-3', 'wide', 'NaN']) expect(widthOf(words)).toBe(0);
});

it('differences are taken to the pinned run, to a run, or to a group of the present groups', () => {
  expect(baselineOf('', 'a', null)).toBeNull();
  expect(baselineOf('pinned', 'a', null)).toBe('a');
  expect(baselineOf('pinned', null, null)).toBeNull();
  expect(baselineOf('b', 'a', [])).toBe('b');
  expect(baselineOf('["0.1"]', 'a', ['optimizer.learningRate'])).toEqual({ group: ['0.1'] });
  // a group of other groupings, or of none, and an address that somebody cut
  for (const group of [null, [], ['a', 'b']]) expect(baselineOf('["0.1"]', 'a', group)).toBeNull();
  expect(baselineOf('["0.', 'a', ['optimizer.learningRate'])).toBeNull();
});
