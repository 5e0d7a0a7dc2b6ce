/**
 * The folder `setups` of a store: `NAME.json` says what is set up, and names the folder beside it that holds what was put there. A folder
 * is filled first and named last, in one rename: at any moment either the earlier setup is there or the new one.
 */
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { checkValue } from '../../../shared/check-value.ts';
import { setUpSchema } from '../../../shared/setups.ts';
import type { SetUp } from '../../../shared/setups.ts';
import { isAlive, ownersFolder } from '../store/owners.ts';
import { fileMode, folderMode } from '../store/private.ts';
import type { Store } from '../store/store.ts';

/** Name of what a process fills: the setup, the process's claim, and a number. */
const filled = /^([\w-]+)-([0-9a-f]+)-\d+(\.part)?$/;

const storedSchema = setUpSchema.extend({ folder: z.string().regex(filled) });

/** What is set up, and the folder that holds it. */
interface StoredSetup {
  what: SetUp;
  /** Absolute. */
  folder: string;
}

/** The setups of a store on disk. */
export interface SetupFolders {
  /** What is set up: null where nothing is, `damaged` where that cannot be read. */
  read: (setup: string) => StoredSetup | 'damaged' | null;
  /** Makes an empty folder to be filled. */
  begin: (setup: string) => string;
  /** Makes a filled folder the setup; the earlier one is removed. */
  finish: (setup: string, folder: string, what: SetUp) => Promise<void>;
  /** Removes a folder that was not finished. */
  discard: (folder: string) => Promise<void>;
  /** Removes what is set up. */
  remove: (setup: string) => Promise<void>;
  /** Removes what processes that are gone left half filled, or half removed. */
  sweep: () => Promise<void>;
}

/** The setups of a store. */
export function setupFolders({ folder: store, owner }: Pick<Store, 'folder' | 'owner'>): SetupFolders {
  const root = join(store, 'setups');
  const about = (setup: string): string => join(root, `${setup}.json`);
  const discard = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });
  let number = 0;
  const fresh = (setup: string): string => join(root, `${setup}-${owner}-${++number}`);
  const read: SetupFolders['read'] = (setup) => {
    let text: string;
    try {
      text = readFileSync(about(setup), 'utf8');
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : 'damaged';
    }
    try {
      const found = checkValue(storedSchema, JSON.parse(text) as unknown);
      if (!found.success) return 'damaged';
      const { folder, ...what } = found.data;
      return { what, folder: join(root, folder) };
    } catch {
      return 'damaged';
    }
  };
  /** Names in `setups` of what processes fill or have filled. */
  const folders = (): { name: string; setup: string; token: string }[] => {
    let names: string[];
    try {
      names = readdirSync(root);
    } catch {
      // nothing was ever set up
      return [];
    }
    return names.flatMap((name) => {
      const [, setup, token] = filled.exec(name) ?? [];
      return setup === undefined || token === undefined ? [] : [{ name, setup, token }];
    });
  };
  /** Removes what a setup was before. A damaged description names no folder: then all that no living process fills but the present one. */
  const forget = async (setup: string, before: ReturnType<typeof read>): Promise<void> => {
    if (before !== 'damaged') {
      if (before !== null) await discard(before.folder);
      return;
    }
    const now = read(setup);
    for (const each of folders()) {
      // one thing is done at a time here, so that what this process filled is finished or left over
      const fills = each.token !== owner && isAlive(ownersFolder(store), each.token);
      if (each.setup !== setup || fills || now === 'damaged' || now?.folder === join(root, each.name)) continue;
      await discard(join(root, each.name));
    }
  };
  return {
    read,
    discard,
    begin(setup) {
      mkdirSync(root, { recursive: true, mode: folderMode });
      const folder = fresh(setup);
      mkdirSync(folder, { mode: folderMode });
      return folder;
    },
    async finish(setup, folder, what) {
      const before = read(setup);
      const part = `${fresh(setup)}.part`;
      const stored: z.output<typeof storedSchema> = { ...what, folder: folder.slice(root.length + 1) };
      writeFileSync(part, `${JSON.stringify(stored, null, 2)}\n`, { mode: fileMode });
      renameSync(part, about(setup));
      // the new one is there; what is left of the one before is swept by a later process
      await forget(setup, before).catch(() => undefined);
    },
    async remove(setup) {
      const before = read(setup);
      await rm(about(setup), { force: true });
      await forget(setup, before);
    },
    async sweep() {
      for (const { name, setup, token } of folders()) {
        if (token === owner || isAlive(ownersFolder(store), token)) continue;
        const stored = read(setup);
        // what is named may be the damaged file's
        if (stored === 'damaged' || stored?.folder === join(root, name)) continue;
        await discard(join(root, name));
      }
    },
  };
}
