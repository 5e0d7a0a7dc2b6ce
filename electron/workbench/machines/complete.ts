/** Gives a run's shared folder what it lacks to go on: its task, and a base where the pieces are gone that were taken in. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { JobContext } from '../jobs/context.ts';
import { copyWhole, makeFolders, studyPaths, writeWhole } from './files.ts';
import type { RunPaths } from './files.ts';
import { asText, baseSchema, readJson, taskFileSchema } from './folder.ts';
import type { Base, TaskFile } from './folder.ts';
import { readPiece } from './pieces.ts';

/** Writes the task of a run, and makes its folders. @param folder of its study */
export async function writeTask(folder: string, task: TaskFile): Promise<void> {
  const paths = studyPaths(folder).run(task.run);
  await makeFolders(paths.folder, paths.pieces, paths.checkpoints, paths.parameters);
  await writeWhole(paths.task, asText(task));
}

/**
 * Completes the folder of a run that waits to be submitted again, and that this process owns.
 * @param forget called where the records of the run were cut
 * @throws ValleywalkError kind `input` where its data or its checkpoint is gone
 */
export async function completeRun(
  { store, publish, datasets }: Pick<JobContext, 'store' | 'publish' | 'datasets'>,
  run: string,
  forget: (run: string) => void,
): Promise<void> {
  const { record, backend, threads } = store.runs.get(run);
  const { experiment, machine } = record;
  const { folder, taken, last } = machine!;
  const paths = studyPaths(folder).run(run);
  if ((await readJson(paths.task, taskFileSchema).catch(() => null)) === null) {
    const dataset = datasets().find(({ id }) => id === experiment.data.set);
    if (!dataset)
      throw new ValleywalkError('input', `run ${run} (${record.name}) cannot be resumed: its data set is gone`);
    await writeTask(folder, { run, experiment, dataset, backend, threads: threads ?? 1 });
  }
  if (taken === 0 || (await goesOn(paths, run, taken, last))) return;
  // what lies there is of another computation, with other boundaries
  await rm(paths.pieces, { recursive: true, force: true });
  await makeFolders(paths.pieces, paths.checkpoints, paths.parameters);
  while (await store.lock.patiently(() => store.rewindPiece(run))) await setImmediate();
  const key = store.runs.key(run);
  const { checkpoint, removeFiles } = await store.lock.patiently(() =>
    store.transaction(() => {
      const rewound = store.rewind(run);
      store.runs.change(run, { iterations_done: rewound.checkpoint?.iteration ?? 0, summary: store.summary(run) });
      return rewound;
    }),
  );
  removeFiles();
  forget(run);
  publish('run.rewound', { run });
  publish('run.changed', store.runs.get(run).record);
  if (checkpoint) {
    const { file } = checkpoint;
    await copyWhole(join(store.checkpoints.folder(run), file), join(paths.checkpoints, file), checkpoint);
  }
  const elapsed = store.records.elapsed(key);
  const base: Base = { pieces: taken, previous: last ?? null, checkpoint, elapsed_seconds: elapsed };
  await writeWhole(paths.base, asText(base));
}

/** Whether the last piece that was taken in lies there, or a base in its place. */
async function goesOn(paths: RunPaths, run: string, taken: number, last: string | undefined): Promise<boolean> {
  const piece = await readPiece(paths.piece(taken), { run, piece: taken }).catch(() => null);
  if (piece) return piece.sha256 === last;
  const base = await readJson(paths.base, baseSchema).catch(() => null);
  if (base?.pieces !== taken || base.previous !== (last ?? null)) return false;
  const next = await readPiece(paths.piece(taken + 1), { run, piece: taken + 1 }).catch(() => null);
  return next !== null && next.previous === base.previous;
}
