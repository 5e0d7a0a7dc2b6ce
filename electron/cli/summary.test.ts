import { expect, it } from 'vitest';
import { testRun } from '../../shared/charts/testing.ts';
import { runsTable, summaryText } from './summary.ts';

it('the closing summary says in how many slices nothing can be told', () => {
  const run = testRun();
  const probed = { ...run, summary: { ...run.summary, probed_iterations: 60, unresolved_slices: 26 } };
  const text = summaryText(probed, '/store');
  expect(text).toMatch(/Barriers +0 of 60 probed iterations/);
  expect(text).toMatch(
    /Below resolution +26 of 60 probed iterations: floor, barrier or convexity is below what this evaluation resolves/,
  );
  expect(summaryText(run, '/store')).not.toContain('Below resolution');
});

it('accuracies are told as the shares that charts and files have, four digits of them', () => {
  const run = testRun();
  const told = { ...run, summary: { ...run.summary, train_accuracy: 0.912, validation_accuracy: 0.87654 } };
  expect(summaryText(told, '/store')).toMatch(/Training +loss \S+ · accuracy 0\.9120\n/);
  expect(summaryText(told, '/store')).toMatch(/Validation +loss \S+ · accuracy 0\.8765\n/);
  expect(runsTable([told])).toContain('accuracy 0.8765');
  const none = { ...run, summary: { ...run.summary, validation_accuracy: null, validation_r_squared: null } };
  expect(runsTable([none])).toContain('accuracy –');
});
