/** The folders in which files were last saved and chosen: dialogs open there again. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const schema = z.record(z.string(), z.string());

/** Remembers a folder for each purpose, in a file. */
export class RecentFolders {
  readonly #file: string;
  #folders: Record<string, string> | null = null;

  /** @param file where they are kept; a damaged one is as none */
  constructor(file: string) {
    this.#file = file;
  }

  #read(): Record<string, string> {
    try {
      this.#folders ??= schema.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch {
      this.#folders ??= {};
    }
    return this.#folders;
  }

  /** The folder of a purpose; null where there is none, or it is gone. */
  of(purpose: string): string | null {
    const folder = this.#read()[purpose];
    return folder !== undefined && existsSync(folder) ? folder : null;
  }

  /** Remembers one. */
  keep(purpose: string, folder: string): void {
    const all = this.#read();
    if (all[purpose] === folder) return;
    all[purpose] = folder;
    try {
      writeFileSync(`${this.#file}.new`, JSON.stringify(all));
      renameSync(`${this.#file}.new`, this.#file);
    } catch {
      // a dialog that opens elsewhere next time is no reason to disturb anybody
    }
  }
}
