/** The quantities of a comparison as the address names them. */
import { describe, expect, it } from 'vitest';
import { testRun } from '../../shared/charts/testing.ts';
import { besideRemoved, columnsFor, firstMetrics, measuredOf, metricName, metricsIn, ownPlaces } from './metrics.ts';

it('a quantity is named by its record and key', () => {
  expect(measuredOf('epoch.train_loss')).toEqual({ record: 'epoch', metric: 'train_loss' });
  expect(metricName({ record: 'epoch', metric: 'train_loss' })).toBe('epoch.train_loss');
  for (const words of ['', 'distance', 'epoch.gradient_cosine', 'slice.loss', 'constructor.name', 'iteration.'])
    expect(measuredOf(words)).toBeNull();
});

describe('an address', () => {
  it('names quantities in order, each once', () =>
    expect(metricsIn('iteration.distance,epoch.train_loss,iteration.distance', undefined)).toEqual({
      metrics: ['iteration.distance', 'epoch.train_loss'],
      unknown: [],
    }));
  it('from before names one, and one that is unknown is the distance', () => {
    expect(metricsIn(undefined, 'epoch.train_loss').metrics).toEqual(['epoch.train_loss']);
    expect(metricsIn(undefined, 'epoch.speed')).toEqual({ metrics: ['iteration.distance'], unknown: ['epoch.speed'] });
    // the new words count where both are there
    expect(metricsIn('curvature.eigenvalue', 'epoch.train_loss').metrics).toEqual(['curvature.eigenvalue']);
  });
  it('that names none leaves the choice to the runs; an empty list is a choice', () => {
    expect(metricsIn(undefined, undefined).metrics).toBeNull();
    expect(metricsIn('', undefined).metrics).toEqual([]);
  });
  it('tells what it names that is no quantity', () =>
    expect(metricsIn('epoch.speed,epoch.train_loss', undefined)).toEqual({
      metrics: ['epoch.train_loss'],
      unknown: ['epoch.speed'],
    }));
});

describe('a comparison begins with', () => {
  const run = testRun('a');
  const having = (changes: Partial<typeof run.summary>) => ({ summary: { ...run.summary, ...changes } });
  const all = ['epoch.train_loss', 'epoch.validation_accuracy', 'iteration.height_before', 'iteration.distance'];
  it('loss, accuracy, height and distance', () =>
    expect(
      firstMetrics([
        having({ train_loss: 1, validation_accuracy: 0.5 }),
        having({ mean_height_before: 0.1, distance: 2 }),
      ]),
    ).toEqual(all));
  it('what one of the runs has', () =>
    expect(firstMetrics([having({ train_loss: 1, distance: 3 }), having({})])).toEqual([
      'epoch.train_loss',
      'iteration.distance',
    ]));
  it('all four where nothing is measured yet', () => expect(firstMetrics([having({})])).toEqual(all));
});

it('stands against epochs where nothing is measured in iterations', () => {
  const [loss, distance] = [measuredOf('epoch.train_loss')!, measuredOf('iteration.distance')!];
  expect(ownPlaces([loss])).toBe('epoch');
  expect(ownPlaces([loss, distance])).toBe('iteration');
  expect(ownPlaces([measuredOf('curvature.eigenvalue')!])).toBe('epoch');
});

it('panels fill their rows evenly in as many columns as fit', () => {
  expect(columnsFor(920, 4)).toBe(2);
  // in a window of 1024 px beside the list of runs
  expect(columnsFor(640, 4)).toBe(1);
  // three would fit: two rows of two are even
  expect(columnsFor(1300, 4)).toBe(2);
  expect(columnsFor(1300, 3)).toBe(3);
  expect(columnsFor(1300, 8)).toBe(3);
  expect(columnsFor(1300, 1)).toBe(1);
  expect(columnsFor(0, 0)).toBe(1);
});

it('after a panel is removed, the next one is where the keyboard goes, or the one before the last', () => {
  expect(besideRemoved(['a', 'b', 'c'], 'a')).toBe('b');
  expect(besideRemoved(['a', 'b', 'c'], 'c')).toBe('b');
  expect(besideRemoved(['a'], 'a')).toBeNull();
});
