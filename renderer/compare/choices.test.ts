/** Choices of a comparison as the address says them. */
import { expect, it } from 'vitest';
import { groupOf, groupWords, logsOf, widthOf } from './choices.ts';

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

it('each quantity has a log axis of its own; an address from before had one for all', () => {
  const metrics = ['epoch.train_loss', 'iteration.distance'];
  expect(logsOf('iteration.distance', metrics)).toEqual(['iteration.distance']);
  expect(logsOf('1', metrics)).toEqual(metrics);
  expect(logsOf('', metrics)).toEqual([]);
});
