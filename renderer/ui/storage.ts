/** What this window remembers: small values in localStorage, harmless where there is none. */
import { useStorage } from '@vueuse/core';
import type { RemovableRef, StorageLike } from '@vueuse/core';

/** The browser's, looked up at each use: where it is forbidden, it is only then that it throws. */
const storage: StorageLike = {
  getItem: (key) => localStorage.getItem(key),
  setItem: (key, value) => localStorage.setItem(key, value),
  removeItem: (key) => localStorage.removeItem(key),
};

const keyOf = (key: string): string => `valleywalk.${key}`;

/** Reads a remembered value; undefined where there is none or it is damaged. */
export function recall(key: string): unknown {
  try {
    const text = localStorage.getItem(keyOf(key));
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Remembers a value. */
export function remember(key: string, value: unknown): void {
  try {
    localStorage.setItem(keyOf(key), JSON.stringify(value));
  } catch {
    // a full or forbidden storage only means that nothing is remembered
  }
}

/**
 * A value that is remembered whenever it changes, also inside.
 * @param read makes it of what was stored, and of undefined where nothing was
 */
export function remembered<T>(key: string, read: (stored: unknown) => T): RemovableRef<T> {
  return useStorage<T>(keyOf(key), () => read(undefined), storage, {
    serializer: { read: (text) => read(JSON.parse(text)), write: (value) => JSON.stringify(value) },
    writeDefaults: false,
    // each window keeps its own look until it is opened anew
    listenToStorageChanges: false,
    onError: () => {
      // a damaged value counts as none; a full or forbidden storage only means that nothing is remembered
    },
  });
}
