/** Changes of what stands in the address: those that come before the first is there are joined, so that none is lost. */
import { computed } from 'vue';
import type { WritableComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';
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

/** Choices that stand in the address; what is chosen where it says nothing leaves no trace there. */
interface AddressChoices {
  /** The text of a word; undefined where the address has none. */
  query: (key: string) => string | undefined;
  /** A choice of a word. @param isKnown what is not known counts as not said */
  words: (key: string, fallback: () => string, isKnown?: (word: string) => boolean) => WritableComputedRef<string>;
  /** A choice of two, by their words. @param fallback whether it is yes where the address says neither */
  flag: (key: string, yes: string, no: string, fallback: () => boolean) => WritableComputedRef<boolean>;
}

/** The choices that stand in the present address. @param write changes words of it */
export function useAddressChoices(write: (words: Words) => void): AddressChoices {
  const route = useRoute();
  const query = (key: string): string | undefined =>
    route.query[key] === undefined ? undefined : String(route.query[key] ?? '');
  const words: AddressChoices['words'] = (key, fallback, isKnown = () => true) =>
    computed({
      get: () => {
        const word = query(key);
        return word !== undefined && isKnown(word) ? word : fallback();
      },
      set: (now) => write({ [key]: now === fallback() ? undefined : now }),
    });
  return {
    query,
    words,
    flag(key, yes, no, fallback) {
      const choice = words(
        key,
        () => (fallback() ? yes : no),
        (word) => word === yes || word === no,
      );
      return computed({ get: () => choice.value === yes, set: (now) => (choice.value = now ? yes : no) });
    },
  };
}
