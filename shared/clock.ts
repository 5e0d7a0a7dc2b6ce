/**
 * Moments of the clock on the wall, which people set: good for telling when something happened, never for how long it took while a
 * process runs (that is `performance.now()`, which only goes forward; a lint rule keeps `Date.now()` out). Between two stored moments
 * the clock may have been set back.
 */

/** Seconds from one stored moment to a later one, or to now where that is null; 0 where the clock was set back between them. Null without a beginning. */
export function secondsBetween(from: string | null, to: string | null, now = new Date()): number | null {
  if (from === null) return null;
  const end = to === null ? now.getTime() : new Date(to).getTime();
  // eslint-disable-next-line no-restricted-syntax -- this is the one place
  return Math.max(0, end - new Date(from).getTime()) / 1000;
}

/** Tells when the clock was set: it moves from one question to the next by more than the time that passed. */
export interface ClockWatch {
  /** Milliseconds by which the clock was set forward since the last question; negative when back. */
  set(): number;
}

/**
 * Starts to watch the clock.
 * @param wall milliseconds of the clock on the wall
 * @param passed milliseconds of one that only goes forward
 */
export function watchClock(
  // eslint-disable-next-line no-restricted-properties -- this is the one place
  wall: () => number = () => Date.now(),
  passed: () => number = () => performance.now(),
): ClockWatch {
  let before = wall() - passed();
  return {
    set() {
      const present = wall() - passed();
      const moved = present - before;
      before = present;
      return moved;
    },
  };
}
