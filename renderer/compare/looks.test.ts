/** What a window remembers of the looks of a comparison. */
import { beforeEach, expect, it, vi } from 'vitest';
import { effectScope, nextTick, ref } from 'vue';
import type { EffectScope } from 'vue';
import { testRun } from '../../shared/charts/testing.ts';
import type { RunRecord } from '../../shared/records.ts';
import { readLooks, useAssignedLooks } from './looks.ts';

const kept = new Map<string, string>();
beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
});

const all = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, testRun(name, { run: name })]));
const runsOf = (names: string): RunRecord[] => [...names].map((name) => all[name]!);

/** A comparison in a window that was just opened. */
function opened(names: string) {
  const chosen = ref(names);
  const group = ref<string[] | null>(null);
  const scope: EffectScope = effectScope();
  const assigned = scope.run(() =>
    useAssignedLooks(
      () => runsOf(chosen.value),
      () => group.value,
    ),
  )!;
  return { chosen, group, assigned, scope };
}

it('lines that stay keep their places, new ones take those of lines that have gone', async () => {
  const { chosen, assigned, scope } = opened('abc');
  expect(assigned.value).toEqual(['a', 'b', 'c']);
  chosen.value = 'bc';
  expect(assigned.value).toEqual(['a', 'b', 'c']);
  chosen.value = 'bcde';
  expect(assigned.value).toEqual(['d', 'b', 'c', 'e']);
  await nextTick();
  scope.stop();
  // a reload knows its runs a little later
  const again = opened('');
  expect(again.assigned.value).toEqual([]);
  again.chosen.value = 'cb';
  expect(again.assigned.value).toEqual(['d', 'b', 'c', 'e']);
  again.scope.stop();
});

it('a comparison of other runs begins anew', () => {
  const { chosen, assigned, scope } = opened('abc');
  expect(assigned.value).toEqual(['a', 'b', 'c']);
  chosen.value = 'ed';
  expect(assigned.value).toEqual(['e', 'd']);
  scope.stop();
});

it('each grouping has its own places, and the same list is the same array', () => {
  const { chosen, group, assigned, scope } = opened('abc');
  const first = assigned.value;
  chosen.value = 'ab';
  expect(assigned.value).toBe(first);
  group.value = ['seed'];
  expect(assigned.value).toEqual(['["1"]']);
  group.value = null;
  chosen.value = 'bc';
  expect(assigned.value).toEqual(['a', 'b', 'c']);
  scope.stop();
});

it('what is damaged in the storage is nothing', () => {
  const nothing = { runs: [], lines: {} };
  for (const stored of [undefined, null, 5, 'x', [], { runs: 5, lines: 7 }, { runs: [1], lines: { x: [2], y: 3 } }])
    expect(readLooks(stored)).toEqual(nothing);
  expect(readLooks({ runs: ['a'], lines: { null: ['a'] } })).toEqual({ runs: ['a'], lines: { null: ['a'] } });
});
