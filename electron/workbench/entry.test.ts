/** The workbench as a process of its own, as a desktop starts it. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../datasets/testing.ts';
import type { TemporaryFolder } from '../datasets/testing.ts';
import type { Child } from '../processes/child.ts';
import { nodeFork } from '../processes/node.ts';
import type { WorkbenchToHost } from './host-messages.ts';
import { openStore } from './store/store.ts';

let folder: TemporaryFolder;
let child: Child | null = null;
beforeEach(() => void (folder = temporaryFolder()));
afterEach(() => {
  child?.kill();
  folder.remove();
});

test('the host is told what the opening of a store waits for, while it waits', async () => {
  openStore(folder.path).close();
  const other = new Database(join(folder.path, 'valleywalk.sqlite'));
  other.pragma('locking_mode = EXCLUSIVE');
  other.exec('BEGIN EXCLUSIVE');
  const said: WorkbenchToHost[] = [];
  const started = nodeFork(fileURLToPath(new URL('entry.ts', import.meta.url)))();
  child = started;
  const opened = new Promise<void>((resolve, reject) => {
    started.onMessage((raw) => {
      const message = raw as WorkbenchToHost;
      said.push(message);
      if (message.type === 'notice') other.close();
      else resolve();
    });
    started.onExit(() => reject(new Error(started.stderr())));
  });
  started.send({
    type: 'open',
    store: folder.path,
    resources: fileURLToPath(new URL('../../resources', import.meta.url)),
    version: 'test',
    runtime: 'test',
    trainer: 'trainer.js',
  });
  await opened;
  expect(said).toEqual([
    { type: 'notice', message: expect.stringContaining(`waiting for another Valleywalk process`) as string },
    { type: 'opened' },
  ]);
});
