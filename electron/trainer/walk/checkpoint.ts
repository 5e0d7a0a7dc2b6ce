/** Checkpoints: a walk's state in a file, from which it can go on after whatever happened. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Checkpoint } from '../../../shared/trainer-messages.ts';
import { parameterTotal } from '../../../shared/networks/parameters.ts';
import type { Layout } from './point.ts';
import { decodeState, encodeState } from './state.ts';
import type { WalkState } from './state.ts';
import { writeAtomically } from './atomic-write.ts';

/** Writes checkpoints now and then. */
export interface Checkpoints {
  /** Whether it is time for one. @param epochEnded an epoch has just ended, a good moment */
  due(epochEnded: boolean): boolean;
  /** Writes one. @throws Error naming the file and the system's reason when it cannot be written */
  save(state: WalkState): Promise<void>;
}

/** Milliseconds between two checkpoints: at most, and at least where an epoch ends; and so many times what writing one took. */
const intervals = { most: 60_000, least: 2_000, share: 20 };

/**
 * Checkpoints of one run.
 * @param directory existing folder
 * @param written is told of each; everything that belongs before it has been told already
 * @param now a clock in milliseconds
 */
export function checkpointsIn(
  directory: string,
  written: (checkpoint: Checkpoint) => void,
  now: () => number = () => performance.now(),
): Checkpoints {
  let last = now();
  let took = 0;
  return {
    due(epochEnded) {
      const least = Math.max(intervals.least, intervals.share * took);
      return now() - last >= (epochEnded ? least : Math.max(intervals.most, least));
    },
    async save(state) {
      const start = now();
      const { done, epoch, kept } = state.scalars;
      const bytes = encodeState(state);
      // no two files have one name, though two states may stand before the same iteration: the one before must last until this one counts
      const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 8);
      const file = `checkpoint-${String(done).padStart(6, '0')}-${digest}.safetensors`;
      try {
        written({ iteration: done, epoch, kept, ...(await writeAtomically(directory, file, bytes)) });
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(
          `The checkpoint of iteration ${done} could not be written to ${join(directory, file)}: ${reason}. ` +
            'Check that the folder exists and the disk has room, then resume the run.',
          { cause: error },
        );
      }
      last = now();
      took = last - start;
    },
  };
}

/**
 * Reads a checkpoint back.
 * @throws Error naming the file and what is wrong when it cannot be read, was changed, or does not fit the network
 */
export async function readCheckpoint(
  directory: string,
  { file, sha256 }: Pick<Checkpoint, 'file' | 'sha256'>,
  model: Layout,
): Promise<WalkState> {
  const path = join(directory, file);
  try {
    const bytes = await readFile(path);
    const found = createHash('sha256').update(bytes).digest('hex');
    if (found !== sha256) throw new Error(`its SHA-256 is ${found}, it was ${sha256} when it was written`);
    return decodeState(bytes, {
      parameters: parameterTotal(model.parameters),
      statistics: parameterTotal(model.statistics),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The run cannot go on from its checkpoint ${path}: ${reason}. Restore the file, or run the experiment again.`,
      { cause: error },
    );
  }
}
