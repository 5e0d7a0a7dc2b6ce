/** What the log of a job says: its last lines, and why Slurm ended it. */
import { cutInMiddle, faultLength } from '../../../shared/bounded.ts';

/** Last lines that are quoted. */
const quoted = 4;

/** The last lines of a log on one line; null where it says nothing. */
export function tailOf(text: string): string | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) return null;
  return lines
    .slice(-quoted)
    .map((line) => cutInMiddle(line.trim(), faultLength))
    .join(' | ');
}

/** Why Slurm's own process on the node ended a job for the last time, in its words (`PREEMPTION`); null where it does not say. */
export function causeIn(text: string): string | null {
  const causes = [...text.matchAll(/\*\*\* (?:JOB|STEP) \S+ ON \S+ CANCELLED AT \S+ DUE TO ([^*]+?) \*\*\*/g)];
  return causes.at(-1)?.[1] ?? null;
}
