/** Who is in a comparison. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blankRun } from '../../shared/blank-records.ts';
import type { RunRecord } from '../../shared/records.ts';
import { joinRuns, membershipWords } from './membership.ts';

/** Runs by the letters of their ids, the last the newest; as the window has them, newest first. */
const stored = (letters: string): RunRecord[] =>
  [...letters].map((run, sequence) => blankRun({ run, name: run, sequence })).reverse();
const matching =
  (letters: string) =>
  ({ run }: RunRecord): boolean =>
    letters.includes(run);
const namesOf = ({ runs }: { runs: readonly RunRecord[] }): string => runs.map(({ run }) => run).join('');

describe('joinRuns', () => {
  it('puts runs by name first, in their order, and the others from the oldest: one that arrives comes last', () => {
    expect(namesOf(joinRuns(stored('abcdef'), ['e', 'b'], ['f'], matching('acd')))).toBe('ebacdf');
    expect(namesOf(joinRuns(stored('abcdefg'), ['e', 'b'], ['f'], matching('acdg')))).toBe('ebacdfg');
  });
  it('has each run once and says the first of its reasons', () => {
    const { reasons } = joinRuns(stored('abc'), ['a', 'a'], ['a', 'b'], matching('abc'));
    expect([...reasons]).toEqual([
      ['a', 'name'],
      ['b', 'pin'],
      ['c', 'filter'],
    ]);
  });
  it('pinning moves no run of the comparison', () =>
    expect(namesOf(joinRuns(stored('abcd'), ['c'], ['b', 'c'], matching('abd')))).toBe('cabd'));
  it('beyond the most, pinned runs stay, then those by name, then the newest', () => {
    const joined = joinRuns(stored('abcdefg'), ['c', 'b'], ['a'], matching('defg'), 4);
    expect(namesOf(joined)).toBe('cbag');
    expect(joined).toMatchObject({ left: 3, most: 4 });
    expect(namesOf(joinRuns(stored('abcdefg'), ['c', 'b'], ['a'], null, 2))).toBe('ca');
  });

  const some = fc.uniqueArray(fc.constantFrom(...'abcdefghij'), { maxLength: 10 });
  const most = fc.integer({ min: 1, max: 12 });
  it('is the union of what is named, pinned and matched, up to the most; nothing is lost uncounted', () =>
    fc.assert(
      fc.property(some, some, some, some, most, (all, ids, pins, fits, limit) => {
        const joined = joinRuns(stored(all.join('')), ids, pins, matching(fits.join('')), limit);
        const wanted = new Set([...ids, ...pins, ...fits].filter((id) => all.includes(id)));
        expect(joined.runs.length + joined.left).toBe(wanted.size);
        expect(joined.runs.length).toBe(Math.min(limit, wanted.size));
        expect(new Set(namesOf(joined)).size).toBe(joined.runs.length);
        for (const { run } of joined.runs) expect(wanted).toContain(run);
        const kept = pins.filter((id) => all.includes(id)).slice(0, limit);
        for (const id of kept) expect(namesOf(joined)).toContain(id);
      }),
    ));
  it('a run that arrives changes the order of no other', () =>
    fc.assert(
      fc.property(some, some, some, some, (all, ids, pins, fits) => {
        const of = (letters: string): string =>
          namesOf(joinRuns(stored(letters), ids, pins, matching(`${fits.join('')}z`)));
        expect(of(`${all.join('')}z`)).toBe(`${of(all.join(''))}z`);
      }),
    ));
});

it('says who is compared and why', () => {
  const words = (ids: string[], pins: string[], fits: string): string =>
    membershipWords(joinRuns(stored('abcde'), ids, pins, matching(fits)));
  expect(words([], [], '')).toBe('No run');
  expect(words(['a'], [], '')).toBe('1 run, chosen by name');
  expect(words([], [], 'a')).toBe('1 run matches the filter');
  expect(words([], [], 'abc')).toBe('3 runs match the filter');
  expect(words(['a', 'b'], ['c'], 'abcd')).toBe('4 runs: 2 chosen by name, 1 pinned, 1 matches the filter');
});
