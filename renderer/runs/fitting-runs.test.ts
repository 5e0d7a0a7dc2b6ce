/** Filters of runs as the list and a comparison read them. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { blankRun } from '../../shared/blank-records.ts';
import { carriedFilter, fittingRuns } from './fitting-runs.ts';

const runs = [
  blankRun({ run: 'a', name: 'slow' }),
  blankRun({ run: 'b', name: 'slow', archived: true }),
  blankRun({ run: 'c', name: 'fast' }),
  blankRun({ run: 'd', name: 'fast', archived: true }),
];
const through = (text: string, archived = false): string => {
  const { matches } = fittingRuns(text, archived);
  return matches === null
    ? 'none'
    : runs
        .filter(matches)
        .map(({ run }) => run)
        .join('');
};

it('archived runs are let through where they are asked for', () => {
  expect(through('slow')).toBe('a');
  expect(through('slow', true)).toBe('ab');
  expect(through('slow and archived = yes')).toBe('b');
});

it('what is empty or cannot be read lets nothing through, and says which', () => {
  expect([through(''), through('  '), through('name =')]).toEqual(['none', 'none', 'none']);
  expect(fittingRuns('').problem).toBeNull();
  expect(fittingRuns('name =').problem?.message).toBeTruthy();
});

it('the filter of the list lets the same runs through elsewhere', () => {
  expect(through(carriedFilter('', false))).toBe('ac');
  expect(through(carriedFilter('', true))).toBe('abcd');
  expect(carriedFilter(' slow ', false)).toBe('slow');
  fc.assert(
    fc.property(
      fc.constantFrom('slow', 'slow or fast', 'not slow', 'archived = yes', 'name = slow or archived = yes'),
      fc.boolean(),
      (text, archived) => {
        expect(through(carriedFilter(text, archived))).toBe(through(text, archived));
      },
    ),
  );
});
