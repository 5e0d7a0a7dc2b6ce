/** Pacing of repaints. */

/**
 * Calls an action in an animation frame, at most once per interval, however often it is asked for; the last call is never
 * lost.
 */
export function paced(action: () => void, interval: number): () => void {
  let waiting = false;
  let last = -Infinity;
  const run = (): void => {
    waiting = false;
    last = performance.now();
    action();
  };
  return () => {
    if (waiting) return;
    waiting = true;
    const wait = Math.max(0, last + interval - performance.now());
    // a hidden window gets no animation frames: its records still have to be taken in
    const frame = (): void => {
      if (document.hidden) run();
      else requestAnimationFrame(run);
    };
    if (wait === 0) frame();
    else setTimeout(frame, wait);
  };
}
