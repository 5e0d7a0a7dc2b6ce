/** Brings a trajectory of this machine's files to the machine that computes. */
import { trajectoryFile } from '../../shared/trajectory.ts';
import type { RunRecord } from '../../shared/records.ts';
import { request } from '../connection/connection.ts';
import { importTrajectory } from './runs.ts';

/** Bytes that are sent at a time. */
const pieceLength = 4 * 2 ** 20;

/** A folder's files of a trajectory, and what the folder is called, where the browser tells. */
export interface ChosenFolder {
  name: string | undefined;
  files: readonly File[];
}

/**
 * Files of a trajectory that lie directly in the folder that was chosen: a browser gives those of all folders below it too.
 * @throws Error with a sentence where there is no trajectory.json among them
 */
export function trajectoryFiles(given: readonly File[]): ChosenFolder {
  const parts = (file: File): string[] => file.webkitRelativePath.split('/');
  const files = given.filter(
    (file) => parts(file).length <= 2 && (file.name === trajectoryFile || file.name.endsWith('.safetensors')),
  );
  const json = files.find(({ name }) => name === trajectoryFile);
  if (!json) throw new Error(`There is no ${trajectoryFile} in the folder that was chosen.`);
  return { name: parts(json)[0] || undefined, files };
}

/**
 * Imports a trajectory of this machine's files: they are brought to the machine that computes, a piece at a time.
 * @param told hears how much is there, as a share
 * @param signal cancels it, until everything is there
 */
export async function importFiles(
  { name, files }: ChosenFolder,
  told: (share: number) => void,
  signal?: AbortSignal,
): Promise<RunRecord> {
  const all = files.reduce((sum, { size }) => sum + size, 0);
  const { upload, folder } = await request('uploads.begin', name === undefined ? {} : { name });
  try {
    let done = 0;
    for (const file of files)
      for (let at = 0; at === 0 || at < file.size; at += pieceLength) {
        signal?.throwIfAborted();
        const bytes = new Uint8Array(await file.slice(at, at + pieceLength).arrayBuffer());
        await request('uploads.write', { upload, name: file.name, at, bytes });
        done += bytes.length;
        told(all === 0 ? 1 : done / all);
      }
    signal?.throwIfAborted();
    return await importTrajectory(folder);
  } finally {
    // what went wrong before is what is told; an upload that cannot be ended goes with its connection
    await request('uploads.end', { upload }).catch(() => undefined);
  }
}
