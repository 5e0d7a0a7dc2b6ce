import { expect, it } from 'vitest';
import type { ChartKind, ChartOptions } from './define.ts';
import { placesOf, specTitle } from './index.ts';
import { chartKinds } from './kinds/index.ts';
import { chartsInMenu, exportedCharts, optionFields, quantityCharts } from './menu.ts';
import { chartSpecSchema } from './request.ts';
import type { ChartSpec } from './request.ts';

const keys = (specs: readonly ChartSpec[]): string[] => [...new Set(specs.map(({ chart }) => chart))];

it('every kind but those that a view makes is in the menu, with options that a recipe may have', () => {
  const analyses = [
    { analysis: 'a', kind: 'plane' },
    { analysis: 'b', kind: 'trajectory' },
    { analysis: 'c', kind: 'valley-floor' },
    { analysis: 'd', kind: 'spectral-density' },
  ] as const;
  const menu = chartsInMenu('figures', null, analyses);
  const ofViews: readonly string[] = ['comparison', 'quantity-setting', 'heat-map', 'parallel-coordinates'];
  expect(keys(menu)).toEqual(chartKinds.map(({ key }) => key).filter((key) => !ofViews.includes(key)));
  for (const spec of menu) expect(chartSpecSchema.parse(spec)).toEqual(spec);
  expect(new Set(menu.map((spec) => specTitle(spec))).size).toBe(menu.length);
  expect(menu.filter((spec) => 'analysis' in spec && spec.analysis === 'a').map(({ chart }) => chart)).toEqual([
    'plane',
    'plane-surface',
  ]);
  expect(keys(chartsInMenu('figures')).some((key) => key.startsWith('plane'))).toBe(false);
});

it('a chart that is chosen keeps its options in the menu, beside the others as they begin', () => {
  const map: ChartSpec = { chart: 'slice-map', reference: 'ends', scale: 'log' };
  expect(chartsInMenu('figures', map)).toContainEqual(map);
  expect(chartsInMenu('figures')).toContainEqual({ chart: 'slice-map', reference: 'floor', scale: 'linear' });
  expect(chartsInMenu('figures')).toContainEqual({ chart: 'slice', iteration: 0 });
  const surface: ChartSpec = { chart: 'plane-surface', analysis: 'a', azimuth: 10, elevation: 20 };
  const both = chartsInMenu('figures', surface, [
    { analysis: 'a', kind: 'plane' },
    { analysis: 'b', kind: 'plane' },
  ]);
  expect(both).toContainEqual(surface);
  expect(both).toContainEqual({ chart: 'plane-surface', analysis: 'b', azimuth: -35, elevation: 35 });
});

it('an editor asks for what is not in the menu', () => {
  expect(optionFields({ chart: 'walk' })).toEqual([]);
  expect(optionFields({ chart: 'iteration-metric', metric: 'distance' })).toMatchObject([
    { name: 'smoothing', value: undefined, unit: 'iterations', empty: 'none' },
  ]);
  expect(optionFields({ chart: 'floor-histogram', epoch: null })).toMatchObject([
    { name: 'epoch', value: null, whole: true, empty: 'all', choices: null },
  ]);
  expect(optionFields({ chart: 'slice-map', reference: 'ends', scale: 'log' })).toMatchObject([
    { name: 'reference', value: 'ends', choices: { ends: 'the line between its ends' } },
    { name: 'scale' },
  ]);
  const seen = optionFields({ chart: 'plane-surface', analysis: 'a', azimuth: 10, elevation: 20 });
  expect(seen.map(({ name, beside }) => [name, beside])).toEqual([
    ['azimuth', false],
    ['elevation', true],
  ]);
});

it('words of choices are of values that a recipe may have', () => {
  for (const { key, options } of chartKinds as readonly unknown[] as readonly ChartKind<string, ChartOptions>[])
    for (const [name, option] of Object.entries(options)) {
      if (!('choices' in option) || typeof option.choices !== 'object') continue;
      for (const value of Object.keys(option.choices))
        expect(option.schema.safeParse(value).success, `${key}.${name} ${value}`).toBe(true);
    }
});

it('charts of quantities have places that a range can be chosen of', () => {
  expect(keys(quantityCharts)).toEqual(['iteration-metric', 'epoch-metric', 'curvature']);
  expect(quantityCharts.every((spec) => placesOf(spec) !== null)).toBe(true);
});

it('an export draws what a run has records of', () => {
  const nothing = { iterations: false, slices: false, epochs: false, curvature: false, bothEnds: false, fit: false };
  const names = (has: object): string[] => exportedCharts({ ...nothing, ...has }).map(({ name }) => name);
  expect(names({})).toEqual([]);
  expect(names({ iterations: true, slices: true })).toEqual([
    'walk',
    'heights',
    'batch-loss',
    'gradient-cosine',
    'distance',
  ]);
  expect(names({ epochs: true, curvature: true })).toEqual([
    'train-loss',
    'validation-accuracy',
    'hessian-eigenvalues',
    'gradient-alignment',
  ]);
  expect(names({ curvature: true, bothEnds: true })).toContain('spectral-norm');
  expect(names({ epochs: true, fit: true })).toEqual(['train-loss', 'validation-accuracy', 'validation-r-squared']);
});
