/** The column beside the charts of a comparison: whether it is open is remembered; a narrow window has it above them, folded at first. */
import { useMediaQuery } from '@vueuse/core';
import { computed, ref } from 'vue';
import type { ComputedRef, Ref } from 'vue';
import { remembered } from '../ui/storage.ts';

/** The column. */
export interface Column {
  /** Whether the window is too narrow for a column and charts of a useful width. */
  narrow: Readonly<Ref<boolean>>;
  open: ComputedRef<boolean>;
  /** Opens it, or folds it. */
  turn: () => void;
}

/** The column of a view. */
export function useColumn(): Column {
  const narrow = useMediaQuery('(width < 900px)');
  const folded = remembered('compare-runs-folded', (stored) => stored === true);
  const openInNarrow = ref(false);
  return {
    narrow,
    open: computed(() => (narrow.value ? openInNarrow.value : !folded.value)),
    turn: () => {
      if (narrow.value) openInNarrow.value = !openInNarrow.value;
      else folded.value = !folded.value;
    },
  };
}
