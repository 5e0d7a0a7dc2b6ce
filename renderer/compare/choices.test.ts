/** Choices of a comparison as the address says them. */
import { expect, it } from 'vitest';
import { bandIn, baselineOf, baselineWordsOf, groupOf, groupWords, logsOf, unknownWords, widthOf } from './choices.ts';

it('runs are drawn one by one, all together, or by properties', () => {
  expect(groupOf('')).toBeNull();
  expect(groupOf('all')).toEqual([]);
  expect(groupOf('seed,model')).toEqual(['seed', 'model']);
});

it('a grouping that nothing is called groups nothing: not all together', () => {
  expect(groupOf('learning_rate')).toBeNull();
  expect(groupOf(',')).toBeNull();
});

it('names the words of an address that nothing is called', () => {
  const none = { group: '', band: '', multiples: '' };
  expect(unknownWords(none)).toEqual([]);
  expect(unknownWords({ group: 'all', band: 'none', multiples: 'seed' })).toEqual([]);
  expect(unknownWords({ group: 'seed,optimizer.learningRate', band: '', multiples: '' })).toEqual([]);
  expect(unknownWords({ group: 'learning_rate,seed', band: 'junk', multiples: 'colour' })).toEqual([
    { word: 'learning_rate', of: 'grouping', under: 'Group by' },
    { word: 'junk', of: 'band', under: 'Band' },
    { word: 'colour', of: 'grouping', under: 'Panels by' },
  ]);
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

it('a group is named in the address with the inner quotation marks of JSON or without', () => {
  const by = ['optimizer.kind', 'optimizer.learningRate'];
  for (const words of ['["adam"]', '["\\"adam\\""]'])
    expect(baselineOf(words, null, ['optimizer.kind'])).toEqual({ group: ['"adam"'] });
  expect(baselineOf('["adam","0.1"]', null, by)).toEqual({ group: ['"adam"', '0.1'] });
  expect(baselineOf('["adam",0.1]', null, by)).toEqual({ group: ['"adam"', '0.1'] });
  // words of a run's own, not of a setting, have none
  expect(baselineOf('["finished","paper"]', null, ['status', 'tag'])).toEqual({ group: ['finished', 'paper'] });
  // the menu finds what is drawn among its groups
  expect(baselineWordsOf('["adam"]', ['optimizer.kind'])).toBe('["\\"adam\\""]');
  for (const words of ['', 'pinned', 'a', '["adam"]', '["0.'])
    expect(baselineWordsOf(words, ['optimizer.kind', 'seed'])).toBe(words);
});

it('an address from before bands could be chosen meant the 95 % interval', () => {
  const old = { metric: 'epoch.train_loss', group: 'optimizer.kind' };
  expect(bandIn(old)).toBe('confidence');
  expect(bandIn({ difference: '1', group: 'all' })).toBe('confidence');
  expect(bandIn({ ...old, band: 'deviation' })).toBe('deviation');
  expect(bandIn({ metric: 'epoch.train_loss' })).toBe('');
  expect(bandIn({ ...old, group: '' })).toBe('');
  expect(bandIn({ metrics: 'epoch.train_loss', group: 'optimizer.kind' })).toBe('');
});
