/** Batches of records that were sent and not yet taken: there is room for some, so that a stopped workbench costs no memory. */

/** Batches that may be on the way; they hold some megabytes at most. */
const most = 64;

/** Counts what is on the way. */
export interface BatchesOnTheWay {
  sent(): void;
  taken(): void;
  /** The run was asked to stop: nothing waits any more. */
  stopped(): void;
  /** Waits until there is room. @returns milliseconds that it took */
  room(): Promise<number>;
}

/** Begins with nothing on the way. @param isStopped whether the run was asked to stop: its last records are few */
export function batchesOnTheWay(isStopped: () => boolean): BatchesOnTheWay {
  let count = 0;
  let go = (): void => undefined;
  return {
    sent: () => void count++,
    taken() {
      count--;
      if (count < most) go();
    },
    stopped: () => go(),
    async room() {
      if (count < most || isStopped()) return 0;
      const began = performance.now();
      await new Promise<void>((resolve) => (go = resolve));
      return performance.now() - began;
    },
  };
}
