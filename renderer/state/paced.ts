/** Pacing of repaints: never too often, never two in one frame, ever more seldom as they take longer. */

/** Share of the time that one repaint may take: the rest is the user's. */
const share = 0.1;

const queue: (() => void)[] = [];
let framed = false;

/** Runs one waiting action a frame, so that several charts never add up to one long pause. */
function inFrame(action: () => void): void {
  queue.push(action);
  if (framed) return;
  framed = true;
  const frame = (): void => {
    queue.shift()?.();
    framed = queue.length > 0;
    if (framed) next(frame);
  };
  next(frame);
}

/** A hidden window gets no animation frames: its records still have to be taken in. */
function next(frame: () => void): void {
  if (document.hidden) setTimeout(frame);
  else requestAnimationFrame(frame);
}

/**
 * Calls an action in an animation frame of its own, at most once per interval and, if it is slow, in no more than a tenth
 * of the time; however often it is asked for. The last call is never lost.
 */
export function paced(action: () => void, interval: number): () => void {
  let waiting = false;
  let earliest = -Infinity;
  const run = (): void => {
    waiting = false;
    const start = performance.now();
    action();
    const end = performance.now();
    earliest = end + Math.max(interval, (end - start) / share);
  };
  return () => {
    if (waiting) return;
    waiting = true;
    const wait = earliest - performance.now();
    if (wait <= 0) inFrame(run);
    else setTimeout(() => inFrame(run), wait);
  };
}
