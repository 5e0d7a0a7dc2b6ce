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
  const reported: (string | null)[] = [];
  store.lock.onWaiting((message) => reported.push(message));
  await store.lock.free();
  await store.lock.free();
  const letGo = await lockStore(folder.path);
  let over = false;
  const waiting = store.lock.free().then(() => (over = true));
  await until(() => reported.length === 1);
  expect(over).toBe(false);
  expect(reported[0]).toContain('waiting for another Valleywalk process');
  await letGo();
  await waiting;
  expect(reported).toEqual([reported[0], null]);
});
