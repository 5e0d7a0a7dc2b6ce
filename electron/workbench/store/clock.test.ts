import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { experimentSchema } from '../../../shared/experiment.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { openStore } from './store.ts';
import type { Store } from './store.ts';

let folder: TemporaryFolder;
let store: Store;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-29T12:00:00Z') });
  folder = temporaryFolder();
  store = openStore(folder.path);
});
afterEach(() => {
  store.close();
  vi.useRealTimers();
  folder.remove();
});
const create = (name: string): string =>
  store.create({ experiment: experimentSchema.parse({ name }), iterationsTotal: 1, parameters: 1, backend: 'cpu' })
    .record.run;

it('a run neither starts before it was made nor ends before it started when the clock is set back', () => {
  const run = create('long');
  const moment = (iso: string): string => (vi.setSystemTime(new Date(iso)), new Date().toISOString());
  store.runs.change(run, { status: 'running', started_at: moment('2026-11-29T11:00:00Z') });
  expect(store.runs.get(run).record.started_at).toBe('2026-11-29T12:00:00.000Z');
  const { record } = store.runs.change(run, { status: 'finished', finished_at: moment('2025-01-01T00:00:00Z') });
  expect(record.finished_at).toBe(record.started_at);
  expect(store.runs.change(run, { finished_at: null }).record.finished_at).toBeNull();
});

it('the order of runs is the order in which they were made, whatever the clock was set to', () => {
  const first = create('first');
  vi.setSystemTime(new Date('2024-01-01T00:00:00Z'));
  const second = create('second');
  vi.setSystemTime(new Date('2030-01-01T00:00:00Z'));
  const third = create('third');
  const listed = store.runs.list().map(({ record }) => record);
  expect(listed.map(({ run }) => run)).toEqual([third, second, first]);
  const sequence = listed.map((record) => record.sequence);
  expect(sequence).toEqual([...new Set(sequence)].sort((a, b) => b - a));
});
