import { expect, it } from 'vitest';
import { testRun } from '../../shared/charts/testing.ts';
import { summaryText } from './summary.ts';

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
