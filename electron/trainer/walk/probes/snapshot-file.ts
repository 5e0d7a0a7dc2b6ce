/** Writes parameters to .safetensors files that are complete or absent. */
import { join } from 'node:path';
import type { ParameterFile } from '../../../../shared/trainer-messages.ts';
import { feedsOf } from '../point.ts';
import type { HostPoint, Layout } from '../point.ts';
import { encodeSafetensors } from '../safetensors.ts';
import { writeAtomically } from '../atomic-write.ts';

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
export async function writeSnapshot(
  directory: string,
  name: string,
  iteration: number,
  point: HostPoint,
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
  try {
    return { iteration, ...(await writeAtomically(directory, file, bytes)) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The parameters of iteration ${iteration} could not be written to ${join(directory, file)}: ${reason}. ` +
        'Check that the folder exists and the disk has room, or keep no parameters.',
      { cause: error },
    );
  }
}
