import { expect, test } from 'vitest';
import { experimentSchema } from '../experiment.ts';
import { testRun } from '../charts/testing.ts';
import { groupings, groupRuns } from './group.ts';
import type { Grouping } from './group.ts';

const by = (...keys: string[]) => keys.map((key) => groupings().find((entry) => entry.key === key)!);
const run = (name: string, learningRate: number, seed: number, tags: string[] = []) =>
  testRun(name, { tags, experiment: experimentSchema.parse({ name, seed, optimizer: { learningRate } }) });

test('every run is in one group, groups in the order of their values', () => {
  const runs = [run('a', 0.5, 1, ['x', 'y']), run('b', 0.1, 1), run('c', 0.5, 2, ['y', 'x'])];
  const titles = (...keys: string[]) =>
    groupRuns(runs, (one) => one, by(...keys)).map((group) => [group.title, group.runs.map(({ name }) => name)]);
  expect(titles('optimizer.learningRate')).toEqual([
    ['Learning rate 0.1', ['b']],
    ['Learning rate 0.5', ['a', 'c']],
  ]);
  expect(titles('tag')).toEqual([
    ['no tag', ['b']],
    ['x, y', ['a', 'c']],
  ]);
  expect(titles('optimizer.learningRate', 'seed').map(([title]) => title)).toEqual([
    'Learning rate 0.1, seed 1',
    'Learning rate 0.5, seed 1',
    'Learning rate 0.5, seed 2',
  ]);
  expect(titles()).toEqual([['all runs', ['a', 'b', 'c']]]);
  // the list of runs has an order of its own
  expect(groupRuns(runs, (one) => one, by('optimizer.learningRate'), 'run').map(({ value }) => value)).toEqual([
    '0.5',
    '0.1',
  ]);
});

test('numbers are ordered by size, words by alphabet and the numbers in them, and what is not known comes last', () => {
  const values = (runs: ReturnType<typeof run>[], key: string) =>
    groupRuns(runs, (one) => one, by(key)).map((group) => group.value);
  const rates = [10, 2, 0.00001, 1, 0.5].map((rate, index) => run(`${index}`, rate, 1));
  expect(values(rates, 'optimizer.learningRate')).toEqual(['0.00001', '0.5', '1', '2', '10']);
  expect(
    values(
      [12, 3, 100].map((seed) => run(`${seed}`, 1, seed)),
      'seed',
    ),
  ).toEqual(['3', '12', '100']);
  expect(
    values(
      ['walk 10', 'walk 2', 'Walk 1'].map((tag) => run(tag, 1, 1, [tag])),
      'tag',
    ),
  ).toEqual(['Walk 1', 'walk 2', 'walk 10']);
  const unknown = { ...run('imported', 1, 1), kind: 'imported' as const, imported: null };
  expect(values([unknown as never, run('b', 0.1, 1)], 'optimizer.learningRate').at(0)).toBe('0.1');
});

test('the number of a group is an amount, but for a seed', () => {
  const [rate, seed, tag] = by('optimizer.learningRate', 'seed', 'tag') as [Grouping, Grouping, Grouping];
  expect(rate.number(rate.group(run('a', 0.5, 3)).key)).toBe(0.5);
  expect(seed.number(seed.group(run('a', 0.5, 3)).key)).toBe(3);
  expect(tag.number('5')).toBeNull();
  expect([rate, seed, tag].map(({ isAmount }) => isAmount)).toEqual([true, false, false]);
  // automatic, and not known
  for (const key of ['null', 'undefined', '"sgd"', 'true', '[5]', '']) expect(rate.number(key)).toBeNull();
});
