import { expect, it } from 'vitest';
import { testRun } from '../../shared/charts/testing.ts';
import { columnGroups, resultColumns } from './run-columns.ts';

it('results have the accuracy of classes, R² of real numbers, and both of runs of both kinds', () => {
  const of = (validation_accuracy: number | null, validation_r_squared: number | null) => ({
    summary: { validation_accuracy, validation_r_squared },
  });
  const keys = (...runs: ReturnType<typeof of>[]): string[] =>
    resultColumns(runs)
      .map(({ key }) => key)
      .filter((key) => key.startsWith('validation_'));
  expect(keys()).toEqual(['validation_accuracy']);
  expect(keys(of(null, null))).toEqual(['validation_accuracy']);
  expect(keys(of(0.9, null))).toEqual(['validation_accuracy']);
  expect(keys(of(null, 0.8), of(null, null))).toEqual(['validation_r_squared']);
  expect(keys(of(0.9, null), of(null, 0.8))).toEqual(['validation_accuracy', 'validation_r_squared']);
});

it('accuracies are told as the shares that charts and files have', () => {
  const run = testRun();
  const told = { ...run, summary: { ...run.summary, train_accuracy: 0.912, validation_accuracy: 1 } };
  const text = (key: string): string | undefined =>
    columnGroups
      .flatMap(({ columns }) => columns)
      .find((column) => column.key === key)
      ?.text(told);
  expect(text('train_accuracy')).toBe('0.9120');
  expect(text('validation_accuracy')).toBe('1.000');
});
