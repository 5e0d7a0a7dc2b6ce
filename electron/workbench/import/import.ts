/** Imports a trajectory: checks it as a whole, copies its files, then queues the walk along it. Nothing half-imported stays behind. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ValleywalkError } from '../../../shared/protocol.ts';
import type { RunRecord } from '../../../shared/records.ts';
import type { ParameterFile } from '../../../shared/trainer-messages.ts';
import type { Context } from '../context.ts';
import { converse } from '../converse.ts';
import { copyParameters } from '../export/files.ts';
import { storeError } from '../store/errors.ts';
import { readTrajectory } from './folder.ts';
import type { ReadTrajectory } from './folder.ts';

/** Milliseconds that a trainer may take to read all files. */
const patience = 600_000;

/**
 * Imports the trajectory in a folder as a run that walks along its points.
 * @param folder absolute path
 * @throws ValleywalkError kind `input` with what is wrong and what to do; the store is as it was then
 */
export async function importTrajectory(
  { store, queue, fork, datasets }: Pick<Context, 'store' | 'queue' | 'fork' | 'datasets'>,
  folder: string,
  backend: string,
): Promise<RunRecord> {
  const trajectory = await readTrajectory(folder, datasets.list());
  const files = await inspect(fork, trajectory);
  const staging = store.stagingFolder();
  try {
    await mkdir(staging, { recursive: true });
    for (const [index, file] of files.entries())
      await copyParameters(trajectory.files[index]!, join(staging, file.file), file, 'import the folder again');
    return queue.startImported({ ...trajectory, backend, files, staging });
  } catch (error) {
    throw storeError(error, staging);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Lets a trainer check every file against the architecture. @throws ValleywalkError naming the first that does not fit, and how */
async function inspect(
  fork: Context['fork'],
  { points, files, experiment, dataset }: ReadTrajectory,
): Promise<ParameterFile[]> {
  let found: ParameterFile[] | null = null;
  let refused: string | null = null;
  const failure = await converse(fork, { type: 'inspect', experiment, dataset, files }, patience, (report) => {
    if (report.type === 'inspected')
      found = points.map(({ iteration }, index) => ({
        iteration,
        file: `iteration-${String(iteration).padStart(6, '0')}.safetensors`,
        ...report.files[index]!,
      }));
    else refused = report.type === 'ended' ? report.message : 'the trainer answered with something else';
    return 'done';
  }).promise;
  if (found) return found;
  throw new ValleywalkError(
    'input',
    `the trajectory cannot be imported: ${refused ?? `the process that read its files ${failure}`}`,
  );
}
