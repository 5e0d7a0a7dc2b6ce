/** Writes parameters to .safetensors files that are complete or absent. */
import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ParameterFile } from '../../../shared/trainer-messages.ts';
import { feedsOf } from './point.ts';
import type { Layout, Point } from './point.ts';
import { encodeSafetensors } from './safetensors.ts';

/** Name of the file with the parameters before update `iteration`: `iteration-000040.safetensors`. */
export function parameterFileName(iteration: number): string {
  return `iteration-${String(iteration).padStart(6, '0')}.safetensors`;
}

/**
 * Writes the parameters before update `iteration`, and the running statistics of batch norm with them: into a temporary file, flushed to the disk, then renamed.
 * @param directory existing folder
 * @param name of the run, for the file's metadata
 * @throws Error naming the file and the system's reason when it cannot be written; nothing of it is left then.
 */
export async function keepParameters(
  directory: string,
  name: string,
  iteration: number,
  point: Point,
  model: Layout,
): Promise<ParameterFile> {
  const slots = [...model.parameters, ...model.statistics];
  const views = feedsOf(point, model);
  const bytes = encodeSafetensors(
    slots.map((slot) => ({ name: slot.name, shape: slot.shape, values: views[slot.name]! })),
    {
      format: 'pt',
      run: name,
      iteration: String(iteration),
      layout:
        'float32, row-major; parameters before update `iteration`; weight [out, in] and bias [out] as torch.nn.Linear, convolutions [out, in, k, k], batch norm with running_mean and running_var',
    },
  );
  const file = parameterFileName(iteration);
  const path = join(directory, file);
  const temporary = `${path}.part`;
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The parameters of iteration ${iteration} could not be written to ${path}: ${reason}. ` +
        'Check that the folder exists and the disk has room, or keep no parameters.',
      { cause: error },
    );
  }
  return { iteration, file, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
}
