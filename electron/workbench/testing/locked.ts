/** Locks a store by a process of its own, for tests. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Starts a process that holds a store's write lock. @returns what lets it go */
export async function lockStore(folder: string): Promise<() => Promise<void>> {
  const child = fork(
    fileURLToPath(new URL('../store/testing/hold-lock.ts', import.meta.url)),
    [join(folder, 'valleywalk.sqlite')],
    {
      execArgv: [],
    },
  );
  await once(child, 'message');
  return async () => {
    child.send('let go');
    await once(child, 'exit');
  };
}
