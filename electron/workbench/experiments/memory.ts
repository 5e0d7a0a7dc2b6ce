/** The memory of this machine. */
import { totalmem } from 'node:os';

/** Bytes that there are for this process, a container's limit counted in, and bytes that are free now. */
export function machineMemory(): { total: number; free: number } {
  const limit = process.constrainedMemory();
  const total = limit > 0 && limit < totalmem() ? limit : totalmem();
  return { total, free: Math.min(total, process.availableMemory()) };
}

/** Bytes as `1.4 GiB`. */
export function formatGibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
