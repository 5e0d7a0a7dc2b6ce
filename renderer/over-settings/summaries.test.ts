/** Summaries of a view's runs: what is said while they are read, and where they cannot be. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { effectScope, nextTick, shallowRef } from 'vue';
import type { RunRecord } from '../../shared/records.ts';
import { blankRun } from '../../shared/blank-records.ts';
import { useSummaries } from './summaries.ts';

const { answers } = vi.hoisted(() => ({ answers: [] as (() => Promise<unknown>)[] }));
vi.mock('../connection/connection.ts', () => ({
  request: () => answers.shift()!(),
  onConnected: () => () => undefined,
  onEvent: () => () => undefined,
  sentence: (error: unknown) => (error instanceof Error ? error.message : String(error)),
}));

// the watcher of how far runs are asks for a frame, which there are none of here
vi.mock('../ui/throttled.ts', () => ({ throttled: () => () => undefined }));

const name = 'validation_accuracy.last';
const run = (id: string): RunRecord => blankRun({ run: id, name: id });
const answer = (values: number[]) => () => Promise.resolve({ values: { [name]: values }, failed: [] });
const fails = (why: string) => () => Promise.reject(new Error(why));
/** Every answer that is on its way has come. */
const come = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await nextTick();
};

beforeEach(() => void answers.splice(0));
afterEach(() => void vi.restoreAllMocks());

it('runs whose first summaries cannot be read are there without them, and the reason with them', async () => {
  answers.push(fails('The store is busy.'));
  const scope = effectScope();
  const runs = shallowRef([run('a'), run('b')]);
  const { points, waiting, error } = scope.run(() =>
    useSummaries(
      () => runs.value,
      () => [name],
    ),
  )!;
  expect([points.value, waiting.value]).toEqual([[], 'Summing up 2 runs…']);
  await come();
  expect(points.value.map(({ run: { run: id }, summaries }) => [id, summaries])).toEqual([
    ['a', {}],
    ['b', {}],
  ]);
  expect([waiting.value, error.value]).toEqual([
    'The runs could not be summed up; the reason stands above.',
    'The store is busy.',
  ]);

  // the next look reads them
  answers.push(answer([0.5, 0.75, NaN]));
  runs.value = [...runs.value, run('c')];
  await come();
  expect(points.value.map(({ summaries }) => summaries?.[name])).toEqual([0.5, 0.75, null]);
  expect([waiting.value, error.value]).toEqual([null, null]);

  // and what is known stays where a later one fails
  answers.push(fails('The store is busy.'));
  runs.value = [...runs.value, run('d')];
  await come();
  expect(points.value.map(({ summaries }) => summaries?.[name])).toEqual([0.5, 0.75, null, undefined]);
  scope.stop();
});
