/** Several buttons or links as one stop of the Tab key, among which the arrow keys go (the ARIA practice of a toolbar). */
import { ref, watch } from 'vue';
import type { Ref } from 'vue';

/** Buttons of which one is a stop of the Tab key. */
interface Roving {
  /** The `tabindex` of an item by its key: 0 for the one that Tab goes to. */
  tabindex: (key: string) => 0 | -1;
  /** Remembers which has the focus; for the item's `focus` event. */
  focused: (key: string) => void;
  /** Goes to the next or previous item, or to the first or last one; for the group's `keydown` event. Items have `data-roving`. */
  keydown: (event: KeyboardEvent) => void;
}

const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** @param first key of the item that Tab goes to while none had the focus */
export function useRoving(first: () => string | undefined): Roving {
  const stop: Ref<string | undefined> = ref(first());
  watch(first, (key) => (stop.value = key));
  return {
    tabindex: (key) => (key === stop.value ? 0 : -1),
    focused: (key) => (stop.value = key),
    keydown(event) {
      const group = event.currentTarget as HTMLElement;
      const items = [...group.querySelectorAll<HTMLElement>('[data-roving]')].filter((item) => item.checkVisibility());
      const at = items.indexOf(document.activeElement as HTMLElement);
      const step = steps[event.key];
      const next =
        event.key === 'Home' ? 0 : event.key === 'End' ? items.length - 1 : step === undefined ? null : at + step;
      if (at < 0 || next === null || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      items[(next + items.length) % items.length]?.focus();
    },
  };
}
