/** That a comparison reads every column that its chart is built from, and the runs of its baseline. */
import { describe, expect, it } from 'vitest';
import { againstTitles } from '../../shared/charts/drawing/comparison-curves.ts';
import { comparisonSpan, drawnTogether } from '../../shared/charts/drawing/comparison-panels.ts';
import { buildChart, screenStyle } from '../../shared/charts/index.ts';
import type { ComparisonSpec } from '../../shared/charts/request.ts';
import { syntheticWalk, testRun } from '../../shared/charts/testing.ts';
import { experimentSchema } from '../../shared/experiment.ts';
import { baselineRuns, readRuns, wantedSeries } from './comparison-data.ts';

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
    ...{ baseline: null, colours: [], scheme: 'places', pinned: [] },
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
    ...{ smoothing: 0, baseline: null, colours: [], scheme: 'places', pinned: [] },
  });
  expect(wantedSeries([of('batch_loss'), of('distance')]).iterations.toSorted()).toEqual([
    'batch_loss',
    'distance',
    'iteration',
  ]);
});

describe('the runs that differences are taken to', () => {
  const group = ['optimizer.kind'];
  const runs = [
    { run: 'a', kind: 'sgd' },
    { run: 'b', kind: 'sgd' },
    { run: 'c', kind: 'sgd' },
    { run: 'x', kind: 'adam' },
  ].map(({ run, kind }) => testRun(run, { run, experiment: experimentSchema.parse({ optimizer: { kind } }) }));
  const lines = drawnTogether(runs, group);
  const baseline = { group: ['"sgd"'] };
  const of = (hide: string[], solo: string | null = null): string =>
    baselineRuns(runs, lines, { hide, solo }, { baseline, group }).join('');

  it('are those of the group but for runs that are hidden singly', () => {
    expect(of([])).toBe('abc');
    expect(of(['b', 'x'])).toBe('ac');
    expect(of(['b', '["\\"adam\\""]'])).toBe('ac');
  });
  it('are all of the group where the whole of it is hidden', () => {
    expect(of(['["\\"sgd\\""]'])).toBe('abc');
    expect(of(['["\\"sgd\\""]', 'b'])).toBe('abc');
    expect(of(['a', 'b', 'c'])).toBe('abc');
  });
  it('are the same whatever line is shown alone', () => {
    expect(of([], 'x')).toBe('abc');
    expect(of(['b'], '["\\"adam\\""]')).toBe('ac');
  });
  it('are a single run, hidden or of no line here; none where there is no such group', () => {
    const single = (run: string, hide: string[]) =>
      baselineRuns(runs, lines, { hide, solo: null }, { baseline: run, group });
    expect(single('b', ['b'])).toEqual(['b']);
    expect(single('elsewhere', [])).toEqual(['elsewhere']);
    const none = { hide: [], solo: null };
    expect(baselineRuns(runs, lines, none, { baseline: null, group })).toEqual([]);
    expect(baselineRuns(runs, lines, none, { baseline: { group: ['"gone"'] }, group })).toEqual([]);
  });
  it('are read in the order of the comparison, whatever was shown before', () => {
    const [a, b, , x] = runs;
    expect(readRuns(runs, [x!], ['a', 'c'])).toEqual(['a', 'c', 'x']);
    expect(readRuns(runs, [a!, b!, x!], ['a', 'c'])).toEqual(['a', 'b', 'c', 'x']);
    expect(readRuns(runs, [x!], ['elsewhere'])).toEqual(['x', 'elsewhere']);
  });
});
