/** That a comparison reads every column that its chart is built from. */
import { expect, it } from 'vitest';
import { againstTitles } from '../../shared/charts/drawing/comparison-curves.ts';
import { comparisonSpan } from '../../shared/charts/drawing/comparison-panels.ts';
import { buildChart, screenStyle } from '../../shared/charts/index.ts';
import type { ComparisonSpec } from '../../shared/charts/request.ts';
import { syntheticWalk } from '../../shared/charts/testing.ts';
import { wantedSeries } from './comparison-data.ts';

const style = screenStyle('light', { width: 600, height: 300, fontFamily: 'sans-serif', fontSize: 12 });
const quantities = [
  { record: 'iteration', metric: 'batch_loss' },
  { record: 'epoch', metric: 'train_loss' },
  { record: 'curvature', metric: 'eigenvalue' },
] as const;

it.each(
  quantities.flatMap((quantity) =>
    (Object.keys(againstTitles) as ComparisonSpec['against'][]).map((against) => ({ ...quantity, against })),
  ),
)('$metric against $against', ({ record, metric, against }) => {
  const spec: ComparisonSpec = {
    ...{ chart: 'comparison', record, metric, against, group: null, band: 'none', smoothing: 0 },
    ...{ baseline: null, colours: [], scheme: 'places' },
  };
  const touched = new Set<string>();
  const data = syntheticWalk();
  const watched = {
    ...data,
    iterations: new Proxy(data.iterations, {
      get: (columns, key) => {
        touched.add(String(key));
        return Reflect.get(columns, key) as unknown;
      },
    }),
  };
  buildChart(spec, [watched, watched], style);
  comparisonSpan([watched], [spec]);
  const wanted = wantedSeries([spec]);
  for (const key of touched) expect(wanted.iterations).toContain(key);
  expect(wanted.curvature).toBe(record === 'curvature');
});

it('several charts are read together, each column once', () => {
  const of = (metric: 'batch_loss' | 'distance'): ComparisonSpec => ({
    ...{ chart: 'comparison', record: 'iteration', metric, against: 'distance', group: null, band: 'none' },
    ...{ smoothing: 0, baseline: null, colours: [], scheme: 'places' },
  });
  expect(wantedSeries([of('batch_loss'), of('distance')]).iterations.toSorted()).toEqual([
    'batch_loss',
    'distance',
    'iteration',
  ]);
});
