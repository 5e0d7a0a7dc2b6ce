/** Does what writes to the store one after the other; where another process holds its lock, waits without blocking anybody. */
import { isBusy } from '../store/errors.ts';
import type { Locking } from '../store/locks.ts';

/**
 * Makes such an order. What is given to it is done at once where nothing waits, and never before what was given earlier.
 * @param lock of the store
 * @returns takes work that must not throw but for the lock (`SQLITE_BUSY`), and then before it has changed anything; it is done again.
 *   Once the lock has been given up, work that still finds it taken is left out.
 */
export function inTurn(lock: Pick<Locking, 'briefly' | 'free'>): (work: () => void) => void {
  const waiting: (() => void)[] = [];
  let working = false;
  function go(): void {
    if (working) return;
    working = true;
    try {
      for (let work = waiting[0]; work; work = waiting[0]) {
        lock.briefly(work);
        waiting.shift();
      }
      working = false;
    } catch (error) {
      if (!isBusy(error)) throw error;
      const again = (): void => {
        working = false;
        go();
      };
      void lock.free().then(again, () => {
        waiting.shift();
        again();
      });
    }
  }
  return (work) => {
    waiting.push(work);
    go();
  };
}
