/** What runs take to start: what is measured on a run, and the median of those that finished here. */
import { expect, it } from 'vitest';
import { runCost } from '../../../shared/cost.ts';
import { startWords } from '../../../shared/estimate-basis.ts';
import { experimentSchema } from '../../../shared/experiment.ts';
import { estimateRun } from './estimate.ts';
import { bundledDatasets } from '../../datasets/bundled.ts';
import { takeReport } from '../jobs/run/reports.ts';
import { resources } from '../testing/open.ts';
import { startOf, startSeconds, typicalStart } from './starts.ts';

const [set] = bundledDatasets(`${resources}/datasets`);
const experiment = experimentSchema.parse({ length: { iterations: 3 }, data: { train: 300, validation: 100 } });

const second = 1000;

it('is what lies before the first and after the last of what a run computes', () => {
  const times = { began: 7 * second, ready: 9 * second, told: 10 * second, ended: 11.5 * second };
  expect(startSeconds(times)).toBe(3.5);
  expect(startSeconds({ ...times, ready: null })).toBeNull();
  expect(startSeconds({ ...times, told: null })).toBeNull();
});

it('stays seconds for a tiny run after long ones, whatever they did beside updates and evaluations', () => {
  const long = [1, 2, 3, 4, 5].map((hours) => {
    const told = 2 * second + hours * 3600 * second;
    return startSeconds({ began: 0, ready: 2 * second, told, ended: told + second })!;
  });
  const start = startOf({ runs: { starts: () => [...long, 2.5, 3, 3, 3.5] } as never }, 'cpu');
  expect(start).toBe(3);
  const paces = (['update', 'evaluate'] as const).map((kind) => ({
    ...{ architecture: 'mlp' as const, kind, work: 1e18, pace: runCost(experiment, set!, 'host')[kind] / 0.5 },
  }));
  const { seconds, start_seconds } = estimateRun(experiment, set!, 'cpu', paces, undefined, start);
  expect(start_seconds).toBe(3);
  expect(seconds).toBeCloseTo(4, 10);
});

it('is told by the reports of a run: when its trainer is ready, and when it last told how far it is', () => {
  const times = { began: 0, ready: null as number | null, told: null as number | null };
  const context = { store: { runs: { change: () => ({ record: {} }) } }, publish: () => undefined } as never;
  const state = { times, live: {} } as never;
  takeReport(context, 'one', state, { type: 'started', environment: {} } as never);
  expect(times).toMatchObject({ ready: expect.any(Number) as number, told: null });
  for (const progress of [0.5, 1]) {
    const before = performance.now();
    takeReport(context, 'one', state, { type: 'progress', iterationsDone: 1, progress, secondsLeft: 0 });
    expect(times.told).toBeGreaterThanOrEqual(before);
  }
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
