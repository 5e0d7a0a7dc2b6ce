/** What this window remembers: small values in localStorage, harmless where there is none. */
import { ref, watch } from 'vue';
import type { Ref } from 'vue';

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
 * A value that is remembered whenever it changes, also inside; one that nobody changes is not written, so that a default follows the window
 * and the version.
 * @param read makes it of what was stored, and of undefined where nothing was
 */
export function remembered<T>(key: string, read: (stored: unknown) => T): Ref<T> {
  const value = ref(read(recall(key))) as Ref<T>;
  watch(value, (now) => remember(key, now), { deep: true });
  return value;
}
