/** What a click on the legend of a comparison hides: the line that the list of Compare knows by the same key. */
import { expect, it } from 'vitest';
import { drawnTogether } from '../../shared/charts/drawing/comparison-panels.ts';
import { buildChart, screenStyle } from '../../shared/charts/index.ts';
import type { Chart } from '../../shared/charts/index.ts';
import { chartSpecSchema } from '../../shared/charts/request.ts';
import { testData, testIteration, testRun } from '../../shared/charts/testing.ts';
import { experimentSchema } from '../../shared/experiment.ts';
import { legendPick } from './legend-pick.ts';

/** Two runs of one rate, of equal names, and one of another. */
const runs = [
  [0.1, 1],
  [0.1, 2],
  [0.5, 1],
].map(([learningRate, seed]) => {
  const experiment = experimentSchema.parse({ seed, data: { train: 200 }, optimizer: { learningRate } });
  return testData(
    testRun(`rate ${learningRate}`, { run: `${learningRate}-${seed}`, seed: seed!, experiment }),
    [1, 2, 3].map((distance, t) => testIteration(t, { distance, path_length: 2 * t })),
  );
});
const style = screenStyle('light', { width: 600, height: 300 });
const chartOf = (options: object): Chart =>
  buildChart(
    chartSpecSchema.parse({ chart: 'comparison', record: 'iteration', metric: 'distance', ...options }),
    runs,
    style,
  );
/** Names in the legend as ECharts has them. */
const entries = (chart: Chart): string[] =>
  (chart.option.legend as { data: { name: string }[] }).data.map(({ name }) => name);

it.each([
  ['runs', { group: null }],
  ['groups', { group: ['optimizer.learningRate'], band: 'runs' }],
  ['groups under a title', { group: ['optimizer.learningRate'], band: 'deviation', scheme: 'qualitative' }],
  ['groups of runs that share no places', { group: ['optimizer.learningRate'], against: 'distance' }],
])('an entry means its line: %s', (_, options) => {
  const chart = chartOf(options);
  const group = options.group;
  const lines = drawnTogether(
    runs.map(({ run }) => run),
    group,
  ).map(({ key }) => key);
  const picked = entries(chart).map((name) => legendPick(chart, name, false));
  expect(picked.map((one) => one?.key).toSorted()).toEqual([...lines].toSorted());
  expect(legendPick(chart, entries(chart)[0]!, true)).toEqual({ key: picked[0]!.key, alone: true });
});

it('an entry of a chart without lines that are hidden together means none', () => {
  expect(legendPick(chartOf({ group: null }), 'layer', false)).toBeNull();
  expect(legendPick(buildChart(chartSpecSchema.parse({ chart: 'walk' }), [runs[0]!], style), 'x', false)).toBeNull();
  expect(legendPick(null, 'x', false)).toBeNull();
});
