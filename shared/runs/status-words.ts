/** A run's status in words: the one place that says them, for window, charts and palette. */
import { resumableFrom } from '../records.ts';
import type { RunRecord, RunStatus } from '../records.ts';

/** A status, in a word and in the phrase that tells why something of the run is not there. */
interface StatusWords {
  /** As a mark beside the name. */
  word: string;
  /** After the name, where the run has recorded nothing of what is asked for. */
  nothing: string;
}

/** The words of every status. What may still come is said by whoever asks ({@link nothingRecorded}). */
const words: Readonly<Record<RunStatus, StatusWords>> = {
  queued: { word: 'Queued', nothing: 'is waiting in the queue' },
  running: { word: 'Running', nothing: 'is running and has not reported it yet' },
  paused: { word: 'Paused', nothing: 'was paused before it recorded any' },
  finished: { word: 'Finished', nothing: 'is finished and recorded none' },
  stopped: { word: 'Stopped', nothing: 'was stopped before it recorded any' },
  diverged: { word: 'Diverged', nothing: 'diverged before it recorded any' },
  failed: { word: 'Failed', nothing: 'failed before it recorded any' },
  interrupted: { word: 'Interrupted', nothing: 'was interrupted before it recorded any' },
};

/** Status in a word. */
export const statusWords = Object.fromEntries(
  Object.entries(words).map(([status, { word }]) => [status, word]),
) as Record<RunStatus, string>;

/**
 * Why nothing of a run is there, and what would fill it, in a sentence: a run that is over is not waited for, and one that can be resumed says so.
 * @param filler what fills it while the run goes on, as `its first iterations fill it`
 */
export function nothingRecorded(
  run: Pick<RunRecord, 'name' | 'status' | 'checkpoint_iteration'>,
  filler: string,
): string {
  const what = `“${run.name}” ${words[run.status].nothing}`;
  if (run.status === 'queued' || run.status === 'running') return `${what}; ${filler}.`;
  return resumableFrom(run) === null ? `${what}.` : `${what}; once it is resumed, ${filler}.`;
}
