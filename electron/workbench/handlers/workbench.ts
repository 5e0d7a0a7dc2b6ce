/** Requests about the workbench itself. */
import { statfs } from 'node:fs/promises';
import { arch, availableParallelism, platform } from 'node:os';
import type { Handlers } from '../../../shared/protocol.ts';
import type { StoreCheck } from '../../../shared/store-check.ts';
import { checkInThread } from '../store/check-thread.ts';
import { backendSelection } from '../backend-selection.ts';
import type { Context } from '../context.ts';

/** Handlers of `workbench.*`. */
export function workbenchHandlers(context: Context): Pick<Handlers, Extract<keyof Handlers, `workbench.${string}`>> {
  let checking: Promise<StoreCheck> | null = null;
  return {
    // whoever asks while it is checked has the same answer
    'workbench.checkStore': () => (checking ??= checkInThread(context.store.folder).finally(() => (checking = null))),
    'workbench.info': async () => ({
      version: context.version,
      store: context.store.folder,
      read_only: context.store.readOnly,
      free_bytes: await freeBytes(context.store.folder),
      runtime: context.runtime,
      platform: `${platform()} ${arch()}`,
      cores: availableParallelism(),
      backends: await context.backends(),
      setups: context.setups.list(),
      ...backendSelection(context.store),
    }),
  };
}

/** Bytes free for this user on the disk that holds a folder; null where the system does not tell. */
async function freeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
