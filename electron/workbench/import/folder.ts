/** Reads a trajectory's folder: what trajectory.json says, and whether it can be walked here. */
import { stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { faultsText } from '../../../shared/bounded.ts';
import type { Dataset } from '../../../shared/datasets.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { Problem } from '../../../shared/errors.ts';
import { decodeJson } from '../../../shared/text.ts';
import { asWritten, checkTrajectory, normalisationProblem, trajectoryFile } from '../../../shared/trajectory.ts';
import type { Trajectory } from '../../../shared/trajectory.ts';
import { expandHome } from '../../files/home.ts';
import { mostTextBytes, readWhole } from '../../datasets/bytes.ts';
import { checkRunnable } from '../experiments/check.ts';

/** A trajectory that can be walked once its files are found to fit. */
export interface ReadTrajectory extends Trajectory {
  dataset: Dataset;
  /** Absolute paths of the points' files, in their order. */
  files: string[];
}

/** Most missing files that a message names. */
const named = 4;

/**
 * Reads and checks a folder, all but the tensors in its files.
 * @param folder absolute path, or one from `~` on
 * @throws ValleywalkError kind `input`, with every problem by its path in trajectory.json
 */
export async function readTrajectory(folder: string, datasets: readonly Dataset[]): Promise<ReadTrajectory> {
  const whole = expandHome(folder);
  if (!isAbsolute(whole))
    throw new ValleywalkError('input', `"${folder}" is not a whole path; write it from the root on`);
  const directory = resolve(whole);
  const path = join(directory, trajectoryFile);
  const value = await readJson(directory, path);
  const check = checkTrajectory(value);
  if (!check.ok) throw refused(path, check.problems);
  const { trajectory } = check;
  const { dataset, problems } = checkRunnable(trajectory.experiment, datasets);
  const different = dataset ? normalisationProblem(value, dataset) : null;
  const found = [...problems.map(asWritten), ...(different ? [different] : [])];
  if (!dataset || found.length > 0) throw refused(path, found);
  const files = trajectory.points.map(({ file }) => join(directory, file));
  const missing: string[] = [];
  for (const [index, file] of files.entries())
    if (!(await stat(file).catch(() => null))?.isFile()) missing.push(trajectory.points[index]!.file);
  if (missing.length > 0) {
    const rest = missing.length > named ? ` and ${missing.length - named} more` : '';
    throw new ValleywalkError(
      'input',
      `${path} names files that are not in its folder: ${missing.slice(0, named).join(', ')}${rest}; put them there, or take them off the list`,
    );
  }
  return { ...trajectory, dataset, files };
}

async function readJson(directory: string, path: string): Promise<unknown> {
  const bytes = await readWhole(path, mostTextBytes).catch((error: unknown) => {
    // no such file, or a file where the folder should be
    const absent = error instanceof ValleywalkError && (error.kind === 'missing' || error.message.includes('ENOTDIR'));
    throw absent
      ? new ValleywalkError(
          'input',
          `there is no ${trajectoryFile} in ${directory}; choose the folder that holds it, docs/trajectory-format.md tells how to write one`,
        )
      : error;
  });
  return decodeJson(bytes, path);
}

function refused(path: string, problems: Problem[]): ValleywalkError {
  return new ValleywalkError('input', `${path} cannot be imported: ${faultsText(problems)}`, problems);
}
