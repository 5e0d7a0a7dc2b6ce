/** The list beside the charts of a comparison. */
import { expect, it } from 'vitest';
import { testRun } from '../../shared/charts/testing.ts';
import { experimentSchema } from '../../shared/experiment.ts';
import { pinnedFirst, tellingSettings, underName, unfinished } from './compared-list.ts';

const run = (id: string, learningRate: number, seed: number) =>
  testRun(id, { run: id, experiment: experimentSchema.parse({ name: id, seed, optimizer: { learningRate } }) });
const runs = [run('a', 0.5, 1), run('b', 0.1, 1), run('c', 0.5, 2)];

it('pinned runs come first, in their lines and with them; the rest keeps its order', () => {
  const [a, b, c] = runs as [(typeof runs)[0], (typeof runs)[0], (typeof runs)[0]];
  const lines = [
    { key: '1', title: '', runs: [b] },
    { key: '2', title: '', runs: [a, c] },
  ];
  const order = (pinned: string[]): string[][] =>
    pinnedFirst(lines, new Set(pinned)).map((line) => line.runs.map((one) => one.run));
  expect(order([])).toEqual([['b'], ['a', 'c']]);
  expect(order(['c'])).toEqual([['c', 'a'], ['b']]);
});

it('runs are told apart by what they differ in, without what tells their group', () => {
  const all = tellingSettings(runs, []);
  expect(all.titles).toEqual(['Learning rate', 'Seed']);
  expect([...all.values.values()]).toEqual([
    ['0.5', '1'],
    ['0.1', '1'],
    ['0.5', '2'],
  ]);
  expect(all.words.get('c')).toBe('learning rate 0.5 · seed 2');
  expect(tellingSettings(runs, ['optimizer.learningRate']).words.get('c')).toBe('seed 2');
  expect(tellingSettings(runs.slice(0, 1), []).titles).toEqual([]);
});

it('a status is told where it is not the usual one', () => {
  expect(unfinished(testRun('a', { status: 'running' }))).toBe('running');
  expect(unfinished(testRun('a', { status: 'finished' }))).toBe('');
});

it('under a name stands what the name does not say', () => {
  expect(underName(testRun('a'), ['0.1'], 'learning rate 0.1')).toBe('learning rate 0.1');
  expect(underName(testRun('a', { status: 'running' }), ['0.1', '2'], 'learning rate 0.1 · seed 2')).toBe(
    'running · 0.1 · 2',
  );
  expect(underName(testRun('learning rate 0.1'), ['0.1'], 'learning rate 0.1')).toBe('');
  // a name of several values is cut, and its beginning is not seen
  expect(underName(testRun('learning rate 0.1 · seed 2'), ['0.1', '2'], 'learning rate 0.1 · seed 2')).toBe('0.1 · 2');
  expect(underName(testRun('seed 2', { status: 'running' }), ['2'], 'seed 2')).toBe('running');
});
