/** Jobs that belong together, as the runs of a study do: what is asked of the group is asked of each, whatever their kind is. */
import { ValleywalkError } from '../../../shared/errors.ts';
import type { Problem } from '../../../shared/errors.ts';

/** A job of a group. */
interface Member {
  id: string;
  /** Whether it is computed now; else it waits, or is over. */
  running: boolean;
}

/** Stops or pauses the active jobs of a group, those that wait first: none is to begin because another gives its slot up. */
export function endAll(members: readonly Member[], end: (id: string) => void): void {
  for (const { id } of members.toSorted((one, other) => Number(one.running) - Number(other.running))) end(id);
}

/**
 * Resumes jobs of a group one after the other, past those that cannot be.
 * @returns why each of those cannot, by its id
 * @throws what is no ValleywalkError
 */
export async function resumeAll(ids: readonly string[], resume: (id: string) => Promise<unknown>): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const id of ids)
    await resume(id).catch((error: unknown) => {
      if (!(error instanceof ValleywalkError)) throw error;
      problems.push({ path: id, message: error.message });
    });
  return problems;
}
