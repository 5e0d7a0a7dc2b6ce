/** Choices of a comparison as the address says them. */
import { expect, it } from 'vitest';
import { groupOf, groupWords, metricOf, widthOf } from './choices.ts';

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

it('all together stands by itself in the menu of groupings', () => {
  expect(groupWords([], ['seed'])).toBe('seed');
  expect(groupWords(['seed'], ['seed', 'tag'])).toBe('seed,tag');
  expect(groupWords(['seed', 'tag'], ['seed', 'tag', 'all'])).toBe('all');
  expect(groupWords(['all'], ['all', 'seed'])).toBe('seed');
  expect(groupWords(['all'], [])).toBe('');
});

it('a width is a number at or above zero', () => {
  expect(widthOf('2.5')).toBe(2.5);
  for (const words of ['', '-3', 'wide', 'NaN']) expect(widthOf(words)).toBe(0);
});
