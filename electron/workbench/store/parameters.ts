/** Kept parameters: .safetensors files in STORE/parameters/RUN/, their checksums in the database. */
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ParameterFile } from '../../../shared/trainer-messages.ts';
import { ValleywalkError } from '../../../shared/protocol.ts';
import type { Database } from './database.ts';

/** The parameter files of a store's runs. */
export interface ParameterFiles {
  /** The folder of a run's files. */
  folder(run: string): string;
  /** Makes the folder of a run's files. */
  makeFolder(run: string): string;
  /**
   * Writes a complete file down.
   * @throws ValleywalkError kind `internal` when it is not there, is not of the size told, or its name is not plain.
   */
  add(run: string, key: number, file: ParameterFile): void;
  /** A run's files by iteration. */
  list(key: number): ParameterFile[];
  /** Removes a run's folder; a folder that cannot be removed is left for {@link ParameterFiles.sweep}. */
  removeFolder(run: string): void;
  /** Removes folders whose run is gone. */
  sweep(exists: (run: string) => boolean): void;
}

/** @param root STORE/parameters */
export function prepareParameterFiles(database: Database, root: string): ParameterFiles {
  const insert = database.prepare(
    'INSERT INTO parameter_files (run_key, iteration, file, sha256, bytes) VALUES (?, ?, ?, ?, ?)',
  );
  const list = database.prepare<ParameterFile>(
    'SELECT iteration, file, sha256, bytes FROM parameter_files WHERE run_key = ? ORDER BY iteration',
  );
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
      mkdirSync(folder(run), { recursive: true });
      return folder(run);
    },
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
    removeFolder,
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
