import { expect, test } from 'vitest';
import { experimentSchema } from '../../experiment.ts';
import { buildChart, screenStyle } from '../index.ts';
import type { RunData } from '../chart.ts';
import { chartSpecSchema } from '../request.ts';
import { testData, testIteration, testRun, testSlice } from '../testing.ts';
import { lossUnitOf, lossWords, withLossUnit } from './loss-unit.ts';

const { slices, probed } = testSlice(0, [0.4, 0.1, 0.3]);
const records = [[testIteration(0, { batch_loss: 0.4, ...probed })], slices] as const;
const last = 'iteration.batch_loss.last';
const of = (name: string, loss: object) =>
  ({
    ...testData(testRun(name, { experiment: experimentSchema.parse({ loss }) }), [...records[0]], [...records[1]]),
    summaries: { [last]: 0.4 },
  }) satisfies RunData;
const nats = of('cross-entropy', {});
const pure = of('squared error', { kind: 'squared-error' });

test('losses have the unit of their runs, and none where runs differ', () => {
  expect([[nats], [pure], [nats, pure]].map(lossUnitOf)).toEqual(['nats', null, null]);
  expect([nats, pure].map((data) => lossWords(0.25, data))).toEqual(['0.25 nats', '0.25']);
  expect([nats, pure].map((data) => withLossUnit('Height', [data]))).toEqual(['Height (nats)', 'Height']);
});

test.each([
  { chart: 'walk' },
  { chart: 'slice', iteration: 0 },
  { chart: 'slice-map' },
  { chart: 'heights' },
  { chart: 'height-histogram' },
  { chart: 'iteration-metric', metric: 'batch_loss' },
  { chart: 'scatter', record: 'iteration', x: 'batch_loss', y: 'height_before' },
  { chart: 'comparison', record: 'iteration', metric: 'batch_loss' },
  { chart: 'quantity-setting', quantity: last, setting: 'optimizer.learningRate' },
  { chart: 'heat-map', quantity: last, x: 'optimizer.learningRate', y: 'optimizer.batchSize' },
  { chart: 'parallel-coordinates', axes: ['optimizer.learningRate', last], colour: last },
])('$chart writes nats of cross-entropy, and nothing of squared error', (spec) => {
  const written = (data: typeof nats): string => {
    const chart = buildChart(chartSpecSchema.parse(spec), [data], screenStyle('light'));
    expect(chart.empty).toBeNull();
    return JSON.stringify([chart.option, chart.description, chart.notes, chart.readout(0), chart.title]);
  };
  expect(written(nats)).toContain('nats');
  expect(written(pure)).not.toContain('nats');
});
