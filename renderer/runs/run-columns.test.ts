import { expect, it } from 'vitest';
import { resultColumns } from './run-columns.ts';

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
