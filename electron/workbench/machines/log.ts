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

/** How the line of a log begins with which an attempt begins. @param attempt its number, from 1 on, or what a shell puts there */
export const attemptMark = (attempt: number | string): string => `valleywalk: attempt ${attempt} on`;

/**
 * Why Slurm's own process on the node ended an attempt, in its words (`PREEMPTION`); null where it does not say.
 * @param text a log in which all attempts have written on; the last cause counts where it does not say where they begin
 */
export function causeIn(text: string, attempt: number): string | null {
  const lines = text.split('\n');
  const marked = lines.some((line) => /^valleywalk: attempt \d+ on/.test(line));
  const begin = lines.findLastIndex((line) => line.startsWith(`${attemptMark(attempt)} `));
  if (marked && begin < 0) return null;
  const next = lines.findIndex((line, at) => at > begin && /^valleywalk: attempt \d+ on/.test(line));
  const own = marked ? lines.slice(begin, next < 0 ? lines.length : next) : lines;
  const causes = [
    ...own.join('\n').matchAll(/\*\*\* (?:JOB|STEP) \S+ ON \S+ CANCELLED AT \S+ DUE TO ([^*]+?) \*\*\*/g),
  ];
  return causes.at(-1)?.[1] ?? null;
}

/** What a log says of an end, as a clause. @param text null where there is none @param node where it should have been written */
export function logClause(path: string, text: string | null, node: string | null): string {
  if (text === null)
    return `there is no log ${path}: ${node ?? 'the node'} may not see that folder, which must lie under the same path on every node (--folder)`;
  const tail = tailOf(text);
  return tail === null ? `there is nothing in its log ${path}` : `its log ${path} ends: ${tail}`;
}
