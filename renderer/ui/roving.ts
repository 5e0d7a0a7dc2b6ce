/** Several buttons or links as one stop of the Tab key, among which the arrow keys go (the ARIA practices of a toolbar and of rows). */
import { computed, ref, watch } from 'vue';
import type { ComputedRef, Ref } from 'vue';

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

/** Rows of buttons and links, of which one row is a stop of the Tab key. */
interface RovingRows {
  /** The key of that row: of the last focus, or the first. */
  stop: ComputedRef<string | undefined>;
  /** Remembers which row has the focus; for the list's `focusin` event. */
  focused: (event: FocusEvent) => void;
  /** Goes to the row above or below, or to the first or last one, to the button that does the same (`data-act`); for the list's `keydown` event. */
  keydown: (event: KeyboardEvent) => void;
}

const rowSteps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

/** @param keys of the rows in their order, which each has as `data-stop` */
export function useRovingRows(keys: () => readonly string[]): RovingRows {
  const last = ref('');
  const all = computed(keys);
  const rowAt = (target: EventTarget | null): HTMLElement | null => (target as HTMLElement).closest('[data-stop]');
  return {
    stop: computed(() => (all.value.includes(last.value) ? last.value : all.value[0])),
    focused: ({ target }) => (last.value = rowAt(target)?.dataset['stop'] ?? ''),
    keydown(event) {
      const at = rowAt(event.target);
      const by = rowSteps[event.key];
      if (at === null || by === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const place = all.value.indexOf(at.dataset['stop']!) + by;
      const wanted = all.value[Math.max(0, Math.min(all.value.length - 1, place))]!;
      const act = (event.target as HTMLElement).dataset['act'];
      const list = event.currentTarget as HTMLElement;
      const row = [...list.querySelectorAll<HTMLElement>('[data-stop]')].find((one) => one.dataset['stop'] === wanted);
      (row?.querySelector<HTMLElement>(`[data-act="${act}"]`) ?? row?.querySelector<HTMLElement>('a, button'))?.focus();
    },
  };
}
