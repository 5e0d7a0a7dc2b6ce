import { expect, test } from 'vitest';
import type { RunRecord } from '../../shared/records.ts';
import { findRun } from './find-run.ts';

const runs = [
  { run: '20261122-153012-k3f9', name: 'quick walk' },
  { run: '20261122-153112-aaaa', name: 'quick walk' },
  { run: '20261123-100000-bbbb', name: 'slow' },
] as RunRecord[];

test.each([
  ['20261122-153012-k3f9', '20261122-153012-k3f9'],
  ['k3f9', '20261122-153012-k3f9'],
  ['20261123', '20261123-100000-bbbb'],
  ['slow', '20261123-100000-bbbb'],
])('%s means %s', (meant, run) => expect(findRun(runs, meant).run).toBe(run));

test('what fits several or none is refused, naming those that fit', () => {
  expect(() => findRun(runs, 'quick walk')).toThrow(/any of 2 runs: 20261122-153012-k3f9 \(quick walk\)/);
  expect(() => findRun(runs, 'zzz')).toThrow(/no run zzz/);
  expect(() => findRun(runs, '')).toThrow(/no run/);
});
