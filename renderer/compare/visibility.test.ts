/** Which lines of a comparison are seen. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hiddenRuns, keysOf, keysText, regrouped, toggleHidden, toggleSolo } from './visibility.ts';
import type { Visibility } from './visibility.ts';

const all: Visibility = { hide: [], solo: null };
const line = (key: string, runs: string) => ({ key, runs: [...runs].map((run) => ({ run })) });
/** Every run by itself, and two groups, as groupRuns names them. */
const single = ['a', 'b', 'c', 'd'].map((run) => line(run, run));
const groups = [line('["0.1"]', 'ab'), line('["0.5"]', 'cd')];
const hiddenIn = (lines: typeof single, visibility: Visibility): string =>
  [...hiddenRuns(lines, visibility)].sort().join('');

describe('hiding', () => {
  it('hides a line, and shows it again', () => {
    const once = toggleHidden(single, all, 'b');
    expect(hiddenIn(single, once)).toBe('b');
    expect(toggleHidden(single, once, 'b')).toEqual(all);
  });
  it('a group is hidden with what joins it later; without one of its runs it is shown without that', () => {
    const group = toggleHidden(groups, all, '["0.5"]');
    expect(group.hide).toEqual(['["0.5"]']);
    expect(hiddenIn([groups[0]!, line('["0.5"]', 'cde')], group)).toBe('cde');
    const one = toggleHidden(groups, all, 'c');
    expect(one.hide).toEqual(['c']);
    expect(toggleHidden(groups, one, 'd').hide).toEqual(['["0.5"]']);
    // of a hidden group one run is shown
    expect(hiddenIn(groups, toggleHidden(groups, group, 'd'))).toBe('c');
  });
  it('what is not in the comparison at present stays hidden', () => {
    const gone = { hide: ['z'], solo: null };
    expect(toggleHidden(single, gone, 'a').hide).toEqual(['z', 'a']);
    expect(toggleHidden(single, gone, 'nobody')).toEqual(gone);
  });
  it('other groups hide the same runs', () => {
    const hidden = { hide: ['["0.5"]', 'a', '["7"]', 'z'], solo: null };
    expect(regrouped(groups, hidden)).toEqual({ hide: ['z', 'a', 'c', 'd'], solo: null });
    expect(hiddenIn(single, regrouped(groups, { hide: [], solo: '["0.1"]' }))).toBe('cd');
  });
});

describe('showing one alone', () => {
  it('hides the others, and again shows what was seen before', () => {
    const hidden = { hide: ['a'], solo: null };
    const alone = toggleSolo(hidden, 'c');
    expect(hiddenIn(single, alone)).toBe('abd');
    expect(toggleSolo(alone, 'c')).toEqual(hidden);
    expect(hiddenIn(single, toggleSolo(alone, 'a'))).toBe('bcd');
  });
  it('works for a group and for one of its runs', () => {
    expect(hiddenIn(groups, { hide: [], solo: '["0.5"]' })).toBe('ab');
    expect(hiddenIn(groups, { hide: [], solo: 'c' })).toBe('abd');
  });
  it('one that is gone hides nothing', () => expect(hiddenIn(single, { hide: ['a'], solo: 'z' })).toBe('a'));
  it('another that is shown then is seen beside it', () =>
    expect(hiddenIn(single, toggleHidden(single, { hide: [], solo: 'c' }, 'a'))).toBe('bd'));
});

const key = fc.constantFrom('a', 'b', 'c', 'd', '["0.1"]', '["0.5"]', 'z', '["9"]');
const visibility = fc.record({ hide: fc.uniqueArray(key), solo: fc.option(key) });
const meant = (of: string): string[] => (of === '["0.1"]' ? ['a', 'b'] : of === '["0.5"]' ? ['c', 'd'] : [of]);

it('whatever was hidden, one click on a line of a group turns it and nothing else', () =>
  fc.assert(
    fc.property(visibility, fc.constantFrom('a', 'b', 'c', 'd', '["0.1"]', '["0.5"]'), (before, at) => {
      const [was, now] = [hiddenRuns(groups, before), hiddenRuns(groups, toggleHidden(groups, before, at))];
      const hides = !meant(at).every((run) => was.has(run));
      for (const run of ['a', 'b', 'c', 'd'])
        expect(now.has(run), run).toBe(meant(at).includes(run) ? hides : was.has(run));
    }),
  ));

it('whatever was hidden, other groups change nothing that is seen', () =>
  fc.assert(
    fc.property(visibility, (before) => {
      const was = hiddenIn(groups, before);
      expect(hiddenIn(single, regrouped(groups, before))).toBe(was);
    }),
  ));

it('keys stand in an address as they are, whatever is in them', () =>
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1 })), (keys) => {
      expect(keysOf(keysText(keys))).toEqual(keys);
    }),
  ));

it('ids stand in an address in plain words', () => {
  expect(keysText(['20260101-a', '20260102-b'])).toBe('20260101-a,20260102-b');
  expect(keysText([])).toBeUndefined();
  expect(keysOf('["0.1"%2C"5%25"],a,a')).toEqual(['["0.1","5%"]', 'a']);
});
