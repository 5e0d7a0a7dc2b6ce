/** Files that come in pieces from a window that has no folder on this machine: each upload a folder of its own, for as long as it is needed. */
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { ValleywalkError } from '../../../shared/errors.ts';

/** Uploads by their ids. */
export interface Uploads {
  /** Begins one. @returns its id, and its folder, which can be read from as any other */
  begin(): { upload: string; folder: string };
  /**
   * Writes bytes at the end of a file.
   * @param name without folders, as the protocol checks
   * @throws ValleywalkError kind `missing` for an upload that is over, `input` where the disk takes no more
   */
  write(upload: string, name: string, bytes: Uint8Array): void;
  /** Ends one and removes its files. */
  end(upload: string): void;
  /** Ends all. */
  close(): void;
}

/** No uploads yet. */
export function openUploads(): Uploads {
  const folders = new Map<string, string>();
  const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true });
  return {
    begin() {
      const folder = mkdtempSync(join(tmpdir(), 'valleywalk-upload-'));
      const upload = basename(folder);
      folders.set(upload, folder);
      return { upload, folder };
    },
    write(upload, name, bytes) {
      const folder = folders.get(upload);
      if (folder === undefined) throw new ValleywalkError('missing', 'this upload is over; begin it again');
      try {
        appendFileSync(join(folder, name), bytes, { mode: 0o600 });
      } catch (error) {
        throw new ValleywalkError('input', `cannot write ${name}: ${(error as Error).message}`);
      }
    },
    end(upload) {
      const folder = folders.get(upload);
      if (folder === undefined) return;
      folders.delete(upload);
      remove(folder);
    },
    close() {
      for (const folder of folders.values()) remove(folder);
      folders.clear();
    },
  };
}
