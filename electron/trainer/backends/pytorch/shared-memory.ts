/** Memory that this process and Python's share, on Linux: a file without a name in /dev/shm. */
import { closeSync, constants, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';

/** A memory that both processes read and write. */
export interface SharedMemory {
  /** To be handed to the other process. */
  readonly descriptor: number;
  write(bytes: Uint8Array, at: number): void;
  read(bytes: Uint8Array, at: number): void;
  /** This process's part is given up; the memory is free once the other has ended too. */
  close(): void;
}

const folder = '/dev/shm';

/** Linux's flag for a file that never has a name, which Node does not list. */
const noName = 0o20000000 | constants.O_DIRECTORY;

/**
 * Opens one that nothing is left of, however both processes end; null where there is none.
 * @param nameless whether a file is tried that never has a name, as usual; else it has one for no longer than its opening takes
 */
export function sharedMemory({ nameless = true } = {}): SharedMemory | null {
  if (process.platform !== 'linux') return null;
  const descriptor = (nameless ? openNameless() : null) ?? openUnlinked();
  if (descriptor === null) return null;
  return {
    descriptor,
    write: (bytes, at) => whole(bytes, at, (...where) => writeSync(descriptor, ...where)),
    read: (bytes, at) => whole(bytes, at, (...where) => readSync(descriptor, ...where)),
    close: () => closeSync(descriptor),
  };
}

function openNameless(): number | null {
  try {
    return openSync(folder, constants.O_RDWR | noName, 0o600);
  } catch {
    // a file system without such files
    return null;
  }
}

function openUnlinked(): number | null {
  const path = `${folder}/valleywalk-${process.pid}-${randomBytes(8).toString('hex')}`;
  try {
    const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    unlinkSync(path);
    return descriptor;
  } catch {
    return null;
  }
}

/** The system moves 2 GiB at once at most. */
function whole(
  bytes: Uint8Array,
  at: number,
  move: (bytes: Uint8Array, offset: number, length: number, position: number) => number,
): void {
  for (let done = 0; done < bytes.length;) {
    const moved = move(bytes, done, bytes.length - done, at + done);
    if (moved === 0) throw new Error(`the memory shared with Python has ${at + done} bytes, and more were expected`);
    done += moved;
  }
}
