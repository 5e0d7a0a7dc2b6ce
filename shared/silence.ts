/**
 * How long nothing was heard from somebody. Only the time is counted in which this process itself ran: where all processes sleep
 * together (a laptop, Ctrl Z) or the clock is set, nobody was silent, and nothing may be ended for it.
 */

/** A count of silence. */
export interface Silence {
  /** Somebody was heard: the count begins anew. */
  heard(): void;
  /** Milliseconds of silence, as of the last look. */
  milliseconds(): number;
  /** Ends the count. */
  close(): void;
}

/** How silence is counted. */
export interface SilenceOptions {
  /** Milliseconds between two looks; one that comes later than twice that adds no more than that. */
  every?: number;
  /** Told of the milliseconds of silence at every look. */
  tell: (milliseconds: number) => void;
  /** A clock in milliseconds that only goes forward. */
  now?: () => number;
}

/** Begins to count. */
export function countSilence({ every = 1000, tell, now = () => performance.now() }: SilenceOptions): Silence {
  let silent = 0;
  let last = now();
  const timer = setInterval(() => {
    const present = now();
    silent += Math.min(Math.max(0, present - last), 2 * every);
    last = present;
    tell(silent);
  }, every);
  return {
    heard() {
      silent = 0;
      last = now();
    },
    milliseconds: () => silent,
    close: () => clearInterval(timer),
  };
}

/**
 * As `setTimeout`, for patience with another process: the time in which this process did not run does not count.
 * @returns ends it before its time
 */
export function afterAwake(milliseconds: number, work: () => void): () => void {
  const silence = countSilence({
    every: Math.min(1000, Math.max(1, milliseconds / 4)),
    tell(passed) {
      if (passed < milliseconds) return;
      silence.close();
      work();
    },
  });
  return () => silence.close();
}
