/** Throttles what is drawn: never too often, never two in one frame, more seldom as it takes longer, up to a second. */

/** Share of the time that a throttled action may take, while its rest is within a second: that is the user's. */
const share = 0.2;
/** Longest rest after a slow action, in milliseconds: what came last is shown soon, even on a machine that is busy otherwise. */
const longestRest = 1000;

const queue: (() => void)[] = [];
let framed = false;

let whenDrained: (() => void)[] = [];

/** Whether an action waits for a frame of its own. */
export const isDrawing = (): boolean => framed;

/** Resolves when every action that waits for a frame of its own has had it. */
export function drained(): Promise<void> {
  return framed ? new Promise((resolve) => whenDrained.push(resolve)) : Promise.resolve();
}

/** Runs one waiting action a frame, so that several never add up to one long pause. */
export function inFrame(action: () => void): void {
  queue.push(action);
  if (framed) return;
  framed = true;
  const frame = (): void => {
    try {
      queue.shift()?.();
    } finally {
      // one that fails does not hold up the others
      framed = queue.length > 0;
      if (framed) next(frame);
      else {
        const waiting = whenDrained;
        whenDrained = [];
        for (const resolve of waiting) resolve();
      }
    }
  };
  next(frame);
}

/** A hidden window gets no animation frames: its records still have to be taken in. */
function next(frame: () => void): void {
  if (document.hidden) setTimeout(frame);
  else requestAnimationFrame(frame);
}

/**
 * Calls an action in an animation frame of its own, at most once per interval and, if it is slow, in no more than a fifth
 * of the time or once a second; however often it is asked for. The last call is never lost. An action that returns a promise lasts until
 * that is settled.
 */
export function throttled(action: () => void | Promise<void>, interval: number): () => void {
  let [waiting, running, again] = [false, false, false];
  let earliest = -Infinity;
  const run = async (): Promise<void> => {
    [waiting, running] = [false, true];
    const start = performance.now();
    try {
      await action();
    } finally {
      const end = performance.now();
      earliest = end + Math.max(interval, Math.min(longestRest, (end - start) / share));
      running = false;
      if (again) ask();
    }
  };
  const ask = (): void => {
    again = running;
    if (waiting || running) return;
    waiting = true;
    const wait = earliest - performance.now();
    const start = (): void => inFrame(() => void run());
    if (wait <= 0) start();
    else setTimeout(start, wait);
  };
  return ask;
}
