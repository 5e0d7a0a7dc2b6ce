/** The panels of a comparison. */
import { describe, expect, it } from 'vitest';
import { testRun } from '../../shared/charts/testing.ts';
import { experimentSchema } from '../../shared/experiment.ts';
import { noRecords } from '../runs/run-data.ts';
import { panelsBy, usefulGroupings } from './panels.ts';

const runs = [
  { name: 'a', rate: 0.5 },
  { name: 'b', rate: 0.1 },
  { name: 'c', rate: 0.5 },
].map(({ name, rate }) =>
  testRun(name, { run: name, experiment: experimentSchema.parse({ name, optimizer: { learningRate: rate } }) }),
);
const data = runs.map((run) => ({ run, ...noRecords }));

describe('panelsBy', () => {
  const namesBy = (by: string, baseline: string | null): [string, string[]][] =>
    panelsBy(by, data, { baseline, group: null }).map(({ title, runs: own }) => [
      title,
      own.map(({ run }) => run.name),
    ]);

  it('is one panel without a grouping, or with one that is unknown', () => {
    expect(namesBy('', null)).toEqual([['', ['a', 'b', 'c']]]);
    expect(namesBy('colour', null)).toEqual([['', ['a', 'b', 'c']]]);
  });
  it('is one panel a value', () =>
    expect(namesBy('optimizer.learningRate', null)).toEqual([
      ['Learning rate 0.1', ['b']],
      ['Learning rate 0.5', ['a', 'c']],
    ]));
  it('has the baseline in each panel, last', () =>
    expect(namesBy('optimizer.learningRate', 'a')).toEqual([
      ['Learning rate 0.1', ['b', 'a']],
      ['Learning rate 0.5', ['c', 'a']],
    ]));
  it('has the runs of a baseline group that belong to it, or all where none does', () => {
    const grouped = [...runs, testRun('d', { run: 'd', experiment: runs[1]!.experiment, status: 'failed' })];
    const panels = (by: string, group: string[], values: string[]) =>
      panelsBy(
        by,
        grouped.map((run) => ({ run, ...noRecords })),
        { baseline: { group: values }, group },
      ).map(({ title, runs: own }) => [title, own.map(({ run }) => run.name)]);
    expect(panels('optimizer.learningRate', ['status'], ['finished'])).toEqual([['Learning rate: 0.1', ['d', 'b']]]);
    expect(panels('status', ['optimizer.learningRate'], ['0.5'])).toEqual([
      ['finished', ['b', 'a', 'c']],
      ['failed', ['d', 'a', 'c']],
    ]);
  });
});

it('runs are grouped by what they differ in', () => {
  expect(usefulGroupings(runs).map(({ key }) => key)).toEqual(['optimizer.learningRate']);
  expect(usefulGroupings(runs.slice(0, 1))).toEqual([]);
});
