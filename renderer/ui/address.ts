/** Changes of what stands in the address: those that come before the first is there are joined, so that none is lost. */
import { useRouter } from 'vue-router';
import type { Router } from 'vue-router';

/** Words of the address; undefined leaves no trace there. */
type Words = Readonly<Record<string, string | undefined>>;

/** What is on its way into the address, and how many navigations that takes. */
const underWay = new WeakMap<Router, { words: Words; navigations: number }>();

/** The function that changes the address of a router; what it returns is done when the address says so. */
export function changesOf(router: Router): (words: Words) => Promise<void> {
  return async (words) => {
    const joined = underWay.get(router) ?? { words: {}, navigations: 0 };
    underWay.set(router, joined);
    joined.words = { ...joined.words, ...words };
    joined.navigations++;
    try {
      // the address itself changes only when the navigation is done
      await router.replace({ query: { ...router.currentRoute.value.query, ...joined.words } });
    } finally {
      if (--joined.navigations === 0) underWay.delete(router);
    }
  };
}

/** Changes words of the present address. */
export function useAddress(): (words: Words) => void {
  const change = changesOf(useRouter());
  return (words) => void change(words);
}
