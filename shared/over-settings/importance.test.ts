import { expect, test } from 'vitest';
import { testRun } from '../charts/testing.ts';
import { experimentSchema } from '../experiment.ts';
import type { RunRecord } from '../records.ts';
import { tableText } from '../compare/table-text.ts';
import { readFilter } from '../runs/filter.ts';
import { brushFilter, filterWithin } from './brush-filter.ts';
import { importanceOf, importanceTable } from './importance.ts';
import { mostVaried, runSetting, variedSettings } from './run-settings.ts';

interface Settings {
  rate: number;
  size?: number;
  seed?: number;
  depth?: number[];
}

function runOf({ rate, size = 50, seed = 1, depth = [16] }: Settings, changes: Partial<RunRecord> = {}): RunRecord {
  const experiment = experimentSchema.parse({
    name: 'r',
    seed,
    optimizer: { kind: 'sgd', learningRate: rate, batchSize: size },
    model: { architecture: 'mlp', hidden: depth },
  });
  return testRun('r', { run: `run-${rate}-${size}-${seed}-${depth.join('_')}`, seed, experiment, ...changes });
}

const rates = [0.01, 0.1, 0.3, 1];
const grid = rates.flatMap((rate) => [50, 100].flatMap((size) => [1, 2].map((seed) => runOf({ rate, size, seed }))));

test('settings that differ, those of a study first, the seed last; the one with most values begins', () => {
  const names = (first: string[]): string[] => variedSettings(grid, first).map(({ setting }) => setting.name);
  expect(names([])).toEqual(['optimizer.learningRate', 'optimizer.batchSize', 'seed']);
  expect(names(['optimizer.batchSize'])[0]).toBe('optimizer.batchSize');
  const varied = variedSettings(grid);
  expect(varied[0]!.values).toEqual(rates);
  expect(mostVaried(varied)!.setting.name).toBe('optimizer.learningRate');
  expect(mostVaried(varied, ['optimizer.batchSize'])!.setting.name).toBe('optimizer.batchSize');
  // many seeds are no reason to begin with them
  const seeds = [1, 2, 3, 4, 5].map((seed) => runOf({ rate: seed > 2 ? 0.1 : 0.2, seed }));
  expect(mostVaried(variedSettings(seeds))!.setting.name).toBe('optimizer.learningRate');
});

test('the order of importance is that of the shares of variance, with intervals', () => {
  const quantity = grid.map(({ experiment }, at) => {
    const { learningRate, batchSize } = experiment.optimizer as { learningRate: number; batchSize: number };
    return learningRate + batchSize / 1000 + at * 1e-6;
  });
  const rows = importanceOf(grid, variedSettings(grid), quantity);
  expect(rows.map(({ setting }) => setting.name)).toEqual(['optimizer.learningRate', 'optimizer.batchSize', 'seed']);
  expect(rows[0]!.estimate).toBeGreaterThan(0.9);
  expect(rows[0]!.interval![0]).toBeGreaterThan(0.8);
  expect(rows[1]!.interval![0]).toBeLessThan(0);
  // a seed has no size
  expect(rows[2]!.measure).toBe('eta');
  expect(rows.every(({ together }) => together.length === 0)).toBe(true);
  const csv = tableText(importanceTable(rows, 'accuracy'), 'csv');
  expect(csv).toContain(`optimizer.learningRate,Learning rate,Spearman rho,${rows[0]!.estimate},`);
});

test('settings that move together are named, with their own association', () => {
  const runs = rates.flatMap((rate, at) => [1, 2, 3].map((seed) => runOf({ rate, size: 50 * (at + 1), seed })));
  const rows = importanceOf(
    runs,
    variedSettings(runs),
    runs.map((_, at) => at),
  );
  const rate = rows.find(({ setting }) => setting.name === 'optimizer.learningRate')!;
  expect(rate.together[0]).toMatchObject({ letter: 'ρ', strength: 1 });
  expect(rate.together[0]!.setting.name).toBe('optimizer.batchSize');
});

test('where there is too little to tell, it says so instead of a number', () => {
  const few = [...grid.slice(0, 2), ...grid.slice(4, 6)];
  const varied = variedSettings(few);
  const why = (quantity: (number | null)[]): (string | null)[] =>
    importanceOf(few, varied, quantity).map((row) => row.why);
  expect(why([1, 2, 3, 4]).every((text) => text?.startsWith('too few: 4 runs'))).toBe(true);
  expect(why([1, 1, 1, 1])).toContain('the quantity is the same in all runs');
  expect(why([null, null, null, null])).toContain('not measured in any of these runs');
  expect(why([1, 2, null, null])).toContain('one value in the runs that have the quantity');
});

const valueOf = (axis: string, run: RunRecord): number | string | null =>
  runSetting(axis) ? runSetting(axis)!.value(run) : run.summary.validation_accuracy;

function matching(filter: string, runs: readonly RunRecord[]): string[] {
  const reading = readFilter(filter);
  if (!reading.ok) throw new Error(reading.problem.message);
  return runs.filter(reading.matches).map(({ run }) => run);
}

test('brushes become a filter that lets exactly the brushed runs through', () => {
  const rate = {
    axis: 'optimizer.learningRate',
    holds: (value: number | string) => Number(value) > 0.05 && Number(value) < 0.5,
  };
  const size = { axis: 'optimizer.batchSize', holds: (value: number | string) => value === 50 };
  const found = brushFilter(grid, [rate, size], valueOf);
  expect(found.filter).toBe('learningRate >= 0.1 and learningRate <= 0.3 and batchSize = 50');
  expect(matching(found.filter, grid)).toEqual(found.runs.map(({ run }) => run));
  expect(found.runs).toHaveLength(4);
  // two stretches of one axis
  const ends = { ...rate, holds: (value: number | string) => value !== 0.1 };
  const two = brushFilter(grid, [ends], valueOf);
  expect(two.filter).toBe('(learningRate = 0.01 or (learningRate >= 0.3 and learningRate <= 1))');
  expect(matching(two.filter, grid)).toHaveLength(12);
  const nothing = brushFilter(grid, [{ ...rate, holds: () => false }], valueOf);
  expect(matching(nothing.filter, grid)).toEqual([]);
});

test('words, results and quantities without a field', () => {
  const runs = [[16], [32, 16], []].map((depth, at) =>
    runOf({ rate: 0.1, depth }, { summary: { ...testRun().summary, validation_accuracy: 0.5 + at / 10 } }),
  );
  const hidden = brushFilter(runs, [{ axis: 'model.hidden', holds: (value) => value !== '16' }], valueOf);
  expect(hidden.named).toBe(false);
  expect(matching(hidden.filter, runs)).toHaveLength(2);
  const accuracy = (axis: string) => brushFilter(runs, [{ axis, holds: (value) => Number(value) >= 0.6 }], valueOf);
  expect(accuracy('epoch.validation_accuracy.last').filter).toBe(
    'validation_accuracy >= 0.6 and validation_accuracy <= 0.7',
  );
  const named = accuracy('epoch.validation_accuracy.maximum');
  expect(named.named).toBe(true);
  expect(matching(named.filter, runs)).toHaveLength(2);
});

test('the filter lets no other run of the store in', () => {
  const others = [runOf({ rate: 0.1, seed: 9 }, { study_name: 'other' })];
  const own = grid.map((run) => ({ ...run, study_name: 'my grid' }));
  const brushed = brushFilter(own, [{ axis: 'optimizer.learningRate', holds: (value) => value === 0.1 }], valueOf);
  expect(filterWithin(brushed, own, own)).toBe('learningRate = 0.1');
  const within = filterWithin(brushed, own, [...own, ...others]);
  expect(within).toBe('study = "my grid" and learningRate = 0.1');
  expect(matching(within, [...own, ...others])).toHaveLength(4);
  const alone = grid.slice(0, 6);
  const some = brushFilter(alone, [{ axis: 'seed', holds: (value) => value === '1' }], valueOf);
  expect(matching(filterWithin(some, alone, grid), grid)).toEqual(some.runs.map(({ run }) => run));
  expect(
    filterWithin(
      brushFilter(grid.slice(0, 4), [{ axis: 'seed', holds: (v) => v === '1' }], valueOf),
      grid.slice(0, 4),
      grid,
      'learningRate = 0.01',
    ),
  ).toBe('(learningRate = 0.01) and seed = 1');
});
