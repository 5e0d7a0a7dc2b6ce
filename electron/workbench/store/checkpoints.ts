/** Checkpoint files, in STORE/checkpoints/RUN/; which of them counts stands in the run's row. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { Checkpoint } from '../../../shared/trainer-messages.ts';
import { runFolders } from './run-folders.ts';
import type { RunFolders } from './run-folders.ts';

/** The checkpoint files of a store's runs. */
export interface Checkpoints extends RunFolders {
  /** Removes a checkpoint that another one has replaced. */
  remove(run: string, checkpoint: Checkpoint): void;
  /** Removes everything of a run but one checkpoint. Only when no trainer works on it: it may be writing the next. */
  prune(run: string, keep: Checkpoint | null): void;
  /** @throws ValleywalkError kind `input` when the file is gone or not of its size */
  require(run: string, checkpoint: Checkpoint): void;
}

/** @param root STORE/checkpoints */
export function checkpointFiles(root: string): Checkpoints {
  const folders = runFolders(root);
  return {
    ...folders,
    remove(run, { file }) {
      try {
        rmSync(join(folders.folder(run), file), { force: true });
      } catch {
        // in use, on Windows: it goes when the run is resumed or over
      }
    },
    prune(run, keep) {
      try {
        for (const name of readdirSync(folders.folder(run)))
          if (name !== keep?.file) rmSync(join(folders.folder(run), name), { force: true });
      } catch {
        // in use, on Windows: it goes when the run is over
      }
    },
    require(run, { file, bytes, iteration }) {
      const path = join(folders.folder(run), file);
      const size = statSync(path, { throwIfNoEntry: false })?.size;
      if (size !== bytes)
        throw new ValleywalkError(
          'input',
          `run ${run} cannot be resumed: its checkpoint of iteration ${iteration}, ${path}, ${size === undefined ? 'is gone' : `has ${size} bytes instead of ${bytes}`}; restore the file, or run the experiment again`,
        );
    },
  };
}
