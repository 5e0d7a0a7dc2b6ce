/** Imports a trajectory: checks it as a whole, copies its files, then queues the walk along it. Nothing half-imported stays behind. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { RunRecord } from '../../../shared/records.ts';
import type { ParameterFile } from '../../../shared/trainer-messages.ts';
import type { Context } from '../context.ts';
import { requestFromTrainer } from '../request-from-trainer.ts';
import type { RunQueue } from '../jobs/run/run.ts';
import { copyParameters } from '../export/files.ts';
import { storeError } from '../store/errors.ts';
import { fileMode, folderMode } from '../store/private.ts';
import { readTrajectory } from './folder.ts';
import type { ReadTrajectory } from './folder.ts';

/** Milliseconds that a trainer may take to read all files. */
const timeout = 600_000;

/**
 * Imports the trajectory in a folder as a run that walks along its points.
 * @param folder absolute path
 * @throws ValleywalkError kind `input` with what is wrong and what to do; the store is as it was then
 */
export async function importTrajectory(
  {
    store,
    runs,
    fork,
    datasets,
  }: Pick<Context, 'store' | 'fork' | 'datasets'> & { runs: Pick<RunQueue, 'startImported'> },
  folder: string,
  backend: string,
): Promise<RunRecord> {
  const trajectory = await readTrajectory(folder, datasets.list());
  const staging = store.stagingFolder();
  try {
    await mkdir(staging, { recursive: true, mode: folderMode });
    const inspected = await inspect(fork, trajectory, staging);
    const files = inspected.map(({ iteration, file, sha256, bytes }) => ({ iteration, file, sha256, bytes }));
    for (const [index, file] of files.entries())
      if (!inspected[index]!.converted)
        await copyParameters(
          trajectory.files[index]!,
          join(staging, file.file),
          file,
          'import the folder again',
          fileMode,
        );
    const changes = [...new Set(inspected.flatMap((point) => point.changes))];
    const imported = changes.length === 0 ? trajectory.imported : { ...trajectory.imported, changes };
    // rather than to read everything again
    await store.lock.free();
    return runs.startImported({ ...trajectory, imported, backend, files, staging });
  } catch (error) {
    throw storeError(error, staging);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** A point's file in the store, and what became of it on the way. */
type InspectedFile = ParameterFile & { converted: boolean; changes: string[] };

/**
 * Lets a trainer check every file against the architecture, and write those anew into `staging` that are no float32 under its names. @throws ValleywalkError naming the first that does not fit, and how
 */
async function inspect(
  fork: Context['fork'],
  { points, files, experiment, dataset }: ReadTrajectory,
  staging: string,
): Promise<InspectedFile[]> {
  const names = points.map(({ iteration }) => `iteration-${String(iteration).padStart(6, '0')}.safetensors`);
  const converted = names.map((name) => join(staging, name));
  let found: InspectedFile[] | null = null;
  let refused: string | null = null;
  const failure = await requestFromTrainer(
    fork,
    { type: 'inspect', experiment, dataset, files, converted },
    timeout,
    (report) => {
      if (report.type === 'inspected')
        found = points.map(({ iteration }, index) => ({
          iteration,
          file: names[index]!,
          ...report.files[index]!,
        }));
      else refused = report.type === 'ended' ? report.message : 'the trainer answered with something else';
      return 'done';
    },
  ).promise;
  if (found) return found;
  throw new ValleywalkError(
    'input',
    `the trajectory cannot be imported: ${refused ?? `the process that read its files ${failure}`}`,
  );
}
