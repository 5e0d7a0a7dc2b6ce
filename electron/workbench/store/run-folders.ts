/** Folders of files that belong to runs: one a run, named by its id, gone with it. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { folderMode } from './private.ts';

/** The folders under one root. */
export interface RunFolders {
  /** The folder of a run's files. */
  folder(run: string): string;
  /** Makes the folder of a run's files. */
  makeFolder(run: string): string;
  /** Removes a run's folder; a folder that cannot be removed is left for {@link RunFolders.sweep}. */
  removeFolder(run: string): void;
  /** As `removeFolder`, file by file, while other things go on. @param stopped asked before each file */
  clearFolder(run: string, stopped: () => boolean): Promise<void>;
  /** Removes folders whose run is gone. */
  sweep(exists: (run: string) => boolean): void;
}

/** @param root made with the first folder in it */
export function runFolders(root: string): RunFolders {
  const folder = (run: string): string => join(root, run);
  const removeFolder = (run: string): void => {
    try {
      rmSync(folder(run), { recursive: true, force: true });
    } catch {
      // in use, on Windows: the next opening of the store tries again
    }
  };
  return {
    folder,
    makeFolder(run) {
      mkdirSync(folder(run), { recursive: true, mode: folderMode });
      return folder(run);
    },
    removeFolder,
    async clearFolder(run, stopped) {
      const options = { recursive: true, force: true };
      try {
        for (const name of await readdir(folder(run))) {
          if (stopped()) return;
          await rm(join(folder(run), name), options);
        }
        await rm(folder(run), options);
      } catch {
        // there is none, or it is in use, on Windows
      }
    },
    sweep(exists) {
      let names: string[];
      try {
        names = readdirSync(root);
      } catch {
        return;
      }
      for (const run of names) if (!exists(run)) removeFolder(run);
    },
  };
}
