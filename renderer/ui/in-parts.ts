/** Long lists that come into the page in parts: the first lines at once, others when the window has nothing else to do. */
import { onScopeDispose, ref, watch } from 'vue';
import type { Ref } from 'vue';

/** Lines that are there at once, and how many more come at a time. */
const atOnce = 40;
const more = 25;
/** Milliseconds after which it is looked again whether the window has time, and for which others come first at the most. */
const again = 50;
const longestWait = 2000;

/** When the window has nothing to do: not every browser tells. */
function whenIdle(action: () => void): () => void {
  if ('requestIdleCallback' in globalThis) {
    const asked = requestIdleCallback(action);
    return () => cancelIdleCallback(asked);
  }
  const asked = setTimeout(action, 30);
  return () => clearTimeout(asked);
}

/** How much of a list is in the page. */
interface Parts {
  /** So many lines are, or may be. */
  readonly count: Readonly<Ref<number>>;
  /** Brings all of them at once, such as for the keyboard. */
  all: () => void;
}

/**
 * Brings a list into the page in parts, for as long as the view lives.
 * @param length of the list
 * @param isBusy whether what is beside it is being read or drawn: that comes first, for two seconds at the most
 */
export function useInParts(length: () => number, isBusy: () => boolean = () => false): Parts {
  const count = ref(atOnce);
  let cancel: (() => void) | null = null;
  let until = 0;
  const stop = (): void => {
    cancel?.();
    cancel = null;
  };
  const next = (): void => {
    if (cancel !== null || count.value >= length()) return;
    cancel = whenIdle(() => {
      if (isBusy() && performance.now() < until) {
        const later = setTimeout(() => {
          cancel = null;
          next();
        }, again);
        cancel = () => clearTimeout(later);
        return;
      }
      cancel = null;
      count.value += more;
      next();
    });
  };
  watch(
    length,
    () => {
      // lines that wait already wait no longer because others join them
      if (cancel === null) until = performance.now() + longestWait;
      next();
    },
    { immediate: true },
  );
  onScopeDispose(stop);
  return {
    count,
    all: () => {
      stop();
      count.value = Math.max(count.value, length());
    },
  };
}
