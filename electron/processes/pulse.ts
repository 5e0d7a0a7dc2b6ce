/** The pulse of a child: a sign of life from a thread of its own, which comes also while the main thread computes. */
import { Worker } from 'node:worker_threads';

/** Milliseconds between two beats. */
export const pulseEvery = 1000;

/** Where the thread's code is: beside this file, or beside the bundle that holds it. */
function threadFile(): URL {
  const here = import.meta.url;
  if (here.endsWith('.ts')) return new URL('pulse-thread.ts', here);
  return new URL(here.includes('/chunks/') ? '../pulse.js' : 'pulse.js', here);
}

/**
 * Starts the pulse on standard output, which nobody reads for anything else. A process that was stopped has none; one whose reader
 * is gone ends itself, even out of a computation that never returns.
 */
export function startPulse(): void {
  const thread = new Worker(threadFile(), {
    workerData: { every: pulseEvery },
    // it only waits: a full-grown heap would be a waste
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, codeRangeSizeMb: 8 },
  });
  thread.unref();
  // a child without a pulse works too; it is only told to be silent
  thread.on('error', () => undefined);
}
