/** Kept parameters: .safetensors files in STORE/parameters/RUN/, their checksums in the database. */
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ParameterFile } from '../../../shared/trainer-messages.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { Database } from './database.ts';
import { runFolders } from './run-folders.ts';
import type { RunFolders } from './run-folders.ts';

/** The parameter files of a store's runs. */
export interface ParameterFiles extends RunFolders {
  /**
   * Writes a complete file down.
   * @throws ValleywalkError kind `internal` when it is not there, is not of the size told, or its name is not plain.
   */
  add(run: string, key: number, file: ParameterFile): void;
  /** A run's files by iteration. */
  list(key: number): ParameterFile[];
  /** Forgets the files after an iteration. @returns what removes them from the disk, to be called after the transaction */
  rewind(run: string, key: number, kept: number): () => void;
}

/** @param root STORE/parameters */
export function prepareParameterFiles(database: Database, root: string): ParameterFiles {
  const insert = database.prepare(
    'INSERT INTO parameter_files (run_key, iteration, file, sha256, bytes) VALUES (?, ?, ?, ?, ?)',
  );
  const list = database.prepare<ParameterFile>(
    'SELECT iteration, file, sha256, bytes FROM parameter_files WHERE run_key = ? ORDER BY iteration',
  );
  const forget = database.prepare('DELETE FROM parameter_files WHERE run_key = ? AND iteration > ?');
  const folders = runFolders(root);
  const folder = (run: string): string => folders.folder(run);
  return {
    ...folders,
    add(run, key, file) {
      if (!/^[\w][\w.-]*$/.test(file.file))
        throw new ValleywalkError('internal', `the trainer named a parameter file ${JSON.stringify(file.file)}`);
      const size = statSync(join(folder(run), file.file), { throwIfNoEntry: false })?.size;
      if (size !== file.bytes)
        throw new ValleywalkError(
          'internal',
          `parameter file ${join(folder(run), file.file)} has ${size ?? 'no'} bytes, the trainer wrote ${file.bytes}`,
        );
      insert.run(key, file.iteration, file.file, file.sha256, file.bytes);
    },
    list: (key) => list.all(key),
    rewind(run, key, kept) {
      const gone = list.all(key).filter(({ iteration }) => iteration > kept);
      forget.run(key, kept);
      return () => {
        for (const { file } of gone)
          try {
            rmSync(join(folder(run), file), { force: true });
          } catch {
            // in use, on Windows: the same file is written again
          }
      };
    },
  };
}
