import { afterEach, beforeEach, expect, it } from 'vitest';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { lockStore } from '../testing/locked.ts';
import { until } from '../testing/open.ts';
import { openStore } from './store.ts';
import type { Store } from './store.ts';

let folder: TemporaryFolder;
let store: Store;
beforeEach(() => {
  folder = temporaryFolder();
  store = openStore(folder.path);
});
afterEach(() => {
  store.close();
  folder.remove();
});

it('the lock is waited for anew each time, without blocking, also after a look that found it free', async () => {
  const told: (string | null)[] = [];
  store.lock.onWaiting((message) => told.push(message));
  await store.lock.free();
  await store.lock.free();
  const letGo = await lockStore(folder.path);
  let over = false;
  const waiting = store.lock.free().then(() => (over = true));
  await until(() => told.length === 1);
  expect(over).toBe(false);
  expect(told[0]).toContain('waiting for another Valleywalk process');
  await letGo();
  await waiting;
  expect(told).toEqual([told[0], null]);
});
