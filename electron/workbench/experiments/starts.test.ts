/** What runs take to start: the rest of a run's time, and the median of those that finished here. */
import { expect, it } from 'vitest';
import { runCost } from '../../../shared/cost.ts';
import { startWords } from '../../../shared/estimate-basis.ts';
import { experimentSchema } from '../../../shared/experiment.ts';
import { estimateRun } from './estimate.ts';
import { bundledDatasets } from '../../datasets/bundled.ts';
import { resources } from '../testing/open.ts';
import { startOf, startSeconds, typicalStart } from './starts.ts';

const [set] = bundledDatasets(`${resources}/datasets`);
const experiment = experimentSchema.parse({ length: { iterations: 3 }, data: { train: 300, validation: 100 } });

it('is what is left of a run beside what it computed, so that the estimate of the same run is its time', () => {
  const cost = runCost(experiment, set!);
  const pace = { update: cost.update / 0.5, evaluate: cost.evaluate / 0.25 };
  const start = startSeconds(experiment, set!, 4, pace)!;
  expect(start).toBeCloseTo(3.25, 10);
  const paces = (['update', 'evaluate'] as const).map((kind) => ({
    ...{ architecture: 'mlp' as const, kind, work: 1, pace: pace[kind] },
  }));
  // however far the work measured is from this one, its pace is known here
  const { seconds, start_seconds } = estimateRun(
    experiment,
    set!,
    paces.map((each) => ({ ...each, work: 1e18 })),
    undefined,
    start,
  );
  expect(start_seconds).toBe(start);
  expect(seconds).toBeCloseTo(4, 10);
  expect(startSeconds(experiment, set!, 0.1, pace)).toBe(0);
  expect(startSeconds(experiment, set!, 4, { update: null, evaluate: null })).toBeNull();
});

it('of a backend is the median of its newest runs, or what is typical', () => {
  const from = (...starts: number[]) => startOf({ runs: { starts: () => starts } as never }, 'cpu');
  expect(from()).toBe(typicalStart);
  expect(from(5)).toBe(5);
  // one that waited for an hour changes nothing
  expect(from(2, 3600, 3)).toBe(3);
});

it('is told where it is a good part of the whole', () => {
  expect(startWords({ seconds: 4, start_seconds: 3 })).toBe(', 0:03 of it to start and to end');
  expect(startWords({ seconds: 400, start_seconds: 3 })).toBe('');
  expect(startWords({ seconds: null, start_seconds: 3 })).toBe('');
});
