/** The form as JSON, and back. */
import { computed, ref } from 'vue';
import type { ComputedRef, Ref } from 'vue';
import type { JsonReading } from '../form/experiment-form.ts';
import { showDraft } from './draft.ts';

/** Editing the form as JSON. */
export interface JsonEditing {
  /** Whether the form is shown as JSON. */
  isOpen: Readonly<Ref<boolean>>;
  /** What was last read of it; null before it is changed. */
  reading: Readonly<Ref<JsonReading | null>>;
  /** Whether what is typed is no valid experiment or study. */
  isBroken: ComputedRef<boolean>;
  open: () => void;
  change: (reading: JsonReading) => void;
  /** What could be read is kept, so that the form shows the rest of the problems beside their fields. */
  close: () => void;
}

/** Keeps the form's JSON. */
export function useJsonEditing(): JsonEditing {
  const isOpen = ref(false);
  const reading = ref<JsonReading | null>(null);
  return {
    isOpen,
    reading,
    isBroken: computed(() => isOpen.value && reading.value !== null && !reading.value.ok),
    open: () => {
      reading.value = null;
      isOpen.value = true;
    },
    change: (now) => {
      reading.value = now;
      if (now.ok) showDraft(now.value);
    },
    close: () => {
      const last = reading.value;
      if (last && !last.ok && last.draft) showDraft(last.draft);
      isOpen.value = false;
      reading.value = null;
    },
  };
}
