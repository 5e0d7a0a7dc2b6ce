/** Calls something soon, but not too often. */

/** A throttled call. */
export interface Throttle {
  /** Calls at once, or when the interval since the last call is over. */
  call(): void;
  /** Forgets a call that is waiting. */
  cancel(): void;
}

/**
 * @param milliseconds least time between two calls
 */
export function throttle(milliseconds: number, work: () => void): Throttle {
  let last = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  const now = (): void => {
    timer = undefined;
    last = performance.now();
    work();
  };
  return {
    call() {
      if (timer) return;
      const wait = last + milliseconds - performance.now();
      if (wait <= 0) now();
      else timer = setTimeout(now, wait);
    },
    cancel() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
