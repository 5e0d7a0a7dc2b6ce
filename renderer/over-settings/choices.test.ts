import { expect, test } from 'vitest';
import { blankRun, blankSummary } from '../../shared/blank-records.ts';
import { experimentSchema } from '../../shared/experiment.ts';
import type { RunRecord, RunSummary } from '../../shared/records.ts';
import { firstQuantity } from './choices.ts';

const runOf = (summary: Partial<RunSummary>): RunRecord =>
  blankRun({
    run: 'r',
    name: 'r',
    experiment: experimentSchema.parse({ name: 'r' }),
    summary: { ...blankSummary(), ...summary },
  });

test('one begins with validation accuracy, or what of the loss there is', () => {
  expect(firstQuantity([runOf({ train_loss: 1 }), runOf({ validation_accuracy: 0.5 })])).toBe(
    'epoch.validation_accuracy.last',
  );
  expect(firstQuantity([runOf({ train_loss: 1 })])).toBe('epoch.train_loss.last');
  expect(firstQuantity([runOf({ batch_loss: 1 })])).toBe('iteration.batch_loss.last');
  // nothing yet: what will be
  expect(firstQuantity([runOf({})])).toBe('epoch.validation_accuracy.last');
});
