/** Files that come in pieces from a window that has no folder on this machine: each upload a folder of its own, for as long as it is needed. */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, sep } from 'node:path';
import { ValleywalkError } from '../../../shared/errors.ts';

/** Uploads by their ids. */
export interface Uploads {
  /**
   * Begins one.
   * @param name of the folder where it was chosen, for messages
   * @returns its id, and its folder, which can be read from as any other
   */
  begin(name?: string): { upload: string; folder: string };
  /**
   * Writes bytes at the end of a file.
   * @param name without folders, as the protocol checks
   * @param at how long the file is; 0 begins it
   * @throws ValleywalkError kind `missing` for an upload that is over, `input` for a name that is there already, a piece that does not
   *   follow the last one, and where the disk takes no more
   */
  write(upload: string, name: string, at: number, bytes: Uint8Array): void;
  /** An error about files of an upload, with the names that they have where they were chosen; others as they are. */
  asChosen(error: unknown): unknown;
  /** Ends one and removes its files. */
  end(upload: string): void;
  /** Ends all. */
  close(): void;
}

/** An upload that is not over. */
interface Upload {
  folder: string;
  name: string | undefined;
  /** Bytes of its files by their names. */
  files: Map<string, number>;
}

/** Most bytes that uploads take together. */
const mostBytes = 4 * 2 ** 30;

/** What folders of uploads begin with; the number of their process follows. */
const prefix = 'valleywalk-upload-';

/** No uploads yet; the first one removes what processes that are gone have left of theirs. */
export function openUploads(most = mostBytes): Uploads {
  let isSwept = false;
  const open = new Map<string, Upload>();
  const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true });
  return {
    begin(name) {
      if (!isSwept) sweep();
      isSwept = true;
      const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
      const upload = basename(folder);
      open.set(upload, { folder, name, files: new Map() });
      return { upload, folder };
    },
    write(upload, name, at, bytes) {
      const found = open.get(upload);
      if (found === undefined) throw new ValleywalkError('missing', 'this upload is over; begin it again');
      const { folder, files } = found;
      const long = files.get(name);
      if (at === 0 && long !== undefined) throw twice(name);
      if (at !== (long ?? 0))
        throw new ValleywalkError('input', `a piece of ${name} is missing; import the folder again`);
      const lengths = [...open.values()].flatMap((each) => [...each.files.values()]);
      if (lengths.reduce((sum, length) => sum + length, bytes.length) > most)
        throw new ValleywalkError(
          'input',
          `uploads take at most ${most / 2 ** 30} GiB together; copy the folder to the machine that computes and name it there`,
        );
      try {
        writeFileSync(join(folder, name), bytes, { flag: at === 0 ? 'wx' : 'a', mode: 0o600 });
      } catch (error) {
        throw writeError(name, error as NodeJS.ErrnoException);
      }
      files.set(name, at + bytes.length);
    },
    asChosen(error) {
      if (!(error instanceof ValleywalkError)) return error;
      const plain = (text: string): string =>
        [...open.values()].reduce(
          (now, { folder, name }) =>
            name === undefined || name === ''
              ? now.replaceAll(`${folder}${sep}`, '').replaceAll(folder, 'the folder that was chosen')
              : now.replaceAll(folder, () => name),
          text,
        );
      const problems = error.problems.map(({ path, message }) => ({ path, message: plain(message) }));
      return new ValleywalkError(error.kind, plain(error.message), problems);
    },
    end(upload) {
      const found = open.get(upload);
      if (found === undefined) return;
      open.delete(upload);
      remove(found.folder);
    },
    close() {
      for (const { folder } of open.values()) remove(folder);
      open.clear();
    },
  };
}

/** Removes the folders of processes that are gone. */
function sweep(): void {
  const began = performance.timeOrigin;
  for (const name of readdirSync(tmpdir())) {
    const owner = Number(/^valleywalk-upload-(\d+)-/.exec(name)?.[1] ?? 0);
    if (owner === 0) continue;
    const folder = join(tmpdir(), name);
    try {
      // a process before this one may have had its number
      const gone = owner === process.pid ? statSync(folder).mtimeMs < began : !isThere(owner);
      if (gone) rmSync(folder, { recursive: true, force: true });
    } catch {
      // another user's, or gone meanwhile
    }
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function twice(name: string): ValleywalkError {
  return new ValleywalkError('input', `there are two files ${name}; a folder of a trajectory has one of each name`);
}

/** Why a file cannot be written, without the path that it has here. */
function writeError(name: string, { code, message }: NodeJS.ErrnoException): ValleywalkError {
  // names that differ by case only, where the disk does not tell them apart
  if (code === 'EEXIST') return twice(name);
  const why =
    code === 'ENOSPC' ? 'its disk is full' : code === 'ENOENT' ? 'the upload’s folder is gone' : (code ?? message);
  return new ValleywalkError('input', `cannot write ${name} on the machine that computes: ${why}`);
}
