import { expect, it } from 'vitest';
import type { ComparisonSpec } from '../../shared/charts/request.ts';
import { placesInView } from './specs.ts';

const comparison = (against: ComparisonSpec['against']): ComparisonSpec => ({
  chart: 'comparison',
  record: 'epoch',
  metric: 'train_loss',
  against,
  group: null,
  band: 'none',
  smoothing: 0,
  baseline: null,
  colours: [],
  scheme: 'places',
  pinned: [],
});

it('what is in view of a comparison ends at its last place, of a run before the one past its last', () => {
  expect(placesInView(comparison('epoch'), { from: 2.5, to: 5 })).toEqual({ from: 3, to: 5 });
  expect(placesInView(comparison('epoch'), { from: 2.2, to: 2.8 })).toEqual({ from: 2, to: 3 });
  expect(placesInView(comparison('distance'), { from: 0.25, to: 1.5 })).toEqual({ from: 0.25, to: 1.5 });
  expect(placesInView({ chart: 'walk' }, { from: 10, to: 40 })).toEqual({ from: 10, to: 39 });
});
