import { expect, test } from 'vitest';
import { experimentSchema } from '../experiment.ts';
import { testRun } from '../charts/testing.ts';
import { groupings, groupRuns } from './group.ts';

const by = (...keys: string[]) => keys.map((key) => groupings().find((entry) => entry.key === key)!);
const run = (name: string, learningRate: number, seed: number, tags: string[] = []) =>
  testRun(name, { tags, experiment: experimentSchema.parse({ name, seed, optimizer: { learningRate } }) });

test('every run is in one group, groups in the order of their first runs', () => {
  const runs = [run('a', 0.5, 1, ['x', 'y']), run('b', 0.1, 1), run('c', 0.5, 2, ['y', 'x'])];
  const titles = (...keys: string[]) =>
    groupRuns(runs, (one) => one, by(...keys)).map((group) => [group.title, group.runs.map(({ name }) => name)]);
  expect(titles('optimizer.learningRate')).toEqual([
    ['Learning rate: 0.5', ['a', 'c']],
    ['Learning rate: 0.1', ['b']],
  ]);
  expect(titles('tag')).toEqual([
    ['x, y', ['a', 'c']],
    ['no tag', ['b']],
  ]);
  expect(titles('optimizer.learningRate', 'seed').map(([title]) => title)).toEqual([
    'Learning rate: 0.5 · Seed: 1',
    'Learning rate: 0.1 · Seed: 1',
    'Learning rate: 0.5 · Seed: 2',
  ]);
  expect(titles()).toEqual([['all runs', ['a', 'b', 'c']]]);
});
