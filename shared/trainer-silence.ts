/** A trainer that is not heard: what is told about it, and in which words. */
import { z } from 'zod';
import { formatDuration } from './format.ts';

/** A trainer from which nothing comes, told about once a second until it is over. */
export const trainerSilenceSchema = z.strictObject({
  /** The run that it computes; null when it computes an analysis. */
  run: z.string().nullable(),
  analysis: z.string().nullable(),
  /**
   * `stopped`: its process has no pulse, it was stopped or gets no time. `computing`: it has one, but has reported nothing for
   * much longer than before.
   */
  kind: z.enum(['stopped', 'computing']),
  /** For how long; the time in which the workbench slept itself is left out. */
  seconds: z.number().min(0),
  /** Its process; null when not known. */
  pid: z.int().nullable(),
  /** True once, when it is heard again or was ended. */
  over: z.boolean(),
});
export type TrainerSilence = z.output<typeof trainerSilenceSchema>;

/** What is wrong with a trainer that is not heard, in a phrase without a full stop. */
export function silencePhrase({ kind, seconds, pid }: Pick<TrainerSilence, 'kind' | 'seconds' | 'pid'>): string {
  const time = formatDuration(Math.floor(seconds));
  const process = pid === null ? '' : ` (process ${pid})`;
  return kind === 'stopped'
    ? `the trainer${process} does not answer since ${time}`
    : `the trainer${process} computes, but has reported nothing for ${time}`;
}

/** What that means and what becomes of it, in one sentence. */
export function silenceMeaning({ kind }: Pick<TrainerSilence, 'kind'>): string {
  return kind === 'stopped'
    ? 'Its process was stopped or gets no time; it goes on by itself as soon as it can.'
    : 'A step of a large network may take so long; if not, it hangs.';
}
